import { client as hawk } from 'hawk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Log } from '../../../functions/platform/log.ts';
import { redact } from '../../../functions/platform/redact.ts';

const TOKEN = fc.stringMatching(/^[A-Za-z0-9_-]{22,44}$/);

describe('redact', () => {
  it('takes out Hawk headers anywhere', () => {
    fc.assert(
      fc.property(TOKEN, (key) => {
        const { header } = hawk.header('https://tc.example.com/x', 'POST', {
          credentials: { id: 'ad|Mozilla-LDAP|dev', key, algorithm: 'sha256' },
          ext: 'eyJjZXJ0',
          payload: '{}',
          contentType: 'application/json',
        });
        for (const text of [header, `{"authorization":${JSON.stringify(header)}}`, header.toUpperCase()]) {
          const shown = redact(`before ${text} after`);
          expect(shown).toMatch(/^before .*Hawk \*\*\*.* after$/i);
          expect(shown).not.toMatch(/mac=|eyJjZXJ0|nonce=/i);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes out the secrets of credentials in JSON, and in JSON within JSON', () => {
    fc.assert(
      fc.property(TOKEN, TOKEN, (accessToken, signature) => {
        const certificate = JSON.stringify({ version: 1, scopes: ['a'], signature });
        const one = JSON.stringify({ clientId: 'c', accessToken, certificate });
        for (const text of [
          one,
          JSON.stringify({ body: one }),
          JSON.stringify({ body: { certificate: { signature } } }),
          JSON.stringify(JSON.stringify(JSON.stringify({ body: one }))),
          `\\"accessToken": "${accessToken}"`,
        ]) {
          const shown = redact(text);
          expect(shown).not.toContain(accessToken);
          expect(shown).not.toContain(signature);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('takes out signed URLs and other schemes of authorization', () => {
    const url = 'https://s3/x?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=abc123&X-Amz-Security-Token=tok&a=1';
    expect(redact(url)).toBe(
      'https://s3/x?X-Amz-Credential=***&X-Amz-Signature=***&X-Amz-Security-Token=***&a=1',
    );
    expect(redact('/x?bewit=abc.def')).toBe('/x?bewit=***');
    expect(redact('Authorization: Bearer abcdefgh.ijkl')).toBe('Authorization: Bearer ***');
  });

  it('takes out a value without an end, up to the end of the text', () => {
    expect(redact('{"accessToken": "s3cr3t')).toBe('{"accessToken": "***"');
    expect(redact('{"certificate":{"signature":"s3cr3t"')).toBe('{"certificate": "***"');
  });

  it('keeps words that only look like fields', () => {
    for (const text of ['accessToken: missing', '"accessToken', '"certificate": 7'])
      expect(redact(text)).toBe(text);
  });

  // Each once took time that grew with the square of the length: hours, for two megabytes.
  it.each([
    ['backslashes', '\\'],
    ['backslashes and quotes', '\\"'],
    ['a field that does not end', '"certificate":{'],
    ['a string that does not end', '\\"accessToken\\":\\\\"'],
    ['fields without a value', '"accessToken" '],
    ['spaces', ' '],
    ['Hawk headers that do not end', 'Hawk id="'],
    ['Hawk headers without a field', 'hawk  '],
    ['names of schemes', 'bearer basic '],
    ['signed parameters', 'X-Amz-Signature= bewit= '],
  ])('takes two megabytes of %s', (_, part) => {
    const text = part.repeat(2_000_000 / part.length);
    expect(redact(`Hawk "certificate"${text}`).length).toBeGreaterThan(0);
    expect(redact(text).length).toBeGreaterThan(0);
  });

  it('keeps what people need', () => {
    const text =
      'createTask: InsufficientScopes: Client ID mozilla-auth0/ad|Mozilla-LDAP|dev needs queue:route:x';
    expect(redact(text)).toBe(text);
  });
});

describe('Log', () => {
  it('hides the given words', () => {
    const lines: string[] = [];
    const log = new Log((_level, record) => lines.push(JSON.stringify(record)));
    log.hide('s3cr3t-token');
    log.hide('');
    log.unexpected(new Error('failed with s3cr3t-token in it'));
    log.event('scale-out-failed', { reason: 's3cr3t-token' });
    expect(lines.join('\n')).not.toContain('s3cr3t-token');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('***');
  });

  it('cuts a text to what a record needs', () => {
    const lines: string[] = [];
    const log = new Log((_level, record) => lines.push(JSON.stringify(record)));
    log.event('scale-out-failed', { reason: '"'.repeat(1_000_000) });
    log.unexpected(new Error('x'.repeat(1_000_000)));
    expect(lines.map((line) => line.length < 12_000)).toStrictEqual([true, true]);
    expect(lines[0]).toContain('(996000 characters more)');
    expect(lines[1]).toContain('redact.test.ts');
  });
});
