import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../local/taskcluster/api.ts';
import { aTest } from '../../support/push-tasks.ts';
import { shutdownAt, useQueuedWay, type QueuedWay } from '../../support/queued-way.ts';
import { clonesOf, isFullAction, logLines, taskNow, tasksInGroup } from '../../support/task-group.ts';

const way = useQueuedWay();

type Settings = Parameters<QueuedWay['work']>[0];

/** The definitions cannot be read in any of three tries. */
const UNREADABLE: Fault = { method: 'statuses', status: 500, times: 3 };

/** A run of an action that does its work but is cut off while it uploads. */
async function cutOff(times: number, faults: Fault[] = [], settings: Settings = {}) {
  const push = way().newPush();
  const action = await way().press(push, [aTest(push, 'failed').label], times);
  const { promise: uploaded, resolve: upload } = Promise.withResolvers<void>();
  way().tc.setFaults([...faults, { method: 'createArtifact', times: 100, until: uploaded }]);
  const shutdown = shutdownAt(way(), 'createArtifact', 1);
  expect(await way().work({ ...settings, shutdown })).toMatchObject({ shutdown: 1 });
  way().tc.setFaults([]);
  upload();
  return {
    action,
    left: async () => ({
      clones: (await clonesOf(way().tc, push.decisionTaskId, action)).length,
      full: (await tasksInGroup(way().tc, push.decisionTaskId)).filter(
        (task) => isFullAction(task) && !(task.taskId in push.tasks),
      ).length,
      state: (await taskNow(way().tc, action)).state,
    }),
  };
}

describe('an action whose first attempt has forwarded it', () => {
  it('is not performed by the second one, which can read again', async () => {
    const { action, left } = await cutOff(2, [UNREADABLE]);
    expect(await left()).toStrictEqual({ clones: 0, full: 1, state: 'pending' });
    await way().work();
    expect(await left()).toStrictEqual({ clones: 0, full: 1, state: 'completed' });
    expect((await logLines(way().tc, action)).join('\n')).toContain(
      'an earlier attempt already forwarded it',
    );
  });

  it('is not performed by the second one, after the kill switch was released', async () => {
    const { left } = await cutOff(2, [], { killSwitch: new Set(['gecko-3']) });
    expect(await left()).toStrictEqual({ clones: 0, full: 1, state: 'pending' });
    await way().work();
    expect(await left()).toStrictEqual({ clones: 0, full: 1, state: 'completed' });
  });
});

/** The states of a clone that the queue only stored in the first attempt, and of the action task, after the second. */
async function secondAttempt(faults: Fault[]) {
  const push = way().newPush();
  const action = await way().press(push, [aTest(push, 'failed').label], 1);
  way().tc.setFaults([
    { method: 'createTask', halfway: true },
    { method: 'createTask', nth: 2, times: 99, status: 500 },
  ]);
  const shutdown = shutdownAt(way(), 'createTask', 2);
  expect(await way().work({ shutdown })).toMatchObject({ shutdown: 1 });
  way().tc.setFaults(faults);
  await way().work();
  const [clone] = await clonesOf(way().tc, push.decisionTaskId, action);
  const stateOf = async (taskId = '') => (await taskNow(way().tc, taskId)).state;
  return { clone: await stateOf(clone?.taskId), action: await stateOf(action) };
}

describe('an action that a first attempt may have performed', () => {
  it('has what the queue only stored scheduled by the second one', async () => {
    expect(await secondAttempt([])).toEqual({ clone: 'pending', action: 'completed' });
  });

  it('leaves what the queue only stored if it takes the definition no more', async () => {
    const tooOld: Fault = { method: 'createTask', status: 400 };
    expect(await secondAttempt([tooOld])).toEqual({ clone: 'unscheduled', action: 'completed' });
  });

  it('is not forwarded by a second attempt, which cannot read; the third one finishes it', async () => {
    const { left } = await cutOff(2);
    expect(await left()).toStrictEqual({ clones: 2, full: 0, state: 'pending' });
    way().tc.setFaults([UNREADABLE]);
    await way().work();
    await way().work();
    expect(await left()).toStrictEqual({ clones: 2, full: 0, state: 'completed' });
  });

  it.each<[string, Settings]>([
    ['has thrown the kill switch', { killSwitch: new Set(['gecko-3']) }],
    ['has taken it off the list', { fastActions: new Map([['gecko', new Set(['rerun'] as const)]]) }],
  ])('is finished by a second one, though the operator %s', async (_what, settings) => {
    const { left } = await cutOff(2);
    await way().work(settings);
    expect(await left()).toStrictEqual({ clones: 2, full: 0, state: 'completed' });
  });

  it('fails if it can never be read again, and says that it may have been performed', async () => {
    const { action, left } = await cutOff(2);
    way().tc.setFaults([{ ...UNREADABLE, times: 100 }]);
    // The queue retries a task five times.
    for (let run = 1; run <= 5; run++) await way().work();
    way().tc.setFaults([]);
    expect(await left()).toStrictEqual({ clones: 2, full: 0, state: 'failed' });
    expect((await logLines(way().tc, action)).at(-1)).toBe('Check the push before you retrigger again.');
  });
});
