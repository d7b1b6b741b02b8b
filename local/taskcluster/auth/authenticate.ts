import { applyCertificate, type Limits } from './certificate.ts';
import type { Clients } from './clients.ts';
import { HawkError, macMatches, parseExt, parseHawkHeader, type SignedRequest } from './hawk.ts';
import type { Roles } from './roles.ts';
import { isScope, ScopeSet } from './scopes.ts';

const ANONYMOUS = 'assume:anonymous';
const SKEW_MS = 15 * 60 * 1000;

/** What `auth.authenticateHawk` answers; every service relies on it. */
export type Authentication =
  | {
      status: 'auth-success';
      scheme: 'hawk';
      clientId: string;
      scopes: readonly string[];
      expires: string;
      /** Signed hash of the payload; the service that has the payload must compare it. */
      hash?: string;
    }
  | { status: 'auth-failed'; message: string }
  | { status: 'no-auth'; scheme: 'none'; scopes: readonly string[]; expires: string };

export interface RequestToAuthenticate extends SignedRequest {
  authorization?: string | undefined;
}

/** Checks who signed a request and with which scopes. Never throws. No replay protection: a nonce may be used twice. */
export class Authenticator {
  readonly #clients: Clients;
  readonly #roles: Roles;
  readonly #now: () => number;

  constructor(clients: Clients, roles: Roles, now: () => number) {
    this.#clients = clients;
    this.#roles = roles;
    this.#now = now;
  }

  authenticate(request: RequestToAuthenticate): Authentication {
    if (!request.authorization) {
      const expires = new Date(this.#now() + SKEW_MS).toJSON();
      return { status: 'no-auth', scheme: 'none', scopes: this.#roles.expand([ANONYMOUS]), expires };
    }
    try {
      return this.#checkHeader(request, request.authorization);
    } catch (error) {
      if (error instanceof HawkError) return { status: 'auth-failed', message: error.message };
      throw error;
    }
  }

  /** The caller's expanded scopes, including those of the anonymous role. */
  expand(scopes: readonly string[]): readonly string[] {
    return this.#roles.expand([...scopes, ANONYMOUS]);
  }

  #checkHeader(request: RequestToAuthenticate, authorization: string): Authentication {
    const header = parseHawkHeader(authorization);
    const ext = header.ext === undefined ? {} : parseExt(header.ext);
    const limits = this.#limit(header.id, ext);
    if (!macMatches(header, request, limits.accessToken)) throw new HawkError('Unauthorized: Bad mac');
    if (!(Math.abs(Number(header.ts) * 1000 - this.#now()) <= SKEW_MS)) {
      throw new HawkError('Unauthorized: Stale timestamp');
    }
    return {
      status: 'auth-success',
      scheme: 'hawk',
      clientId: header.id,
      scopes: this.expand(limits.scopes),
      expires: new Date(limits.expires).toJSON(),
      ...(header.hash === undefined ? {} : { hash: header.hash }),
    };
  }

  #limit(credentialName: string, ext: Record<string, unknown>): Limits {
    const certificate = ext['certificate'];
    const issuer = issuerOf(certificate);
    if (issuer === credentialName) {
      throw new HawkError('ext.certificate.issuer must differ from the supplied clientId');
    }
    const client = this.#load(issuer ?? credentialName);
    let limits: Limits = {
      scopes: this.#roles.expand(client.scopes),
      accessToken: client.accessToken,
      expires: Date.parse(client.expires),
    };
    if (certificate)
      limits = applyCertificate(certificate, credentialName, client.clientId, limits, this.#now());
    if (ext['authorizedScopes']) limits = this.#restrict(limits, ext['authorizedScopes']);
    return limits;
  }

  #restrict(limits: Limits, authorizedScopes: unknown): Limits {
    if (!Array.isArray(authorizedScopes)) throw new HawkError('ext.authorizedScopes must be an array');
    if (!authorizedScopes.every(isScope)) {
      throw new HawkError('ext.authorizedScopes must be an array of valid scopes');
    }
    const scopes = this.expand(limits.scopes);
    if (!ScopeSet.of(scopes).satisfies({ AllOf: authorizedScopes })) {
      const has = 'Supplied credentials do not satisfy authorizedScopes; credentials have scopes:';
      throw new HawkError(
        [
          has,
          '',
          '```',
          ...scopes,
          '```',
          '',
          'authorizedScopes are:',
          '',
          '```',
          ...authorizedScopes,
          '```',
        ].join('\n'),
      );
    }
    return { ...limits, scopes: authorizedScopes };
  }

  #load(clientId: string): { clientId: string; scopes: string[]; accessToken: string; expires: string } {
    const client = this.#clients.get(clientId);
    if (!client) throw new HawkError(`Client with clientId '${clientId}' not found`);
    if (client.disabled) throw new HawkError(`Client with clientId '${clientId}' is disabled`);
    if (Date.parse(client.expires) < this.#now()) {
      throw new HawkError(`Client with clientId: '${clientId}' has expired`);
    }
    client.lastDateUsed = new Date(this.#now()).toJSON();
    return client;
  }
}

function issuerOf(certificate: unknown): string | undefined {
  if (typeof certificate !== 'object' || certificate === null || !('issuer' in certificate)) return undefined;
  if (!certificate.issuer) return undefined;
  if (typeof certificate.issuer !== 'string') throw new HawkError('ext.certificate.issuer must be a string');
  return certificate.issuer;
}
