import { once } from 'node:events';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Log } from '../../../functions/platform/log.ts';
import { Health } from '../../../functions/serve/health.ts';
import { createServer } from '../../../functions/serve/server.ts';
import { HostileServer } from '../../support/hostile-server.ts';

const MOST = 64;

let taskcluster: HostileServer;
let app: ReturnType<typeof createServer>;
let url: string;
/** Actions that have begun; they go on until `finish` is called. */
let begun: number;
let finish: () => void;
let next: PromiseWithResolvers<void>;

beforeEach(async () => {
  begun = 0;
  const finished = Promise.withResolvers<void>();
  finish = finished.resolve;
  next = Promise.withResolvers();
  taskcluster = await HostileServer.start();
  const health = new Health(taskcluster.url, new Log(), () => true);
  health.stop();
  app = createServer({
    trigger: async () => {
      begun++;
      next.resolve();
      await finished.promise;
      return { statusCode: 200, body: '{}' };
    },
    health,
    version: {},
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    closeMs: 200,
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  url = `${address}/api/hooks/v1/hooks/a/b/trigger`;
});
afterEach(async () => {
  finish();
  await app.close();
  await taskcluster.stop();
});

/** Sends a request, and leaves as soon as its action has begun. */
async function sendAndLeave(): Promise<void> {
  next = Promise.withResolvers();
  const left = once(app.server, 'connection').then(([socket]) => once(socket, 'close'));
  const request = httpRequest(url, { method: 'POST', agent: false });
  request.on('error', () => undefined).end('{}');
  await next.promise;
  request.destroy();
  await left;
}

it('performs no more than 64 actions at once, even if the clients leave', async () => {
  for (let nth = 1; nth <= MOST; nth++) await sendAndLeave();
  const refused = await fetch(url, { method: 'POST', body: '{}' });
  expect([refused.status, refused.headers.get('retry-after')]).toStrictEqual([503, '1']);
  expect(begun).toBe(MOST);

  finish();
  await expect.poll(async () => (await fetch(url, { method: 'POST', body: '{}' })).status).toBe(200);
});

/** Begins requests of 6 MB, and sends no more than their first byte. */
async function sendFirstByte(count: number, headers: OutgoingHttpHeaders): Promise<void> {
  const received = Promise.withResolvers<void>();
  let open = 0;
  app.server.on('request', () => ++open === count && received.resolve());
  for (let nth = 1; nth <= count; nth++) {
    const request = httpRequest(url, { method: 'POST', agent: false, headers });
    request.on('error', () => undefined).write('{');
  }
  await received.promise;
}

it.each([
  ['of 6 MB', { 'content-length': '6000000' }],
  ['of unknown length', { 'transfer-encoding': 'chunked' }],
])('receives no more than 12 bodies %s at once', async (_, headers) => {
  await sendFirstByte(12, headers);
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(503);
  expect(begun).toBe(0);
});

it('closes even if a request never ends', async () => {
  await sendFirstByte(1, { 'content-length': '2' });
  await expect(app.close()).resolves.toBeUndefined();
});

it('gives up on a request that does not arrive within 15 s', { timeout: 60_000 }, async () => {
  const { hostname, port, pathname } = new URL(url);
  const slow = connect(Number(port), hostname);
  slow.write(`POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{`);
  const [answer] = await once(slow, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
  slow.destroy();
  expect(begun).toBe(0);
});
