import { client } from 'hawk';
import type { Credentials } from '../platform/credentials.ts';
import { isObject } from '../tasks/shapes.ts';

/** Makes the Authorization header of one request. */
export type Signer = (method: string, url: URL) => string;

/**
 * Signs requests with Hawk as Taskcluster's services require: signs host, path and time, but not the body.
 *
 * @param authorizedScopes restricts the requests to these scopes
 * @throws TypeError if the certificate cannot be read
 */
export function signerFor(
  { clientId, accessToken, certificate }: Credentials,
  authorizedScopes?: readonly string[],
): Signer {
  const credentials = { id: clientId, key: accessToken, algorithm: 'sha256' };
  const ext = extOf(certificate, authorizedScopes);
  // The URL as it is sent: without a fragment, and without a trailing question mark.
  return (method, { origin, pathname, search }) =>
    client.header(`${origin}${pathname}${search}`, method, { credentials, ext }).header;
}

/** What the services need besides the clientId to check a request; empty if they need nothing else. */
function extOf(certificate: string | undefined, authorizedScopes: readonly string[] | undefined): string {
  const ext = {
    ...(certificate === undefined ? {} : { certificate: parsed(certificate) }),
    ...(authorizedScopes === undefined ? {} : { authorizedScopes }),
  };
  return Object.keys(ext).length === 0 ? '' : Buffer.from(JSON.stringify(ext)).toString('base64');
}

function parsed(certificate: string): object {
  let value: unknown;
  try {
    value = JSON.parse(certificate);
  } catch {
    // The parser's error would quote the certificate.
  }
  if (!isObject(value)) throw new TypeError('the certificate of the credentials is not a JSON object');
  return value;
}
