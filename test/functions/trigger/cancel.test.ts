import { describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { allFast, canceledBy } from '../../support/canceling.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { aTest, change, tasksOf } from '../../support/push-tasks.ts';
import { customAction, payloadOf, refusal, trigger } from '../../support/requests.ts';
import { taskNow, tasksInGroup } from '../../support/task-group.ts';

const way = useDirectWay();

function open(push: Push): string[] {
  return Object.entries(push.tasks)
    .filter(([, { state }]) => ['unscheduled', 'pending', 'running'].includes(state))
    .map(([taskId]) => taskId)
    .toSorted();
}

const cancel = (push: Push, taskId: string) =>
  trigger(way(), payloadOf(push, 'cancel', { input: {}, taskId }));
const cancelAll = (push: Push) => trigger(way(), payloadOf(push, 'cancel-all', { input: {} }));

describe('cancel', () => {
  it.each(['pending', 'running'] as const)('cancels a task that is %s', async (state) => {
    way().deploy(allFast);
    let taskId = '';
    const push = way().newPush((fresh) => {
      taskId = aTest(fresh).taskId;
      change(fresh, taskId, { state });
    });
    expect(await customAction(way(), push, 'cancel', taskId)).toMatchObject({ taskId });
    expect((await taskNow(way().tc, taskId)).runs.at(-1)).toMatchObject({
      state: 'exception',
      reasonResolved: 'canceled',
    });
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'item-done', taskId, result: 'canceled', reason: `it was ${state}` }),
    );
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'action-done', canceled: 1, created: 0, sinceClickMs: undefined }),
    );
  });

  it('cancels the decision task, as today’s action does', async () => {
    way().deploy(allFast);
    const push = way().newPush((fresh) => change(fresh, fresh.decisionTaskId, { state: 'running' }));
    await cancel(push, push.decisionTaskId);
    expect(await taskNow(way().tc, push.decisionTaskId)).toMatchObject({ state: 'exception' });
  });

  it('says so if the task has ended', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const { taskId, label } = aTest(push);
    expect(await refusal(cancel(push, taskId))).toMatchObject({
      statusCode: 409,
      message: `There was nothing to cancel:\n- ${label} (${taskId}): it has already ended: completed`,
    });
  });

  it('says so if the task was canceled before', async () => {
    way().deploy(allFast);
    const push = way().newPush((fresh) => change(fresh, aTest(fresh).taskId, { state: 'running' }));
    const { taskId, label } = aTest(push, 'running');
    await cancel(push, taskId);
    expect(await refusal(cancel(push, taskId))).toMatchObject({
      statusCode: 409,
      message: `There was nothing to cancel:\n- ${label} (${taskId}): it is already canceled`,
    });
  });

  it('refuses a task of another push, an unknown one, and none', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const other = way().newPush();
    expect(await refusal(cancel(push, other.decisionTaskId))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(`it belongs to task group ${other.decisionTaskId}`),
    });
    expect(await refusal(cancel(push, 'NdzxKw8bS5Sw5DRhoiM14w'))).toMatchObject({
      message: expect.stringMatching(/^Nothing was canceled:\n.*no longer has this task/s),
    });
    expect(
      await refusal(trigger(way(), payloadOf(push, 'cancel', { input: {}, taskId: null }))),
    ).toMatchObject({ statusCode: 400, message: expect.stringContaining('payload/user/taskId is null') });
    expect(way().calls('cancelTask')).toHaveLength(0);
  });

  it('is forwarded with an unknown input', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    await trigger(way(), payloadOf(push, 'cancel', { input: { why: 'x' }, taskId: aTest(push).taskId }));
    expect(way().writes()).toMatchObject([{ method: 'triggerHook', status: 200 }]);
  });
});

describe('cancel-all', () => {
  it('cancels everything that has not ended: waiting tasks first, running ones last', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const wanted = open(push);
    expect(wanted.length).toBeGreaterThan(5);
    await cancelAll(push);
    const calls = canceledBy(way().calls('cancelTask')).map((call) => call.split(' ')[0] ?? '');
    expect(calls.toSorted()).toEqual(wanted);
    const states = calls.map((taskId) => push.tasks[taskId]?.state);
    expect(states).toEqual(
      ['unscheduled', 'pending', 'running'].flatMap((state) => states.filter((one) => one === state)),
    );
    const group = await tasksInGroup(way().tc, push.decisionTaskId);
    const after = group.filter(({ taskId }) => wanted.includes(taskId)).map(({ state }) => state);
    expect(new Set(after)).toEqual(new Set(['exception']));
  });

  it('tries all of them, and lists those that were refused', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const wanted = open(push);
    const [one = '', two = ''] = wanted;
    way().tc.setFaults([
      { method: 'cancelTask', path: `*${one}*`, status: 403, times: 99 },
      { method: 'cancelTask', path: `*${two}*`, status: 409, times: 99 },
    ]);
    const { statusCode, message } = await refusal(cancelAll(push));
    expect(statusCode).toBe(400);
    expect(message).toContain(
      `${wanted.length - 2} tasks were canceled.\n\nThese were not canceled:\n- ${one}: cancelTask:`,
    );
    expect(message).not.toContain(two);
    expect(new Set(canceledBy(way().calls('cancelTask')).map((call) => call.slice(0, 22))).size).toBe(
      wanted.length,
    );
  });

  it.each([
    ['is refused for a while', { status: 503, times: 3 }],
    ['loses its answer', { drop: 'after' as const, times: 3 }],
  ])('finishes when cancelTask %s', async (_, fault) => {
    way().deploy(allFast);
    const push = way().newPush();
    way().tc.setFaults([{ method: 'cancelTask', ...fault }]);
    await cancelAll(push);
    const left = (await tasksInGroup(way().tc, push.decisionTaskId)).filter(({ state }) =>
      ['unscheduled', 'pending', 'running'].includes(state),
    );
    expect(left).toEqual([]);
  });

  it.each(
    ['listTaskGroup', 'cancelTask', 'expandScopes', 'hook', 'task', 'authenticateHawk'].flatMap((method) =>
      [{ status: 500 }, { status: 429 }, { drop: 'before' as const }, { drop: 'after' as const }].flatMap(
        (fault) => [1, 2].map((nth) => ({ method, nth, ...fault })),
      ),
    ),
  )('cancels everything in spite of %j', async (fault) => {
    way().deploy(allFast);
    const push = way().newPush();
    way().tc.setFaults([fault]);
    await cancelAll(push);
    const group = await tasksInGroup(way().tc, push.decisionTaskId);
    expect(group.filter(({ state }) => ['unscheduled', 'pending', 'running'].includes(state))).toEqual([]);
  });

  it('looks up whether a task was canceled if no answer comes', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const [one = ''] = open(push);
    way().tc.setFaults([{ method: 'cancelTask', path: `*${one}*`, drop: 'after', times: 99 }]);
    await cancelAll(push);
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'item-done', taskId: one, result: 'canceled' }),
    );
  });

  it('looks again at the end, and cancels what has appeared meanwhile', async () => {
    way().deploy(allFast);
    const push = way().newPush();
    const [first = ''] = open(push);
    // Someone reruns a task that had ended when the group was listed.
    const failed = aFailed(push);
    const { promise: rerun, resolve: goOn } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'cancelTask', path: `*${first}*`, until: rerun }]);
    const canceling = cancelAll(push);
    await way().tc.until(() => way().calls('cancelTask').length > 0);
    await trigger(way(), payloadOf(push, 'rerun', { input: {}, taskId: failed }));
    goOn();
    await canceling;
    expect(await taskNow(way().tc, failed)).toMatchObject({ state: 'exception' });
  });

  it('says so if everything has ended', async () => {
    way().deploy(allFast);
    const push = way().newPush((fresh) => {
      for (const taskId of open(fresh)) change(fresh, taskId, { state: 'completed' });
    });
    expect(await refusal(cancelAll(push))).toMatchObject({
      statusCode: 409,
      message: 'There was nothing to cancel: every task in this push has ended',
    });
  });

  it('forwards the action when the group cannot be read', async () => {
    way().deploy(allFast);
    way().tc.setFaults([{ method: 'listTaskGroup', status: 500, times: 99 }]);
    await cancelAll(way().newPush());
    expect(way().writes()).toMatchObject([{ method: 'triggerHook', status: 200 }]);
    expect(way().calls('cancelTask')).toHaveLength(0);
  });

  it('says that tasks may still run if the second look fails', async () => {
    way().deploy(allFast);
    way().tc.setFaults([{ method: 'listTaskGroup', status: 500, nth: 2, times: 99 }]);
    const push = way().newPush();
    const wanted = open(push);
    const { statusCode, message } = await refusal(cancelAll(push));
    expect(statusCode).toBe(400);
    expect(message).toContain(
      `${wanted.length} tasks were canceled.\n\nTaskcluster did not say what became of these; they may still run:\n` +
        `- ${push.decisionTaskId}: tasks that appeared in the meantime may still run: listTaskGroup:`,
    );
  });

  it('does not say that a task was not canceled if that is not known', async () => {
    const push = way().newPush((fresh) => {
      for (const taskId of open(fresh)) change(fresh, taskId, { state: 'completed' });
      change(fresh, aTest(fresh).taskId, { state: 'running' });
    });
    way().deploy(allFast);
    way().tc.setFaults([
      { method: 'cancelTask', drop: 'after', times: 99 },
      { method: 'statuses', status: 500, times: 99 },
    ]);
    const { message } = await refusal(cancelAll(push));
    expect(message).toMatch(/^Taskcluster did not say what became of these; they may still run:\n/);
    expect(message).not.toContain('not canceled');
  });
});

function aFailed(push: Push): string {
  const failed = tasksOf(push).find(({ state }) => state === 'failed');
  if (!failed) throw new Error('the push has no failed task');
  return failed.taskId;
}
