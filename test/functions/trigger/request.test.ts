import * as fc from 'fast-check';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { mayBeSentAgain, readPath, readRequest } from '../../../functions/trigger/request.ts';
import { event, RESOURCE } from './event.ts';

const HOOK = 'in-tree-action-1-generic/0123456789';
const URLS = [new URL('https://retrigger.example.com')];

const JSON_TYPE = { 'content-type': 'application/json' };

function errorOf(changes: Partial<APIGatewayProxyEventV2>): ApiError {
  try {
    readRequest(event(changes), URLS);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function refusal(changes: Partial<APIGatewayProxyEventV2>): [number, string] {
  const { statusCode, code } = errorOf(changes);
  return [statusCode, code];
}

describe('readRequest', () => {
  it('reads what the auth service needs to know', () => {
    expect(readRequest(event(), URLS)).toEqual({
      hook: { hookGroupId: 'project-gecko', hookId: HOOK },
      body: '{}',
      contentType: 'application/json',
      signed: {
        method: 'post',
        resource: RESOURCE,
        host: 'retrigger.example.com',
        port: 443,
        authorization: 'Hawk id="me"',
        sourceIp: '192.0.2.1',
      },
    });
  });

  it('ignores the case of header names', () => {
    const headers = { Authorization: 'Hawk id="me"', 'Content-Type': 'Application/JSON; charset=utf-8' };
    const { signed, contentType } = readRequest(event({ headers }), URLS);
    expect([signed.authorization, contentType]).toEqual(['Hawk id="me"', 'Application/JSON; charset=utf-8']);
  });

  it('leaves out a missing Authorization header', () => {
    expect(readRequest(event({ headers: JSON_TYPE }), URLS).signed).not.toHaveProperty('authorization');
  });
});

describe('mayBeSentAgain', () => {
  const received = new Date(1_800_000_000_000);
  const signedAt = (authorization?: string) =>
    mayBeSentAgain(
      readRequest(event({ headers: { ...JSON_TYPE, ...(authorization ? { authorization } : {}) } }), URLS),
      received,
    );

  it.each<[string, boolean]>([
    ['Hawk id="me", ts="1800000000", nonce="n"', false],
    ['Hawk id="me", ts="1799999995", nonce="n"', false],
    ['Hawk id="me", ts="1799999994", nonce="n"', true],
    // A clock that is ahead.
    ['Hawk id="me", ts="1800000060", nonce="n"', false],
    ['Hawk id="me", nts="1", nonce="n"', false],
    ['Hawk id="me", ts="soon", nonce="n"', false],
    ['', false],
  ])('%s: %s', (authorization, expected) => {
    expect(signedAt(authorization)).toBe(expected);
  });
});

describe('the path', () => {
  it.each<[string, string]>([
    ['as the client encoded it', RESOURCE],
    ['as the gateway decoded it', `/api/hooks/v1/hooks/project-gecko/${HOOK}/trigger`],
    ['encoded in lower case', RESOURCE.replace('%2F', '%2f')],
  ])('%s gives the resource that the client has signed', (_what, rawPath) => {
    const { hook, signed } = readRequest(event({ rawPath }), URLS);
    expect([hook.hookGroupId, hook.hookId, signed.resource]).toEqual(['project-gecko', HOOK, RESOURCE]);
  });

  it('keeps the query, which is signed too', () => {
    const { signed } = readRequest(event({ rawQueryString: 'bewit=a%2Fb&c' }), URLS);
    expect(signed.resource).toBe(`${RESOURCE}?bewit=a%2Fb&c`);
  });

  it('returns any hook’s names, encoded or not', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9_ ()!*'.~-]+$/);
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 4 }), (hookGroupId, words) => {
        const hookId = words.join('/');
        const encoded = `${encodeURIComponent(hookGroupId)}/${encodeURIComponent(hookId)}`;
        for (const names of [encoded, `${hookGroupId}/${hookId}`]) {
          expect(readPath(`/api/hooks/v1/hooks/${names}/trigger`)).toEqual({ hookGroupId, hookId });
        }
      }),
    );
  });

  it.each([
    '/',
    '/api/hooks/v1/hooks',
    '/api/hooks/v1/hooks/project-gecko/trigger',
    '/api/hooks/v1/hooks/project-gecko//trigger',
    '/api/hooks/v1/hooks//x/trigger',
    `${RESOURCE}/`,
    `${RESOURCE}/token`,
    `/prefix${RESOURCE}`,
    RESOURCE.replace('v1', 'v2'),
    RESOURCE.replace('hooks/v1', 'queue/v1'),
    RESOURCE.replace('%2F', '%zz'),
    RESOURCE.replace('%2F', '%FF'),
  ])('%s is not found', (rawPath) => {
    expect(readPath(rawPath)).toBeUndefined();
    expect(refusal({ rawPath })).toEqual([404, 'ResourceNotFound']);
  });
});

describe('the body', () => {
  it.each<[string, Partial<APIGatewayProxyEventV2>, string]>([
    ['as it is', { body: '{"a":"ü"}' }, '{"a":"ü"}'],
    ['in base64', { body: Buffer.from('{"a":"ü"}').toString('base64'), isBase64Encoded: true }, '{"a":"ü"}'],
    ['that is empty', { body: '' }, ''],
    ['that is empty, in base64', { body: '', isBase64Encoded: true }, ''],
  ])('%s', (_what, changes, body) => {
    expect(readRequest(event(changes), URLS).body).toBe(body);
  });

  it('may be absent', () => {
    const { body: _, ...bodiless } = event();
    expect(readRequest(bodiless, URLS).body).toBe('');
    expect(readRequest({ ...bodiless, isBase64Encoded: true }, URLS).body).toBe('');
  });

  it.each<[string, string, boolean]>([
    ['plain', 'x'.repeat(5_000_001), false],
    ['in base64', Buffer.alloc(5_000_001).toString('base64'), true],
    ['in letters of several bytes', 'ü'.repeat(2_500_001), false],
  ])('is refused when it is too large, %s', (_what, body, isBase64Encoded) => {
    expect(refusal({ body, isBase64Encoded })).toEqual([413, 'InputTooLarge']);
  });

  it('is accepted up to the limit', () => {
    expect(readRequest(event({ body: 'x'.repeat(5_000_000) }), URLS).body).toHaveLength(5_000_000);
  });
});

describe('what is no call of the endpoint', () => {
  it.each<[string, Partial<APIGatewayProxyEventV2>, [number, string, string]]>([
    [
      'another path',
      { rawPath: '/api/hooks/v1/hooks' },
      [404, 'ResourceNotFound', 'There is nothing at POST /api/hooks/v1/hooks'],
    ],
    [
      'another method',
      { requestContext: withMethod('DELETE') },
      [404, 'ResourceNotFound', `There is nothing at DELETE ${RESOURCE}`],
    ],
    [
      'a body of another type',
      { headers: { 'content-type': 'text/plain; charset=utf-8' } },
      [
        400,
        'MalformedPayload',
        'Payload must be JSON with content-type: application/json got content-type: text/plain; charset=utf-8',
      ],
    ],
    [
      'a body of no type',
      { headers: {} },
      [
        400,
        'MalformedPayload',
        'Payload must be JSON with content-type: application/json got content-type: null',
      ],
    ],
    [
      'too large a body',
      { body: 'x'.repeat(5_000_001) },
      [413, 'InputTooLarge', 'The request body is larger than 5000000 bytes'],
    ],
  ])('is refused as the hooks service does: %s', (_what, changes, answer) => {
    const { statusCode, code, message } = errorOf(changes);
    expect([statusCode, code, message]).toEqual(answer);
  });

  it('does not depend on how the method is written', () => {
    expect(readRequest(event({ requestContext: withMethod('post') }), URLS).signed.method).toBe('post');
  });
});

function withMethod(method: string): APIGatewayProxyEventV2['requestContext'] {
  const { requestContext } = event();
  return { ...requestContext, http: { ...requestContext.http, method } };
}

describe('host and port', () => {
  const several = ['https://one.example.com', 'http://two.example.com', 'http://127.0.0.1:3000'].map(
    (url) => new URL(url),
  );

  it.each<[string, Record<string, string>, string, number]>([
    ['the Host header', { host: 'two.example.com' }, 'two.example.com', 80],
    ['the Host header with its port', { host: '127.0.0.1:3000' }, '127.0.0.1', 3000],
    ['an ingress', { host: 'internal', 'X-Forwarded-Host': 'two.example.com' }, 'two.example.com', 80],
    [
      'an ingress with a port of its own',
      { host: 'two.example.com', 'X-Forwarded-Host': '127.0.0.1', 'X-Forwarded-Port': '3000' },
      '127.0.0.1',
      3000,
    ],
    ['a header that names none of ours: the first', { host: 'evil.example.com' }, 'one.example.com', 443],
    ['a port that is none of ours: the first', { host: '127.0.0.1:3001' }, 'one.example.com', 443],
    ['no header at all: the first', {}, 'one.example.com', 443],
  ])('follow %s', (_what, headers, host, port) => {
    const { signed } = readRequest(event({ headers: { ...JSON_TYPE, ...headers } }), several);
    expect([signed.host, signed.port]).toEqual([host, port]);
  });

  it('come from the configured URL and not from a header, if there is only one', () => {
    const { signed } = readRequest(event({ headers: { ...JSON_TYPE, host: 'evil.example.com:81' } }), [
      new URL('https://retrigger.example.com:8443'),
    ]);
    expect([signed.host, signed.port]).toEqual(['retrigger.example.com', 8443]);
  });
});
