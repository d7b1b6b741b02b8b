import { beforeAll, describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { allFast, canceledBy, takeAllIn } from '../../support/canceling.ts';
import { aTest, change, tasksOf } from '../../support/push-tasks.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { payloadOf } from '../../support/requests.ts';
import { artifactJson, logLines, taskNow, tasksInGroup } from '../../support/task-group.ts';

const way = useQueuedWay();
beforeAll(() => takeAllIn(way()));

const isOpen = ({ state }: { state: string }) => ['unscheduled', 'pending', 'running'].includes(state);
const open = (push: Push) => Object.keys(push.tasks).filter((id) => isOpen(push.tasks[id] ?? { state: '' }));
const left = async ({ decisionTaskId }: Push) =>
  (await tasksInGroup(way().tc, decisionTaskId)).filter(isOpen);
const cancelAll = (push: Push) => way().trigger(payloadOf(push, 'cancel-all', { input: {} }));

describe('an action task that cancels', () => {
  it('one task leaves what later actions need', async () => {
    const { tc } = way();
    let taskId = '';
    const push = way().newPush((fresh) => {
      taskId = aTest(fresh).taskId;
      change(fresh, taskId, { state: 'running' });
    });
    const action = await way().custom(push, 'cancel', taskId);
    expect(await way().work(allFast)).toMatchObject({ completed: 1 });
    expect(await taskNow(tc, taskId)).toMatchObject({ state: 'exception' });
    expect(await artifactJson(tc, action, 'public/label-to-taskid.json')).toEqual({});
    const { label = '' } = push.tasks[taskId] ?? {};
    expect(await artifactJson(tc, action, 'public/retrigger.json')).toMatchObject({
      result: 'completed',
      items: [{ label, taskId, result: 'canceled', reason: 'it was running' }],
    });
    const log = await logLines(tc, action);
    expect(log.at(-1)).toBe('1 canceled, 0 with nothing to do, 0 not canceled');
    expect(await taskNow(tc, action)).toMatchObject({
      task: { extra: { index: { data: { retrigger: { taskIds: [] } } } } },
    });
  });

  it('all tasks spares only itself, no other action', async () => {
    const push = way().newPush();
    const other = await way().custom(push, 'rerun', aTest(push).taskId);
    const action = await cancelAll(push);
    // Both are claimed; the order in which they are performed does not matter.
    await way().work(allFast);
    expect(await left(push)).toEqual([]);
    expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
      result: 'completed',
    });
    expect((await taskNow(way().tc, other)).state).not.toBe('running');
  });

  it('fails if one was refused, once all were tried, and names it last', async () => {
    const push = way().newPush();
    const [one = ''] = open(push);
    const action = await cancelAll(push);
    way().tc.setFaults([{ method: 'cancelTask', path: `*${one}*`, status: 403, times: 99 }]);
    expect(await way().work(allFast)).toMatchObject({ failed: 1 });
    expect((await left(push)).map(({ taskId }) => taskId)).toEqual([one]);
    const log = await logLines(way().tc, action);
    expect(log.at(-2)).toMatch(new RegExp(`^- not canceled: ${one}: cancelTask: `));
    expect(log.at(-1)).toMatch(/^Cancel the rest /);
  });

  it('says that nothing was canceled if the action could be neither read nor forwarded', async () => {
    const action = await cancelAll(way().newPush());
    way().tc.setFaults([
      { method: 'listTaskGroup', status: 403, times: 99 },
      { method: 'triggerHook', status: 403, times: 99 },
    ]);
    expect(await way().work(allFast)).toMatchObject({ failed: 1 });
    expect((await logLines(way().tc, action)).at(-1)).toBe(
      'Nothing was canceled. Please cancel again, or ask in #taskcluster.',
    );
  });

  it('completes if there was nothing to cancel', async () => {
    const push = way().newPush((fresh) => {
      for (const taskId of open(fresh)) change(fresh, taskId, { state: 'completed' });
    });
    const action = await cancelAll(push);
    expect(await way().work(allFast)).toMatchObject({ completed: 1 });
    expect((await logLines(way().tc, action)).at(-1)).toBe('There was nothing to cancel.');
  });

  it('is given back when time is short, and its next run cancels the rest', async () => {
    const push = way().newPush((fresh) => {
      for (const { taskId } of tasksOf(fresh)) change(fresh, taskId, { state: 'pending' });
    });
    const wanted = open(push);
    const action = await cancelAll(push);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'cancelTask', nth: 20, times: 1_000, until: ended }]);
    const controller = new AbortController();
    const begun = way()
      .tc.until(() => way().calls('cancelTask').length >= 20)
      .then(() => controller.abort());
    const shutdown = { signal: controller.signal, begun, clear: () => undefined };
    // An open poll may have claimed it once more, and given it back at once.
    expect(await way().work({ ...allFast, shutdown })).toMatchObject({ completed: 0, failed: 0, lost: 0 });
    end();
    const { runs } = await taskNow(way().tc, action);
    expect(runs[0]).toMatchObject({ reasonResolved: 'worker-shutdown' });
    expect(runs.at(-1)).toMatchObject({ state: 'pending', reasonCreated: 'retry' });
    way().tc.setFaults([]);
    expect(await way().work(allFast)).toMatchObject({ completed: 1 });
    expect(await left(push)).toEqual([]);
    const report = await artifactJson(way().tc, action, 'public/retrigger.json');
    // The log also has what the first run canceled.
    expect(report).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ earlier: true })]),
    });
    expect(report).toHaveProperty('items.length', wanted.length);
    expect(new Set(canceledBy(way().calls('cancelTask')).map((call) => call.slice(0, 22))).size).toBe(
      wanted.length,
    );
  });
});
