import { afterEach, expect, it, vi } from 'vitest';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { Log } from '../../../functions/platform/log.ts';
import { createHandler, deadlinesOf, handler } from '../../../functions/trigger/handler.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { aTest, unmark } from '../../support/push-tasks.ts';
import { retrigger } from '../../support/requests.ts';
import { event } from './event.ts';

const way = useDirectWay();
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('reads, writes and looks in that order, and answers before Lambda ends it', () => {
  expect(deadlinesOf(29_000, 1_000_000)).toEqual({
    reading: 1_017_400,
    writing: 1_027_260,
    looking: 1_028_420,
  });
});

it('answers without a 5xx before Lambda ends it, even if it is still busy', async () => {
  way().tc.setFaults([{ method: '*', hang: 'before', times: 100 }]);
  const handle = createHandler(way().settings, new Log(() => undefined));
  const { statusCode, body } = await handle(event(), lambdaContext('trigger', 60));
  expect(statusCode).toBe(400);
  expect(JSON.parse(body ?? '')).toMatchObject({
    code: 'InputError',
    message: expect.stringMatching(/^This took too long, so it is not known what was done/),
    requestInfo: {
      method: 'triggerHook',
      params: { hookGroupId: 'project-gecko', hookId: 'in-tree-action-1-generic/0123456789' },
    },
  });
});

it('can be prepared by a sign of life of each service', async () => {
  await createHandler(way().settings, new Log()).warmUp();
  expect(
    new Set(
      way()
        .calls('ping')
        .map(({ service }) => service),
    ),
  ).toEqual(new Set(['auth', 'queue', 'index', 'hooks']));
});

it('reads no graph that is larger than its settings say', async () => {
  way().deploy({ graphBytes: 10_000, fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]) });
  let label = '';
  const push = way().newPush((fresh) => {
    label = unmark(fresh, aTest(fresh, 'failed'));
  });
  await retrigger(way(), push, [label]);
  expect(way().records.filter((record) => record.event === 'action-forwarded')).toMatchObject([
    { reason: expect.stringContaining('10000 bytes') },
  ]);
});

it('has its name on its metrics', async () => {
  const { rootUrl, credentials } = way().settings;
  const settings = {
    TASKCLUSTER_ROOT_URL: rootUrl,
    TASKCLUSTER_CLIENT_ID: credentials.clientId,
    TASKCLUSTER_ACCESS_TOKEN: way().deployment.trigger.accessToken,
    PUBLIC_URLS: rootUrl,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  const { statusCode } = await handler(event({ body: '{' }), lambdaContext('trigger', 29_000));
  expect(statusCode).toBe(401);
  const metrics = written.filter((line) => line.includes('CloudWatchMetrics'));
  expect(metrics.length).toBeGreaterThan(0);
  for (const line of metrics) expect(JSON.parse(line)).toMatchObject({ service: 'trigger' });
});
