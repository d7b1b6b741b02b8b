import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import type { WorkerSettings } from '../../../functions/platform/settings.ts';
import { createHandler, handler, timesOf, type WorkerEvent } from '../../../functions/worker/handler.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { aTest, unmark } from '../../support/push-tasks.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { clonesOf } from '../../support/task-group.ts';

const way = useQueuedWay();

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function handlerOf(changes: Partial<WorkerSettings> = {}) {
  const { tc, deployment } = way();
  const settings: WorkerSettings = {
    rootUrl: tc.rootUrl,
    credentials: deployment.worker,
    killSwitch: new Set(),
    fastActions: new Map(),
    artifactHosts: [],
    graphBytes: 512 * 1024 * 1024,
    taskQueueIds: [TASK_QUEUE],
    workerGroup: 'retrigger-hooks',
    workerId: 'test',
    maxDrains: 1,
    functionName: 'worker-dev',
    lambdaEndpoint: undefined,
    ...changes,
  };
  return createHandler(settings, way().log());
}

/** One invocation; a minute more is left of it than it may claim in. */
const invoke = (event: WorkerEvent, claimingMs = 120_000) =>
  handlerOf()(event, lambdaContext('worker', 60_000 + claimingMs));

const recordsOf = (event: string) => way().records.filter((record) => record.event === event);

describe('one invocation of the worker', () => {
  it('performs what is pending, and says how much that was', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push).label]);
    const summary = { completed: 1, failed: 0, malformed: 0, shutdown: 0, lost: 0 };
    expect(await invoke({ mode: 'drain' })).toEqual(summary);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
    expect(recordsOf('poll-ended')).toEqual([expect.objectContaining({ mode: 'drain', ...summary })]);
  });

  it('polls as long as its event says, or as its own time allows', async () => {
    await invoke({ pollMs: 1_000 });
    expect(recordsOf('polled').length).toBeGreaterThan(1);
    expect(recordsOf('poll-ended')).toEqual([expect.objectContaining({ mode: 'poll' })]);
    way().records.length = 0;
    await invoke({}, 1_000);
    expect(recordsOf('polled').length).toBeGreaterThan(1);
    way().records.length = 0;
    await invoke({}, -1);
    expect(recordsOf('polled')).toEqual([]);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGTERM');
    await invoke({ mode: 'drain' });
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('reads no graph that is larger than its settings say', async () => {
    let label = '';
    const push = way().newPush((fresh) => {
      label = unmark(fresh, aTest(fresh, 'failed'));
    });
    const action = await way().press(push, [label]);
    const handle = handlerOf({
      graphBytes: 10_000,
      fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]),
    });
    await handle({ mode: 'drain' }, lambdaContext('worker', 180_000));
    expect(recordsOf('action-forwarded')).toMatchObject([
      { actionId: action, reason: expect.stringContaining('10000 bytes') },
    ]);
  });

  it('has its name on its metrics', async () => {
    const { tc, deployment } = way();
    const settings = {
      TASKCLUSTER_ROOT_URL: tc.rootUrl,
      TASKCLUSTER_CLIENT_ID: deployment.worker.clientId,
      TASKCLUSTER_ACCESS_TOKEN: deployment.worker.accessToken,
      TASK_QUEUES: TASK_QUEUE,
      AWS_LAMBDA_FUNCTION_NAME: 'worker-dev',
    };
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    await handler({ mode: 'drain' }, lambdaContext('worker', 180_000));
    const metrics = written.filter((line) => line.includes('CloudWatchMetrics'));
    expect(metrics.length).toBeGreaterThan(0);
    for (const line of metrics) expect(JSON.parse(line)).toMatchObject({ service: 'worker' });
  });

  it('can be prepared by a sign of life of each service', async () => {
    await handlerOf().warmUp();
    expect(
      new Set(
        way()
          .calls('ping')
          .map(({ service }) => service),
      ),
    ).toEqual(new Set(['auth', 'queue', 'index', 'hooks']));
  });
});

describe('the times of an invocation', () => {
  it('leave room for the last claim, for what is given back, and for the end', () => {
    expect(timesOf(900_000)).toEqual({ claiming: 65_000, working: 890_000, calling: 899_000 });
    expect(timesOf(100_000)).toEqual({ claiming: 40_000, working: 90_000, calling: 99_000 });
    expect(timesOf(100_000, 1_000)).toEqual({ claiming: 1_000, working: 90_000, calling: 99_000 });
  });
});
