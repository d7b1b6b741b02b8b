import { createHmac } from 'node:crypto';

import type { Credentials } from '../api.ts';
import { slugid } from '../slugid.ts';

export interface TemporaryCredentialsOptions {
  /** Name of the credentials. */
  clientId: string;
  issuer: Credentials;
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  start: number;
  expiry: number;
}

/** Named temporary credentials, as the queue issues them for each claimed run. */
export function createTemporaryCredentials(options: TemporaryCredentialsOptions): Required<Credentials> {
  const { clientId, issuer, scopes, start, expiry } = options;
  const seed = slugid() + slugid();
  const signed = [
    'version:1',
    `clientId:${clientId}`,
    `issuer:${issuer.clientId}`,
    `seed:${seed}`,
    `start:${start}`,
    `expiry:${expiry}`,
    'scopes:',
    ...scopes,
  ].join('\n');
  const signature = createHmac('sha256', issuer.accessToken).update(signed).digest('base64');
  const accessToken = createHmac('sha256', issuer.accessToken).update(seed).digest('base64url');
  const certificate = { version: 1, scopes, start, expiry, seed, signature, issuer: issuer.clientId };
  return { clientId, accessToken, certificate: JSON.stringify(certificate) };
}
