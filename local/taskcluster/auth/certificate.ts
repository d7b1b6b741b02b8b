import { createHmac } from 'node:crypto';

import { isObject } from '../../../functions/tasks/shapes.ts';
import { HawkError, sameText } from './hawk.ts';
import { isScope, ScopeSet } from './scopes.ts';

const DRIFT_MS = 5 * 60 * 1000;
const MAX_LIFE_MS = 31 * 24 * 60 * 60 * 1000;

interface Certificate {
  seed: string;
  /** Milliseconds since the epoch. */
  start: number;
  expiry: number;
  scopes: string[];
  signature: unknown;
  issuer: unknown;
  hasClientId: boolean;
}

/** What credentials allow, while certificate and authorizedScopes are being applied. */
export interface Limits {
  scopes: readonly string[];
  accessToken: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

/**
 * Limits the issuer's credentials to what the certificate of temporary credentials allows.
 *
 * The certificate is signed with the issuer's access token; the temporary access token is derived from that token and
 * the seed. Certificates stay valid for five minutes past their expiry. For a named one (with `issuer`), the issuer
 * needs the scope to create a client of that name.
 */
export function applyCertificate(
  value: unknown,
  credentialName: string,
  issuer: string,
  limits: Limits,
  now: number,
): Limits {
  const certificate = parse(value);
  if (certificate.start > now + DRIFT_MS) throw new HawkError('ext.certificate.start > now');
  if (certificate.expiry < now - DRIFT_MS) throw new HawkError('ext.certificate.expiry < now');
  if (certificate.expiry - certificate.start > MAX_LIFE_MS) {
    throw new HawkError('ext.certificate cannot last longer than 31 days!');
  }
  checkName(certificate, credentialName, issuer, limits);
  if (!ScopeSet.of(limits.scopes).satisfies({ AllOf: certificate.scopes })) {
    const scopes = certificate.scopes.join(', ');
    throw new HawkError(
      `ext.certificate issuer \`${issuer}\` doesn't satisfy all certificate scopes ${scopes}.  ` +
        'The temporary credentials were not generated correctly.',
    );
  }
  checkSignature(certificate, credentialName, limits.accessToken);
  const accessToken = createHmac('sha256', limits.accessToken).update(certificate.seed).digest('base64url');
  return { accessToken, scopes: certificate.scopes, expires: Math.min(limits.expires, certificate.expiry) };
}

function parse(value: unknown): Certificate {
  if (!isObject(value)) throw new HawkError('ext.certificate must be a JSON object');
  const { version, seed, start, expiry, scopes, signature, issuer } = value;
  if (version !== 1) throw new HawkError('ext.certificate.version must be 1');
  if (typeof seed !== 'string') throw new HawkError('ext.certificate.seed must be a string');
  if (seed.length !== 44) throw new HawkError('ext.certificate.seed must be 44 characters');
  if (typeof start !== 'number') throw new HawkError('ext.certificate.start must be a number');
  if (typeof expiry !== 'number') throw new HawkError('ext.certificate.expiry must be a number');
  if (!Array.isArray(scopes)) throw new HawkError('ext.certificate.scopes must be an array');
  if (!scopes.every(isScope)) {
    throw new HawkError('ext.certificate.scopes must be an array of valid scopes');
  }
  return { seed, start, expiry, scopes, signature, issuer, hasClientId: 'clientId' in value };
}

function checkName(certificate: Certificate, credentialName: string, issuer: string, limits: Limits): void {
  if (issuer === credentialName) {
    if (!certificate.hasClientId) return;
    throw new HawkError('ext.certificate.clientId must only be used with ext.certificate.issuer');
  }
  const scope = `auth:create-client:${credentialName}`;
  if (!ScopeSet.of(limits.scopes).satisfies(scope)) {
    throw new HawkError(
      `ext.certificate issuer \`${issuer}\` doesn't have \`${scope}\` for supplied clientId.`,
    );
  }
}

function checkSignature(certificate: Certificate, credentialName: string, accessToken: string): void {
  const named = typeof certificate.issuer === 'string' && certificate.issuer !== '';
  const signed = [
    'version:1',
    ...(named ? [`clientId:${credentialName}`, `issuer:${String(certificate.issuer)}`] : []),
    `seed:${certificate.seed}`,
    `start:${certificate.start}`,
    `expiry:${certificate.expiry}`,
    'scopes:',
    ...certificate.scopes,
  ].join('\n');
  const expected = createHmac('sha256', accessToken).update(signed).digest('base64');
  if (typeof certificate.signature === 'string' && sameText(certificate.signature, expected)) return;
  throw new HawkError(`ext.certificate.signature is not valid${named ? ', or wrong clientId provided' : ''}`);
}
