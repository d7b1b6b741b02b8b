import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shutdownAfter } from '../../../functions/worker/shutdown.ts';
import { DoomedWorker } from '../../support/doomed-worker.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import { shutdownAt, useQueuedWay } from '../../support/queued-way.ts';
import { artifactJson, clonesOf, taskNow } from '../../support/task-group.ts';

/** How far the services' clock is ahead of ours, in ms. */
let ahead = 0;
beforeEach(() => (ahead = 0));
const CLAIM_MS = 30_000;
const way = useQueuedWay({ claimTimeoutMs: CLAIM_MS, now: () => Date.now() + ahead });

describe('a worker that must end', () => {
  it('on SIGTERM gives back unfinished tasks, and the next worker finishes them', async () => {
    const worker = new DoomedWorker();
    const actions = await startActions(way());
    // The 20th call belongs to one of the actions, with some writes done and more to come.
    expect(await worker.run(way(), 20, 'SIGTERM')).toBe(true);
    const left = await Promise.all([actions.fast, actions.forwarded].map((id) => taskNow(way().tc, id)));
    const givenBack = left.filter(({ state }) => state === 'pending');
    expect(givenBack.length).toBeGreaterThan(0);
    for (const { runs } of givenBack) {
      expect(runs.at(-1)).toMatchObject({ state: 'pending', reasonCreated: 'retry' });
      const ended = runs.slice(0, -1);
      // A long poll that was still open may have claimed again what was just given back.
      expect(ended.length).toBeGreaterThan(0);
      for (const run of ended)
        expect(run).toMatchObject({ state: 'exception', reasonResolved: 'worker-shutdown' });
    }
    await way().work();
    await expectDoneOnce(way(), actions, 'after SIGTERM');
  });

  it('does the same before its time is up, and its work under way stops', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label], 2);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'statuses', until: answered }]);
    const shutdown = shutdownAt(way(), 'statuses', 1);
    expect(await way().work({ shutdown })).toMatchObject({ completed: 0, shutdown: 1 });
    expect((await taskNow(way().tc, action)).runs).toMatchObject([
      { reasonResolved: 'worker-shutdown' },
      { state: 'pending' },
    ]);
    // The answer that the first run was waiting for comes now, and must have no effect.
    answer();
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

  it('lets a write under way end before it gives the task back, so that the next run finds what it made', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    const before = way().calls('createTask').length;
    // Long enough to be under way when the worker is told to end, and not too long to be waited for.
    way().tc.setFaults([{ method: 'createTask', delayMs: 1_000 }]);
    const shutdown = shutdownAt(way(), 'createTask', before + 1);
    expect(await way().work({ shutdown })).toMatchObject({ shutdown: 1 });
    const write = way().calls('createTask').at(-1);
    const [report] = way().calls('reportException');
    expect(report?.startMs).toBeGreaterThanOrEqual(write?.endMs ?? Infinity);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
  });
});

describe('a worker whose time is up', () => {
  it('gives back whatever it claims, without a write, but performs a last run', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    const writes = () =>
      way()
        .calls('createTask')
        .filter(({ clientId }) => clientId?.startsWith('task-client/'));
    // It polls on: a drain would end if one of its polls came back before a task was given back.
    const untilCompleted = async () => {
      const enough = new AbortController();
      const shutdown = { signal: enough.signal, begun: Promise.resolve(), clear: () => undefined };
      const working = way().work({ mode: 'poll', until: Infinity, shutdown });
      await way().tc.until(async () => (await taskNow(way().tc, action)).state === 'completed');
      enough.abort();
      return working;
    };
    const all = { completed: 1, shutdown: 5 };
    expect(await untilCompleted()).toMatchObject(all);
    const { runs } = await taskNow(way().tc, action);
    expect(runs.map(({ state, reasonResolved }) => `${state} ${reasonResolved}`)).toStrictEqual([
      ...Array.from({ length: 5 }, () => 'exception worker-shutdown'),
      'completed completed',
    ]);
    expect(writes()).toHaveLength(1);
    // A rerun gives the task its retries back.
    const { rootUrl, credentials } = way().tc;
    await new Queue({ rootUrl, credentials }).rerunTask(action);
    expect(await untilCompleted()).toMatchObject(all);
    expect(writes()).toHaveLength(1);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
  });
});

describe('the work of a worker that had to end', () => {
  it('is not done again, even if the rerun has failed again since', async () => {
    const { tc } = way();
    const push = way().newPush();
    const build = aBuild(push, 'failed');
    const test = aTest(push, 'failed');
    const action = await way().press(push, [test.label, build.label], 2);
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    tc.setFaults([{ method: 'put', times: 100, until: stored }]);
    const shutdown = shutdownAt(way(), 'put', 5);
    expect(await way().work({ shutdown })).toMatchObject({ shutdown: 1 });
    tc.setFaults([]);
    store();
    const queue = new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials });
    const builder = { workerGroup: 'test', workerId: 'builder', tasks: 32 };
    await queue.claimWork(String(build.task['taskQueueId']), builder);
    await queue.reportFailed(build.taskId, 1);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect((await taskNow(tc, build.taskId)).runs).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
    expect(await artifactJson(tc, action, 'public/retrigger.json')).toMatchObject({
      items: [
        { label: test.label, result: 'created', copy: 1, earlier: true },
        { label: test.label, result: 'created', copy: 2, earlier: true },
        { label: build.label, result: 'rerun', earlier: true },
      ],
    });
    expect(await clonesOf(tc, push.decisionTaskId, action)).toHaveLength(2);
  });
});

describe('a worker that is gone', () => {
  it('has its action done once, even if the same label was retriggered in the meantime', async () => {
    const { tc } = way();
    const push = way().newPush();
    const { label } = aTest(push, 'failed');
    const first = await way().press(push, [label]);
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    tc.setFaults([{ method: 'put', times: 5, until: stored }]);
    const gone = way().work();
    await expect.poll(() => way().calls('put')).toHaveLength(5);
    // Its last long poll has ended, so that it cannot claim the second action too.
    await expect.poll(() => way().emptyPolls().length).toBe(2);
    const second = await way().press(push, [label]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    tc.expireClaims();
    expect(await way().work()).toMatchObject({ completed: 1 });
    store();
    expect(await gone).toMatchObject({ lost: 1 });
    for (const action of [first, second])
      expect(await clonesOf(tc, push.decisionTaskId, action)).toHaveLength(1);
    expect((await taskNow(tc, first)).runs).toMatchObject([
      { reasonResolved: 'claim-expired' },
      { state: 'completed' },
    ]);
  });
});

describe('work that outlasts its claim', () => {
  it('is reclaimed in time, and finished in the same run', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    const { promise: created, resolve: create } = Promise.withResolvers<void>();
    const { promise: later, resolve: waitLonger } = Promise.withResolvers<void>();
    way().tc.setFaults([
      { method: 'createTask', until: created },
      { method: 'reclaimTask', times: 100, until: later },
    ]);
    // By the worker's clock the claim is nearly over, so it reclaims after its minimum wait of a second.
    const working = way().work({ now: () => new Date(Date.now() + CLAIM_MS), until: Infinity });
    await expect.poll(() => way().calls('createTask').length).toBe(1);
    ahead = CLAIM_MS / 3;
    waitLonger();
    await expect
      .poll(
        () =>
          way()
            .calls('reclaimTask')
            .filter(({ status }) => status === 200).length,
      )
      .toBeGreaterThan(0);
    // The first claim is over now, but not the second.
    ahead = CLAIM_MS * 1.1;
    create();
    expect(await working).toMatchObject({ completed: 1 });
    expect((await taskNow(way().tc, action)).runs).toHaveLength(1);
    // The credentials of the first claim say until when they are good; those of the second are used from then on.
    const until = (method: string) => Number(way().calls(method).at(-1)?.clientId?.split('/until/')[1]);
    expect(until('reportCompleted')).toBeGreaterThan(until('getLatestArtifact'));
  });
});

describe('the time of a process', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('ends at the given time', async () => {
    const begun = vi.fn<() => void>();
    const shutdown = shutdownAfter(1_000);
    void shutdown.begun.then(begun);
    await vi.advanceTimersByTimeAsync(999);
    expect([shutdown.signal.aborted, begun.mock.calls.length]).toStrictEqual([false, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect([shutdown.signal.aborted, begun.mock.calls.length]).toStrictEqual([true, 1]);
    shutdown.clear();
  });

  it('does not end after it was cleared', async () => {
    const shutdown = shutdownAfter(1_000);
    shutdown.clear();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shutdown.signal.aborted).toBe(false);
  });

  it('ends at once on SIGTERM', async () => {
    const shutdown = shutdownAfter(60_000);
    terminate();
    expect(shutdown.signal.aborted).toBe(true);
    await shutdown.begun;
    shutdown.clear();
  });

  it('claims nothing more after SIGTERM, but has its grace period to finish', async () => {
    const begun = vi.fn<() => void>();
    const shutdown = shutdownAfter(2_000, 10_000);
    void shutdown.begun.then(begun);
    await vi.advanceTimersByTimeAsync(1_000);
    terminate();
    expect(shutdown.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(begun).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toHaveBeenCalledOnce();
    shutdown.clear();
  });

  it('ignores SIGTERM after it was cleared', () => {
    const before = process.listenerCount('SIGTERM');
    const shutdown = shutdownAfter(1_000);
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    shutdown.clear();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('is already over if it began too late', async () => {
    const shutdown = shutdownAfter(-5_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(shutdown.signal.aborted).toBe(true);
    shutdown.clear();
  });
});

/** Simulates SIGTERM for this shutdown only; nothing else in this process must receive it. */
function terminate(): void {
  const heard = process.listeners('SIGTERM').at(-1);
  heard?.('SIGTERM');
}
