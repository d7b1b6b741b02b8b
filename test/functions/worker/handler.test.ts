import { describe, expect, it } from 'vitest';
import type { WorkerSettings } from '../../../functions/platform/settings.ts';
import { createHandler, timesOf, type WorkerEvent } from '../../../functions/worker/handler.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { aTest } from '../../support/push-tasks.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { clonesOf } from '../../support/task-group.ts';

const way = useQueuedWay();

function handlerOf() {
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
