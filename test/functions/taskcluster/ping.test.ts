import { afterEach, beforeEach, expect, it } from 'vitest';
import { ping } from '../../../functions/taskcluster/ping.ts';
import { HostileServer } from '../../support/hostile-server.ts';

const NOW = Date.parse('2026-05-04T10:00:00Z');

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start();
});
afterEach(() => server.stop());

const pinged = () => ping(server.url, () => NOW);

it.each([
  ['ahead', '2026-05-04T09:50:00Z', 600_000],
  ['behind', '2026-05-04T10:10:00Z', -600_000],
])('tells how far our clock is %s', async (_, time, clockAheadMs) => {
  server.answer = (_request, response) => response.setHeader('date', new Date(time).toUTCString()).end('{}');
  expect(await pinged()).toStrictEqual({ clockAheadMs });
  expect(server.asked).toStrictEqual(['/api/auth/v1/ping']);
});

it.each([
  ['none', undefined],
  ['no time', 'yesterday'],
])('takes the clocks for equal if the time in the answer is %s', async (_, date) => {
  server.answer = (_request, response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    response.end('{}');
  };
  expect(await pinged()).toStrictEqual({ clockAheadMs: 0 });
});

it('fails if the service does', async () => {
  server.answer = (_request, response) => response.writeHead(502).end();
  await expect(pinged()).rejects.toThrow('ping answered 502');
});
