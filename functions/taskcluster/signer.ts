import { client } from 'hawk';
import type { Credentials } from '../platform/credentials.ts';
import { isObject } from '../tasks/shapes.ts';

/** Makes the Authorization header of one request. */
export type Signer = (method: string, url: URL) => string;

/**
 * Signs requests with Hawk, as Taskcluster's services want it: host, path and time are signed, the body is not.
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
  // What is sent: no fragment, and no question mark that nothing follows.
  return (method, { origin, pathname, search }) =>
    client.header(`${origin}${pathname}${search}`, method, { credentials, ext }).header;
}

/** What the services must know besides the clientId to judge a request; empty if that is nothing. */
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
