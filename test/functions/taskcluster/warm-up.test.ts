import { afterAll, beforeAll, expect, it } from 'vitest';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { warmUp } from '../../../functions/taskcluster/warm-up.ts';
import type { LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';

let tc: LocalTaskcluster;
beforeAll(async () => {
  tc = await startLocalTaskcluster();
});
afterAll(() => tc.close());

it('only pings each service', async () => {
  await warmUp(new TaskclusterClient({ rootUrl: tc.rootUrl, credentials: tc.credentials }));
  const calls = tc.calls();
  expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['ping']));
  expect(new Set(calls.map(({ service }) => service))).toEqual(new Set(['auth', 'queue', 'index', 'hooks']));
});

it('tries once, and succeeds whatever happens', async () => {
  tc.clearCalls();
  tc.setFaults([{ method: 'ping', status: 500, times: 100 }]);
  await warmUp(new TaskclusterClient({ rootUrl: tc.rootUrl }));
  expect(tc.calls()).toHaveLength(8);
  await warmUp(new TaskclusterClient({ rootUrl: 'http://127.0.0.1:1' }));
});
