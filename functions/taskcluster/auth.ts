import { fields, list, optionalText, text } from './answers.ts';
import type { TaskclusterClient } from './client.ts';

/** What the auth service needs to know about a request to check its signature. */
export interface SignedRequest {
  /** Lower case. */
  method: string;
  /** Path and query as the client signed it. */
  resource: string;
  host: string;
  port: number;
  /** The Authorization header; absent for a request without credentials. */
  authorization?: string;
  sourceIp: string;
}

export interface Caller {
  clientId: string;
  /** Expanded by the roles. */
  scopes: string[];
  /** Hash of the payload that the caller signed; compare it with the payload. */
  hash?: string;
}

/** Asks the auth service who a caller is, and expands scopes. */
export class TaskclusterAuth {
  readonly #client: TaskclusterClient;

  constructor(client: TaskclusterClient) {
    this.#client = client;
  }

  /**
   * The caller, or the auth service's reason why the request is not authenticated; its answer is a 200 in both cases.
   */
  async authenticateHawk(request: SignedRequest): Promise<Caller | { failed: string }> {
    const method = 'authenticateHawk';
    const answer = fields(method, await this.#client.call('Auth', method, [request]));
    if (answer['status'] === 'no-auth') return { failed: 'the request has no credentials' };
    if (answer['status'] !== 'auth-success') return { failed: text(method, answer['message']) };
    const hash = optionalText(method, answer['hash']);
    return {
      clientId: text(method, answer['clientId']),
      scopes: list(method, answer['scopes']).map((scope) => text(method, scope)),
      ...(hash === undefined ? {} : { hash }),
    };
  }

  async expandScopes(scopes: string[]): Promise<string[]> {
    const method = 'expandScopes';
    const answer = fields(method, await this.#client.call('Auth', method, [{ scopes }]));
    return list(method, answer['scopes']).map((scope) => text(method, scope));
  }
}
