import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { within } from '../../../functions/platform/deadline.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import type { CredentialsSource } from '../../../functions/taskcluster/credentials.ts';
import { ONCE, type RetryPolicy } from '../../../functions/taskcluster/retry.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { HostileServer } from '../../support/hostile-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const TWICE: RetryPolicy = { tries: 2, firstDelayMs: 1, share: 1 };

let server: HostileServer;
beforeEach(async () => {
  server = await HostileServer.start();
});
afterEach(() => server.stop());

const answer = (response: ServerResponse, status: number) => response.writeHead(status, JSON_TYPE).end('{}');
const status = (client: TaskclusterClient, retry = ONCE) => client.call('Queue', 'status', ['a'], retry);

/** A call that has arrived, and what answers it. */
async function arrived(client: TaskclusterClient, retry = ONCE) {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  server.answer = (_, response) => resolve(response);
  const call = status(client, retry);
  return { call, response: await promise };
}

describe('a closed client', () => {
  it('makes no call, but one that is opened again does', async () => {
    const client = new TaskclusterClient({ rootUrl: server.url });
    await client.close();
    await expect(status(client)).rejects.toMatchObject({ kind: 'closed', code: 'Closed', unanswered: false });
    expect(server.asked).toHaveLength(0);
    server.answer = (_, response) => answer(response, 200);
    await expect(status(client.reopened())).resolves.toStrictEqual({});
  });

  it('does not try again what fails afterwards', async () => {
    const client = new TaskclusterClient({ rootUrl: server.url });
    const { call, response } = await arrived(client, TWICE);
    const closed = client.close();
    answer(response, 500);
    await expect(call).rejects.toMatchObject({ code: 'Closed' });
    await closed;
    expect(server.asked).toHaveLength(1);
  });

  it('is closed when the requests under way have ended, whether they succeed or not', async () => {
    for (const end of [200, 403]) {
      const client = new TaskclusterClient({ rootUrl: server.url });
      const { call, response } = await arrived(client);
      let isClosed = false;
      const closed = client.close().then(() => (isClosed = true));
      await setImmediate();
      expect(isClosed).toBe(false);
      answer(response, end);
      await Promise.allSettled([call, closed]);
      expect(isClosed).toBe(true);
    }
  });
});

describe('near its deadline, a client', () => {
  it('sends nothing any more once it has passed', async () => {
    const client = new TaskclusterClient({ rootUrl: server.url });
    await expect(within(Date.now(), () => status(client))).rejects.toMatchObject({
      kind: 'closed',
      code: 'OutOfTime',
      unanswered: false,
    });
    expect(server.asked).toHaveLength(0);
  });

  it('gives a request its share of the time', async () => {
    server.answer = () => undefined;
    const client = new TaskclusterClient({ rootUrl: server.url });
    const call = within(Date.now() + 400, () => status(client, { ...ONCE, share: 1 / 4 }));
    const { message }: { message: string } = await call.then(
      () => ({ message: 'answered' }),
      (error: Error) => error,
    );
    const [, ms = 'no time'] = /no answer within (\d+) ms/.exec(message) ?? [];
    expect(Number(ms)).toBeLessThanOrEqual(100);
  });
});

/** @param asked gets what was refused */
const changing = (asked: unknown[]): CredentialsSource => ({
  current: async () => ({ clientId: 'old', accessToken: 'old-token' }),
  renewed: async (refused) => {
    asked.push(refused);
    return { clientId: 'new', accessToken: 'new-token' };
  },
});

describe('credentials that change', () => {
  it('are asked for again after a 401, for one more try', async () => {
    const asked: unknown[] = [];
    const ids: (string | undefined)[] = [];
    server.answer = ({ headers }, response) => {
      ids.push(/id="(\w+)"/.exec(headers.authorization ?? '')?.[1]);
      answer(response, 401);
    };
    const client = new TaskclusterClient({ rootUrl: server.url, credentials: changing(asked) });
    await expect(status(client)).rejects.toMatchObject({ statusCode: 401 });
    expect(ids).toStrictEqual(['old', 'new']);
    expect(asked).toHaveLength(1);
  });

  it.each([403, 404, 500])('are not asked for again after a %i', async (code) => {
    const asked: unknown[] = [];
    server.answer = (_, response) => answer(response, code);
    const client = new TaskclusterClient({ rootUrl: server.url, credentials: changing(asked) });
    await expect(status(client)).rejects.toMatchObject({ statusCode: code });
    expect(asked).toStrictEqual([]);
    expect(server.asked).toHaveLength(1);
  });
});

it('an apostrophe in a parameter does not spoil the signature', async () => {
  const tc = await startLocalTaskcluster();
  try {
    const { rootUrl, credentials } = tc;
    tc.createRole("it's", ['a']);
    const client = new TaskclusterClient({ rootUrl, credentials });
    expect(await client.call('Auth', 'role', ["it's"], ONCE)).toMatchObject({ roleId: "it's" });
  } finally {
    await tc.close();
  }
});
