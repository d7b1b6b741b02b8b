import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { signerFor } from '../../../functions/taskcluster/signer.ts';
import { macMatches, parseExt, parseHawkHeader } from '../../../local/taskcluster/auth/hawk.ts';

const credentials = { clientId: 'project/me', accessToken: 'a-token' };

/** Whether a service that knows the token accepts the signature for this request. */
function isAccepted(authorization: string, method: string, url: URL, accessToken: string): boolean {
  const { protocol, hostname, port, pathname, search } = url;
  const request = {
    method: method.toLowerCase(),
    resource: `${pathname}${search}`,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  return macMatches(parseHawkHeader(authorization), request, accessToken);
}

it('signs what is asked for, whatever it is, and nothing else', () => {
  const urls = fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] });
  fc.assert(
    fc.property(urls, fc.constantFrom('GET', 'POST', 'PUT'), (address, method) => {
      // The client escapes apostrophes before it signs.
      const url = new URL(address.replaceAll("'", '%27'));
      const authorization = signerFor(credentials)(method, url);
      expect(parseHawkHeader(authorization).id).toBe(credentials.clientId);
      expect(isAccepted(authorization, method, url, credentials.accessToken)).toBe(true);
      expect(isAccepted(authorization, 'DELETE', url, credentials.accessToken)).toBe(false);
      const other = new URL(`${url.origin}${url.pathname}x${url.search}`);
      expect(isAccepted(authorization, method, other, credentials.accessToken)).toBe(false);
    }),
  );
});

it.each(['http://localhost:1234/api/x', 'http://[::1]/a?b=c', 'https://tc.example.com:8443/'])(
  'signs host and port of %s',
  (address) => {
    const url = new URL(address);
    const authorization = signerFor(credentials)('GET', url);
    expect(isAccepted(authorization, 'GET', url, credentials.accessToken)).toBe(true);
    expect(isAccepted(authorization, 'GET', new URL('http://else.where:81'), credentials.accessToken)).toBe(
      false,
    );
  },
);

it('sends certificate and authorized scopes along, as the services read them', () => {
  const certificate = { version: 1, scopes: ['a:*'], issuer: 'project/root' };
  const url = new URL('https://tc.example.com/api/queue/v1/ping');
  const sign = signerFor({ ...credentials, certificate: JSON.stringify(certificate) }, ['a:b']);
  const { ext = '' } = parseHawkHeader(sign('GET', url));
  expect(parseExt(ext)).toEqual({ certificate, authorizedScopes: ['a:b'] });
  expect(isAccepted(sign('GET', url), 'GET', url, credentials.accessToken)).toBe(true);
});

it('does not quote a certificate that cannot be read', () => {
  const broken = { ...credentials, certificate: '{"signature": "secret' };
  expect(() => signerFor(broken)).toThrow(/^the certificate of the credentials is not a JSON object$/);
});
