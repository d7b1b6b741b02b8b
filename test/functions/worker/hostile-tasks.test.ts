import { beforeEach, describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { randomTaskId } from '../../../functions/tasks/task-id.ts';
import { objectAt } from '../../support/json.ts';
import { aTest, change, labelMap } from '../../support/push-tasks.ts';
import { payloadOf, requestsPayload } from '../../support/requests.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { artifactText, clonesOf, logLines, taskNow } from '../../support/task-group.ts';

const way = useQueuedWay();

/** Another user's action, which must be done whatever happens to the one under test. */
let other: { push: Push; action: string };
beforeEach(async () => {
  const push = way().newPush();
  other = { push, action: await way().press(push, [aTest(push).label]) };
});
async function expectOtherDone(): Promise<void> {
  expect(await taskNow(way().tc, other.action)).toMatchObject({ state: 'completed' });
  expect(await clonesOf(way().tc, other.push.decisionTaskId, other.action)).toHaveLength(1);
}

/** Deeper than we accept, but not too deep for the local Taskcluster. */
function nested(levels: number): unknown {
  return levels === 0 ? [] : [nested(levels - 1)];
}
const DEEP = nested(150);

describe('nesting that is too deep', () => {
  it('in an action task makes only that one refused', async () => {
    const push = way().newPush();
    const action = await way().trigger(
      payloadOf(push, 'rerun', { taskId: aTest(push, 'failed').taskId, input: { deep: DEEP } }),
    );
    await way().work();
    expect((await taskNow(way().tc, action)).state).not.toBe('completed');
    expect((await logLines(way().tc, action)).join('\n')).toContain('task is nested too deep');
    await expectOtherDone();
  });

  it('in the definition of a target forwards only that action', async () => {
    const push = way().newPush((fresh) => {
      const { taskId, task } = aTest(fresh);
      change(fresh, taskId, { task: { payload: { ...objectAt(task, 'payload'), deep: DEEP } } });
    });
    const action = await way().press(push, [aTest(push).label]);
    await way().work();
    expect(way().records).toContainEqual(
      expect.objectContaining({
        event: 'action-forwarded',
        actionId: action,
        because: 'unreadable',
        reason: 'tasks: TooDeep: a task definition is nested too deep',
      }),
    );
    await expectOtherDone();
  });
});

/** @param mb of memory that they take when they are parsed, many times their JSON */
const lists = (mb: number) => Array.from({ length: (mb * 1024 * 1024) / 51 }, () => []);

/** Creates action tasks of this size. @returns their taskIds */
async function createHuge(mb: number, many: number): Promise<string[]> {
  const push = way().newPush();
  const { rootUrl, credentials } = way().tc;
  const queue = new Queue({ rootUrl, credentials });
  const { task } = aTest(push);
  const ids = Array.from({ length: many }, () => randomTaskId());
  const created = new Date().toJSON();
  const deadline = new Date(Date.now() + 3_600_000).toJSON();
  const { provisionerId: _, workerType: __, ...rest } = task;
  const huge = { ...rest, taskQueueId: TASK_QUEUE, created, deadline, payload: { lists: lists(mb) } };
  await Promise.all(ids.map((taskId) => queue.createTask(taskId, huge)));
  return ids;
}

describe('huge action tasks that are claimed together', () => {
  it('are refused if they are too large to read, and say so', async () => {
    const ids = await createHuge(33, 3);
    expect(await way().work()).toMatchObject({ malformed: 3, completed: 1 });
    for (const id of ids) {
      expect((await taskNow(way().tc, id)).runs).toMatchObject([{ reasonResolved: 'malformed-payload' }]);
      expect((await logLines(way().tc, id)).join()).toContain('is larger than a worker can read');
    }
    await expectOtherDone();
  });

  it('wait for one another if there is no room for all of them', async () => {
    const ids = await createHuge(25, 3);
    expect(await way().work()).toMatchObject({ shutdown: 1, completed: 1 });
    await way().work();
    const runs = await Promise.all(ids.map(async (id) => (await taskNow(way().tc, id)).runs.length));
    expect(runs.toSorted((a, b) => a - b)).toStrictEqual([1, 1, 2]);
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'claim-failed', reason: expect.stringContaining('has no room') }),
    );
    await expectOtherDone();
  });
});

describe('a label map that never ends', () => {
  it('delays only the actions on its push', async () => {
    const push = way().newPush();
    way().tc.setFaults([
      { method: 'get', path: `*${push.decisionTaskId}*label-to-taskid.json`, times: 1_000, hang: 'midway' },
    ]);
    const { label } = aTest(push);
    await Promise.all(Array.from({ length: 31 }, () => way().press(push, [label])));
    const { promise: begun, resolve: shutDown } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const working = way().work({
      shutdown: { signal: controller.signal, begun, clear: () => undefined },
    });
    const resolved = () => way().records.filter(({ event }) => event === 'resolved');
    await expect.poll(resolved).not.toHaveLength(0);
    expect(resolved()[0]).toMatchObject({ actionId: other.action });
    await expectOtherDone();
    controller.abort();
    shutDown();
    await working;
  });
});

it('a label map that takes much more memory than bytes forwards only its action', async () => {
  const push = way().newPush();
  labelMap(push)['hostile'] = lists(180);
  const action = await way().press(push, [aTest(push).label]);
  await way().work();
  expect(way().records).toContainEqual(
    expect.objectContaining({ event: 'action-forwarded', actionId: action, because: 'too-large' }),
  );
  await expectOtherDone();
});

describe('a label of 400,000', () => {
  it.each([
    ['backslashes', '\\'],
    ['spaces', ' '],
    ['quotes', '"'],
    ['line breaks', '\n'],
  ])('%s is dealt with, told in short, and the others go on', async (_, part) => {
    const push = way().newPush();
    const label = `a${part.repeat(400_000)}b`;
    const action = await way().trigger(requestsPayload(push, [{ tasks: [label, '"certificate":{'] }]));
    await way().work();
    const log = await artifactText(way().tc, action, 'public/logs/live_backing.log');
    expect(log?.length).toBeLessThan(30_000);
    for (const record of way().records) expect(JSON.stringify(record).length).toBeLessThan(20_000);
    await expectOtherDone();
  });
});
