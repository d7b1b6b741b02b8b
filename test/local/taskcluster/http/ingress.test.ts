import type { IncomingMessage } from 'node:http';

import { client } from 'hawk';
import { describe, expect, onTestFinished, test } from 'vitest';

import { goesToFunctions } from '../../../../local/taskcluster/http/ingress.ts';
import { startServer } from '../../../support/local-server.ts';
import { clients, refusal, start } from '../support.ts';

const GROUP = 'project-gecko';
const HOOK = 'in-tree-action-1-generic/abcdef';
const PATH = `/api/hooks/v1/hooks/${GROUP}/${encodeURIComponent(HOOK)}/trigger`;

interface Received {
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Functions that answer 418 and record the requests. */
async function functions(): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const { url, close } = await startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response
        .writeHead(418, { 'x-from': 'functions', 'content-type': 'application/json' })
        .end('{"tea":true}');
    });
  });
  onTestFinished(close);
  return { url, received };
}

describe('the ingress', () => {
  test.each([
    ['POST', PATH, true],
    ['OPTIONS', PATH, true],
    ['POST', `${PATH}?a=b`, true],
    ['POST', PATH.replace('in-tree-action', 'in-tree-pr-action'), true],
    ['GET', PATH, false],
    ['POST', PATH.replace('/trigger', '%2Ffull/trigger'), false],
    ['POST', PATH.replace('project-', ''), false],
    ['POST', PATH.replace('in-tree-action', 'other'), false],
    ['POST', PATH.replace('/trigger', ''), false],
    ['POST', PATH.replace('%2F', '%ZZ'), true],
  ])('%s %s: %s', (method, path, expected) => {
    expect(goesToFunctions(method, path)).toBe(expected);
  });

  const crash = JSON.stringify({ errorType: 'TypeError', stackTrace: ['a secret'] });
  test.each([
    ['in chunks', { 'transfer-encoding': 'chunked' }],
    ['in one piece', { 'content-length': crash.length }],
  ])('answers as a gateway does for functions that crash, %s', async (_how, headers) => {
    const crashing = await startServer((_request, response) => response.writeHead(200, headers).end(crash));
    onTestFinished(crashing.close);
    const local = await start({ functionsUrl: crashing.url });
    const answer = await fetch(`${local.rootUrl}${PATH}`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test('forwards the trigger unchanged and relays the answer', async () => {
    const { url, received } = await functions();
    const local = await start({ functionsUrl: url });
    const credentials = {
      id: local.credentials.clientId,
      key: local.credentials.accessToken,
      algorithm: 'sha256',
    };
    const { header } = client.header(`${local.rootUrl}${PATH}?q=1`, 'POST', { credentials });
    const headers = { authorization: header, 'content-type': 'application/json' };
    const answer = await fetch(`${local.rootUrl}${PATH}?q=1`, { method: 'POST', headers, body: '{"a": 1}' });
    expect([answer.status, answer.headers.get('x-from'), await answer.json()]).toEqual([
      418,
      'functions',
      { tea: true },
    ]);
    const { port } = new URL(local.rootUrl);
    const forwarded = {
      'x-forwarded-host': '127.0.0.1',
      'x-forwarded-port': port,
      'x-forwarded-proto': 'http',
    };
    expect(received).toMatchObject([
      { url: `${PATH}?q=1`, body: '{"a": 1}', headers: { ...headers, ...forwarded } },
    ]);
    expect(local.calls()).toMatchObject([
      {
        service: 'functions',
        method: 'triggerHook',
        status: 418,
        body: { a: 1 },
        path: `${PATH}?q=1`,
        bytes: 12,
      },
    ]);
    const signed = {
      method: 'post',
      resource: `${PATH}?q=1`,
      host: '127.0.0.1',
      port: Number(port),
      authorization: header,
    };
    const checked = await clients(local, null).auth.authenticateHawk(signed);
    expect(checked).toMatchObject({ status: 'auth-success', clientId: local.credentials.clientId });
  });

  test('does not apply to the internal root URL, without functions, or to full hooks', async () => {
    const { url, received } = await functions();
    const local = await start({ functionsUrl: url });
    expect((await fetch(local.internalRootUrl + PATH, { method: 'POST' })).status).toBe(403);
    expect(await refusal(clients(local).hooks.triggerHook(GROUP, `${HOOK}/full`, {}))).toMatchObject({
      statusCode: 404,
    });
    expect(await refusal(clients(local).hooks.triggerHook(GROUP, HOOK, {}))).toMatchObject({
      statusCode: 418,
    });
    local.setFunctionsUrl(undefined);
    expect(await refusal(clients(local).hooks.triggerHook(GROUP, HOOK, {}))).toMatchObject({
      statusCode: 404,
    });
    expect(received).toHaveLength(1);
  });

  test('answers 502 if the functions cannot be reached', async () => {
    const local = await start({ functionsUrl: 'http://127.0.0.1:1' });
    const error = await refusal(clients(local).hooks.triggerHook(GROUP, HOOK, {}));
    expect(error).toMatchObject({ statusCode: 502, message: expect.stringContaining('cannot be reached') });
  });
});
