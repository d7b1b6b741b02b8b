import { afterEach, beforeEach, expect, it } from 'vitest';
import { ping } from '../../../functions/taskcluster/ping.ts';
import { HostileServer } from '../../support/hostile-server.ts';

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start();
});
afterEach(() => server.stop());

it('does not take a redirect for an answer, since no call follows one', async () => {
  server.answer = (_, response) => response.writeHead(308, { location: '/there' }).end();
  await expect(ping(server.url, Date.now)).rejects.toThrow('ping answered 308');
  expect(server.asked).toStrictEqual(['/api/auth/v1/ping']);
});
