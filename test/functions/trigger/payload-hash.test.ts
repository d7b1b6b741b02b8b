import * as fc from 'fast-check';
import hawk from 'hawk';
import { describe, expect, it } from 'vitest';
import { payloadHashMatches } from '../../../functions/trigger/request.ts';

const hashOf = (body: string, contentType: string) =>
  hawk.crypto.calculatePayloadHash(body, 'sha256', contentType);

const anyBody = fc.oneof(fc.json(), fc.string({ unit: 'binary' }));
const anyContentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'Application/JSON; charset=utf-8',
    ' application/json ;charset="utf-8"',
    'text/plain',
    ';',
    '',
  ),
  fc.string(),
);

describe('payloadHashMatches', () => {
  it('accepts what hawk computes', () => {
    fc.assert(
      fc.property(anyBody, anyContentType, (body, contentType) => {
        expect(payloadHashMatches(hashOf(body, contentType), contentType, body)).toBe(true);
      }),
    );
  });

  it('does not accept the hash of another body', () => {
    fc.assert(
      fc.property(anyBody, anyBody, anyContentType, (signed, sent, contentType) => {
        expect(payloadHashMatches(hashOf(signed, contentType), contentType, sent)).toBe(signed === sent);
      }),
    );
  });

  it('accepts no other text', () => {
    fc.assert(
      fc.property(fc.string(), anyBody, (hash, body) => {
        expect(payloadHashMatches(hash, 'application/json', body)).toBe(false);
      }),
    );
  });

  it('does not accept a hash with another content type', () => {
    expect(payloadHashMatches(hashOf('{}', 'text/plain'), 'application/json', '{}')).toBe(false);
  });
});
