import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from '../platform/credentials.ts';
import { isObject } from '../tasks/shapes.ts';

/** Makes the Authorization header of one request. */
export type Signer = (method: string, url: URL) => string;

/**
 * Signs requests with Hawk, as Taskcluster's services want it: host, path and time are signed, the body is not.
 *
 * @param authorizedScopes restricts the requests to these scopes
 */
export function signerFor(
  { clientId, accessToken, certificate }: Credentials,
  authorizedScopes?: readonly string[],
): Signer {
  const ext = extOf(certificate, authorizedScopes);
  const extField = ext === '' ? '' : `ext="${ext}", `;
  return (method, { protocol, hostname, port, pathname, search }) => {
    const seconds = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(6).toString('base64url');
    const signedPort = port || (protocol === 'https:' ? '443' : '80');
    const signed = [
      'hawk.1.header',
      seconds,
      nonce,
      method,
      `${pathname}${search}`,
      withoutBrackets(hostname),
      signedPort,
      '', // no hash of the body
      ext,
      '',
    ].join('\n');
    const mac = createHmac('sha256', accessToken).update(signed).digest('base64');
    return `Hawk id="${clientId}", ts="${seconds}", nonce="${nonce}", ${extField}mac="${mac}"`;
  };
}

/** What the services must know besides the clientId to judge a request. */
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

/** An IPv6 address as it is connected to. */
function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
