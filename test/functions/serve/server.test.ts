import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Log } from '../../../functions/platform/log.ts';
import { Health } from '../../../functions/serve/health.ts';
import { createServer } from '../../../functions/serve/server.ts';
import { HostileServer } from '../../support/hostile-server.ts';

type Trigger = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

const PATH = '/api/hooks/v1/hooks/project-gecko/in-tree-action-3-generic%2F0123456789/trigger';

let taskcluster: HostileServer;
let health: Health;
let app: ReturnType<typeof createServer>;
let trigger: Trigger;

beforeEach(async () => {
  taskcluster = await HostileServer.start();
  health = new Health(taskcluster.url, new Log(), () => true);
  trigger = async () => ({ statusCode: 200, body: '{}' });
  app = createServer({
    trigger: (event) => trigger(event),
    health,
    version: {},
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
  });
});
afterEach(async () => {
  health.stop();
  await app.close();
  await taskcluster.stop();
});

const listen = async () => `${await app.listen({ host: '127.0.0.1', port: 0 })}${PATH}`;

describe('a trigger', () => {
  it('reaches the function as from a gateway, and its answer the caller', async () => {
    const events: APIGatewayProxyEventV2[] = [];
    trigger = async (event) => {
      events.push(event);
      return { statusCode: 418, headers: { 'x-tea': 'yes' }, body: '{"tea":true}' };
    };
    const body = '{"decision": "ä"}';
    const answer = await fetch(`${await listen()}?a=1&b=%2F`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-one': '1' },
    });
    expect([answer.status, answer.headers.get('x-tea'), await answer.text()]).toStrictEqual([
      418,
      'yes',
      '{"tea":true}',
    ]);
    expect(events).toMatchObject([
      {
        rawPath: PATH,
        rawQueryString: 'a=1&b=%2F',
        body,
        isBase64Encoded: false,
        headers: { 'content-type': 'application/json', 'x-one': '1' },
        requestContext: { http: { method: 'POST', path: PATH, sourceIp: '127.0.0.1' } },
      },
    ]);
  });

  it('that crashes the function gets a 500 that says nothing of what is inside', async () => {
    trigger = () => Promise.reject(new Error('a secret'));
    const answer = await fetch(await listen(), { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toStrictEqual([
      500,
      { code: 'InternalServerError', message: 'Internal Server Error', requestInfo: {} },
    ]);
  });

  it('is refused before it is read while 64 are under way, and taken again afterwards', async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: full, resolve: isFull } = Promise.withResolvers<void>();
    let taken = 0;
    trigger = async () => {
      if (++taken === 64) isFull();
      await held;
      return { statusCode: 200, body: '{}' };
    };
    const url = await listen();
    const send = () => fetch(url, { method: 'POST', body: '{}' });
    const first = Array.from({ length: 64 }, send);
    await full;
    const refused = await send();
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toStrictEqual([
      503,
      '1',
      { code: 'InternalServerError', message: 'Too many requests at once; try again', requestInfo: {} },
    ]);
    expect(taken).toBe(64);
    goOn();
    await Promise.all(first.map(async (answer) => (await answer).text()));
    await expect.poll(async () => (await send()).status).toBe(200);
  });

  it('that is under way when the server closes is answered, on a connection that ends', async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    trigger = async () => {
      begin();
      await held;
      return { statusCode: 200, body: '{}' };
    };
    const answer = fetch(await listen(), { method: 'POST', body: '{}' });
    await begun;
    const closed = app.close();
    await setImmediate();
    goOn();
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toStrictEqual([200, 'close']);
    await closed;
  });
});
