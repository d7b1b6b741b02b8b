import { describe, expect, it } from 'vitest';
import { shutdownAfter } from '../../../functions/worker/shutdown.ts';
import { DoomedWorker } from '../../support/doomed-worker.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';
import { aTest } from '../../support/push-tasks.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { clonesOf, taskNow } from '../../support/task-group.ts';

// Claims that last 2.5 s; the worker reclaims after half of that.
const way = useQueuedWay({ claimTimeoutMs: 2_500 });

describe('a worker that must end', () => {
  it('on SIGTERM gives back what is unfinished, and the next one ends it', async () => {
    const worker = new DoomedWorker();
    const actions = await startActions(way());
    // The 20th call is one of either action, with something written before and more to be written.
    expect(await worker.run(way(), 20, 'SIGTERM')).toBe(true);
    const left = await Promise.all([actions.fast, actions.forwarded].map((id) => taskNow(way().tc, id)));
    const givenBack = left.filter(({ state }) => state === 'pending');
    expect(givenBack.length).toBeGreaterThan(0);
    for (const { runs } of givenBack) {
      expect(runs).toMatchObject([
        { state: 'exception', reasonResolved: 'worker-shutdown' },
        { state: 'pending', reasonCreated: 'retry' },
      ]);
    }
    await way().work();
    await expectDoneOnce(way(), actions, 'after SIGTERM');
  });

  it('before its time is up does the same, and what it had under way goes no further', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label], 2);
    way().tc.setFaults([{ method: 'statuses', delayMs: 1_000 }]);
    const shutdown = shutdownAfter(300);
    expect(await way().work({ shutdown })).toMatchObject({ completed: 0, shutdown: 1 });
    shutdown.clear();
    expect((await taskNow(way().tc, action)).runs).toMatchObject([
      { reasonResolved: 'worker-shutdown' },
      { state: 'pending' },
    ]);
    // The answer that the first run was waiting for comes now, and must not be acted on.
    await expect
      .poll(() =>
        way()
          .calls('statuses')
          .filter(({ status }) => status === 200),
      )
      .toHaveLength(1);
    await expect.poll(() => way().records.filter(({ event }) => event === 'item-done')).toHaveLength(2);
    expect(
      way()
        .calls('createTask')
        .filter(({ clientId }) => clientId?.startsWith('task-client/')),
    ).toHaveLength(0);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(2);
  });
});

describe('work that outlasts its claim', () => {
  it('is reclaimed in time, and ends in the same run', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    way().tc.setFaults([{ method: 'createTask', delayMs: 4_000 }]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect(way().calls('reclaimTask').length).toBeGreaterThan(1);
    expect((await taskNow(way().tc, action)).runs).toHaveLength(1);
  });

  it('is reclaimed although the queue is in trouble for a while', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    way().tc.setFaults([
      { method: 'createTask', delayMs: 4_000 },
      { method: 'reclaimTask', times: 2, status: 500 },
    ]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect((await taskNow(way().tc, action)).runs).toHaveLength(1);
  });
});
