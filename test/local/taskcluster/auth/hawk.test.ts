import * as fc from 'fast-check';
import { client } from 'hawk';
import { describe, expect, test } from 'vitest';

import { macMatches, parseHawkHeader, payloadHash } from '../../../../local/taskcluster/auth/hawk.ts';
import { start } from '../support.ts';

const word = fc.stringMatching(/^[a-zA-Z0-9:/_-]{1,12}$/);
// The library escapes apostrophes before it signs.
const resource = fc.webPath().map((path) => `/api${path.replaceAll("'", '%27')}`);

describe('Hawk', () => {
  test('accepts what the Hawk library signs, only for that request and that key', () => {
    fc.assert(
      fc.property(
        word,
        word,
        resource,
        fc.constantFrom('GET', 'POST'),
        fc.base64String(),
        (id, key, path, method, ext) => {
          const signed = client.header(`http://127.0.0.1:8080${path}`, method, {
            credentials: { id, key, algorithm: 'sha256' },
            ...(ext === '' ? {} : { ext }),
          });
          const header = parseHawkHeader(signed.header);
          const request = { method: method.toLowerCase(), resource: path, host: '127.0.0.1', port: 8080 };
          expect(header.id).toBe(id);
          expect(macMatches(header, request, key)).toBe(true);
          expect(macMatches(header, request, `${key}x`)).toBe(false);
          expect(macMatches(header, { ...request, port: 8081 }, key)).toBe(false);
          expect(macMatches(header, { ...request, resource: `${path}x` }, key)).toBe(false);
          expect(macMatches({ ...header, ext: 'other' }, request, key)).toBe(false);
        },
      ),
    );
  });

  test.each([
    ['Bearer x', 'Unauthorized: Unauthorized'],
    ['Hawk', 'Invalid header syntax'],
    ['Hawk id="a"', 'Missing attributes'],
    ['Hawk id="a", id="b"', 'Duplicate attribute: id'],
    ['Hawk other="a"', 'Unknown attribute: other'],
    ['Hawk nonsense', 'Bad header format'],
  ])('refuses the header %s', (header, message) => {
    expect(() => parseHawkHeader(header)).toThrow(message);
  });

  test('checks a signed payload hash', async () => {
    const local = await start();
    const user = local.createClient('user', []);
    const url = `${local.rootUrl}/api/auth/v1/scopes/expand`;
    const call = async (payload: string, body: string): Promise<number> => {
      const { header } = client.header(url, 'POST', {
        credentials: { id: user.clientId, key: user.accessToken, algorithm: 'sha256' },
        payload,
        contentType: 'application/json',
      });
      expect(header).toContain(payloadHash(payload, 'application/json'));
      const headers = { authorization: header, 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    expect(await call('{"scopes":[]}', '{"scopes":[]}')).toBe(200);
    expect(await call('{"scopes":[]}', '{"scopes":["a"]}')).toBe(401);
  });

  test('a signature for the internal root URL is valid only there', async () => {
    const local = await start();
    const user = local.createClient('user', []);
    const credentials = { id: user.clientId, key: user.accessToken, algorithm: 'sha256' };
    const path = '/api/auth/v1/scopes/current';
    const { header } = client.header(`${local.internalRootUrl}${path}`, 'GET', { credentials });
    const headers = { authorization: header };
    expect((await fetch(`${local.internalRootUrl}${path}`, { headers })).status).toBe(200);
    expect((await fetch(`${local.rootUrl}${path}`, { headers })).status).toBe(401);
  });
});
