// The only file that imports taskcluster-client (the package will be renamed; see docs/adr/0003).
import http from 'node:http';
import https from 'node:https';
import taskcluster from 'taskcluster-client';
import type { Credentials } from '../platform/credentials.ts';
import { countApiCall } from '../platform/api-calls.ts';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { timeLeft } from '../platform/deadline.ts';
import { spendCall } from '../platform/reading-budget.ts';
import { isSource, type CredentialsSource } from './credentials.ts';
import { isTaskclusterError, TaskclusterError } from '../ports/error.ts';
import { READ_POLICY, withRetries, type RetryPolicy } from './retry.ts';

/** Which service's client to use, by its class in taskcluster-client. */
export type ServiceName = 'Auth' | 'Queue' | 'Index' | 'Hooks';

type ServiceClient = Record<string, (...args: unknown[]) => unknown>;

/** The methods of a service in taskcluster-client.d.ts; another name does not compile. */
export type MethodOf<S extends ServiceName> = Extract<
  Exclude<keyof InstanceType<(typeof taskcluster)[S]>, 'buildUrl'>,
  string
>;

export interface ClientOptions {
  rootUrl: string;
  /** Without them, calls are anonymous. */
  credentials?: Credentials | CredentialsSource;
  /** Restricts every call to these scopes. */
  authorizedScopes?: string[];
  /** Milliseconds that one request may take; less if the deadline is near. */
  timeoutMs?: number;
  retry?: RetryPolicy;
}

// The library's own agents close each connection after one answer, and a TLS handshake costs more than a call.
taskcluster.agents.http = new http.Agent({ keepAlive: true, maxSockets: 50 });
taskcluster.agents.https = new https.Agent({ keepAlive: true, maxSockets: 50 });

/** How much clocks may differ for Taskcluster; the library's temporary credentials would start now by our clock. */
const CLOCK_SKEW_MS = 15 * 60 * 1000;

/** Calls Taskcluster's API methods by name. Answers are `unknown` until the caller has checked them. */
export class TaskclusterClient {
  #options: ClientOptions;
  /** The credentials that the services' clients were made with. */
  #used: Credentials | undefined;
  readonly #services = new Map<ServiceName, ServiceClient>();
  #closed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * One API call, retried after 5xx, 429 and network errors as the retry policy says.
   * @throws TaskclusterError
   */
  async call<S extends ServiceName>(
    service: S,
    method: MethodOf<S>,
    args: unknown[],
    retry = this.#options.retry ?? READ_POLICY,
  ): Promise<unknown> {
    return withRetries(retry, async () => {
      if (this.#closed) {
        throw new TaskclusterError({
          method,
          kind: 'closed',
          code: 'Closed',
          message: 'this client makes no more calls',
        });
      }
      if (timeLeft() <= 0) {
        throw new TaskclusterError({
          method,
          kind: 'closed',
          code: 'OutOfTime',
          message: 'there was no time left for this call',
        });
      }
      try {
        return await this.#request(service, method, args, retry.share);
      } catch (error) {
        throw toTaskclusterError(method, error);
      }
    });
  }

  /** Stops starting and retrying calls; each one fails from now on. For work that another worker now owns. */
  close(): void {
    this.#closed = true;
  }

  /** Used from the next call on; a claim gets new credentials whenever it is reclaimed. */
  useCredentials(credentials: Credentials): void {
    this.#options = { ...this.#options, credentials };
  }

  async #request(service: ServiceName, method: string, args: unknown[], share: number): Promise<unknown> {
    const { credentials } = this.#options;
    const source = credentials && isSource(credentials) ? credentials : undefined;
    const used = source ? await source.current() : fixed(credentials);
    const client = this.#service(service, used, share);
    spendCall();
    countApiCall();
    try {
      return await send(client, method, args);
    } catch (error) {
      // A call with refused credentials did nothing, so any call may be repeated.
      const renewed = used && isRefusal(error) ? await source?.renewed(used) : undefined;
      if (!renewed) throw error;
      countApiCall();
      return send(this.#service(service, renewed, share), method, args);
    }
  }

  #service(name: ServiceName, credentials: Credentials | undefined, share: number) {
    if (credentials !== this.#used) {
      this.#services.clear();
      this.#used = credentials;
    }
    const { timeoutMs = 30_000 } = this.#options;
    const left = timeLeft() * share;
    // The library has one timeout per client, so the last calls before a deadline get their own clients.
    if (left < timeoutMs) return this.#connect(name, credentials, Math.max(1, Math.floor(left)));
    let client = this.#services.get(name);
    if (!client) {
      client = this.#connect(name, credentials, timeoutMs);
      this.#services.set(name, client);
    }
    return client;
  }

  #connect(name: ServiceName, credentials: Credentials | undefined, timeout: number): ServiceClient {
    const { rootUrl, authorizedScopes } = this.#options;
    return new taskcluster[name]({
      rootUrl,
      credentials: credentials ?? {},
      ...(authorizedScopes ? { authorizedScopes } : {}),
      retries: 0,
      timeout,
    });
  }
}

/** One request, and its answer. */
async function send(client: ServiceClient, method: string, args: unknown[]): Promise<unknown> {
  const answer = methodOf(client, method)(...args);
  try {
    return await answer;
  } catch (error) {
    // If an answer breaks off, the library looks for an error in a body that is not there.
    if (!(error instanceof TypeError) || 'code' in error) throw error;
    const [kind, message] = ['no-answer', 'the connection was cut within the answer'] as const;
    throw new TaskclusterError({ method, kind, code: 'BrokenOff', message, cause: error });
  }
}

/** A method that does not exist must not look like an empty answer. */
function methodOf(client: ServiceClient, method: string): (...args: unknown[]) => unknown {
  const call = client[method];
  if (!call) throw new TypeError(`taskcluster-client has no method ${method}`);
  return call.bind(client);
}

function fixed(credentials: Credentials | CredentialsSource | undefined): Credentials | undefined {
  return credentials && !isSource(credentials) ? credentials : undefined;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 401;
}

/**
 * Our own credentials in a user's name, for the audit trail, limited to the given scopes. Made locally, without a call;
 * the issuer needs `auth:create-client:<clientId>`.
 */
export function nameTemporaryCredentials(
  issuer: Credentials,
  clientId: string,
  scopes: string[],
  expiry: Date,
): Credentials {
  const start = new Date(Date.now() - CLOCK_SKEW_MS);
  return taskcluster.createTemporaryCredentials({ credentials: issuer, clientId, scopes, start, expiry });
}

/** Converts the library's error to ours. An error that is neither an answer nor the network's is our own bug. */
function toTaskclusterError(method: string, error: unknown): unknown {
  if (isTaskclusterError(error)) return error;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const { code } = error;
  // The message may quote a whole definition.
  const message = bounded(error.message, TEXT_LIMITS.message);
  const outcome =
    'statusCode' in error && typeof error.statusCode === 'number'
      ? { statusCode: error.statusCode }
      : { kind: 'no-answer' as const };
  return new TaskclusterError({ method, ...outcome, code, message, cause: error });
}
