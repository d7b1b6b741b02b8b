import * as fc from 'fast-check';
import { client } from 'hawk';
import { expect, it } from 'vitest';
import { signerFor } from '../../../functions/taskcluster/hawk.ts';

const credentials = { clientId: 'project/me', accessToken: 'a-token' };

/** What hawk itself makes of the same request, at the same time and with the same nonce. */
function byHawk(url: string, method: string, ours: string, ext: string): string {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(ours)?.[1] ?? '';
  return client.header(url, method, {
    credentials: { id: credentials.clientId, key: credentials.accessToken, algorithm: 'sha256' },
    timestamp: Number(field('ts')),
    nonce: field('nonce'),
    ...(ext === '' ? {} : { ext }),
  }).header;
}

const extOf = (ext: object) => Buffer.from(JSON.stringify(ext)).toString('base64');

it('signs as hawk does, whatever is asked for', () => {
  const urls = fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] });
  fc.assert(
    fc.property(urls, fc.constantFrom('GET', 'POST', 'PUT'), (address, method) => {
      // Hawk's parser escapes these, and neither URL nor http does.
      fc.pre(!address.includes("'"));
      const url = new URL(address);
      const ours = signerFor(credentials)(method, url);
      // As it is sent: without a question mark that nothing follows.
      const sent = `${url.origin}${url.pathname}${url.search}`;
      expect(ours).toBe(byHawk(sent, method, ours, ''));
    }),
  );
});

it.each(['http://localhost:1234/api/x', 'http://[::1]/a?b=c', 'https://tc.example.com:8443/'])(
  'signs host and port of %s',
  (address) => {
    const url = new URL(address);
    const ours = signerFor(credentials)('GET', url);
    expect(ours).toBe(byHawk(url.href, 'GET', ours, ''));
  },
);

it('sends certificate and authorized scopes along, as the services read them', () => {
  const certificate = { version: 1, scopes: ['a:*'], issuer: 'project/root' };
  const url = new URL('https://tc.example.com/api/queue/v1/ping');
  const sign = signerFor({ ...credentials, certificate: JSON.stringify(certificate) }, ['a:b']);
  const ours = sign('GET', url);
  expect(ours).toBe(byHawk(url.href, 'GET', ours, extOf({ certificate, authorizedScopes: ['a:b'] })));
});

it('does not quote a certificate that cannot be read', () => {
  const broken = { ...credentials, certificate: '{"signature": "secret' };
  expect(() => signerFor(broken)).toThrow(/^the certificate of the credentials is not a JSON object$/);
});
