import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import type { Push } from '../../../local/push/push.ts';
import { at, objectAt, stringsAt } from '../../support/json.ts';
import { aTest, first, labelMap, unmark } from '../../support/push-tasks.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { payloadOf } from '../../support/requests.ts';
import {
  artifactJson,
  clonesOf,
  isFullAction,
  logLines,
  taskNow,
  tasksInGroup,
} from '../../support/task-group.ts';

const way = useQueuedWay({ fastActions: FAST_ACTIONS });

/** Tests that were not run yet, of builds that the decision task scheduled. */
const unscheduledTests = (push: Push): string[] => {
  const document: unknown = JSON.parse(
    JSON.stringify(push.artifacts[push.decisionTaskId]?.['public/full-task-graph.json']),
  );
  const map = labelMap(push);
  const run = new Set(Object.keys(push.artifacts).flatMap((taskId) => Object.keys(labelMap(push, taskId))));
  return Object.keys(objectAt(document)).filter((label) => {
    const needs = Object.values(objectAt(document, label, 'dependencies')).map(String);
    return label.startsWith('test-') && !run.has(label) && needs.every((need) => need in map);
  });
};

const addNewJobs = (push: Push, input: unknown) => way().trigger(payloadOf(push, 'add-new-jobs', { input }));
const itemsOf = async (action: string): Promise<string[]> => {
  const items = at(await documentOf(action, 'retrigger'), 'items');
  return (Array.isArray(items) ? items : []).map(
    (item) => `${String(at(item, 'result'))} ${String(at(item, 'taskId'))}`,
  );
};
const documentOf = (action: string, name: string) => artifactJson(way().tc, action, `public/${name}.json`);

describe('add-new-jobs in the queued way', () => {
  it('creates tasks of the push, and the artifacts that taskgraph would leave', async () => {
    const push = way().newPush();
    const label = first(unscheduledTests(push), 'test that was not scheduled');
    const action = await addNewJobs(push, { tasks: [label], times: 2 });
    await way().work();
    expect((await taskNow(way().tc, action)).state).toBe('completed');
    const [one, two] = ['0', '1'].map((round) => newTaskId(action, round, label, 1));
    const made = await clonesOf(way().tc, push.decisionTaskId, action);
    expect(new Set(made.map(({ taskId }) => taskId))).toEqual(new Set([one, two]));
    for (const { task } of made) expect(stringsAt(task, 'dependencies')).not.toContain(action);
    expect(await documentOf(action, 'label-to-taskid')).toEqual({ [label]: two });
    expect(await documentOf(action, 'label-to-taskid-0')).toEqual({ [label]: one });
    expect(await documentOf(action, 'to-run-1')).toEqual([label]);
    expect(Object.keys(objectAt(await documentOf(action, 'task-graph')))).toEqual([one, two]);
    expect(await documentOf(action, 'task-graph-1')).toMatchObject({
      [String(two)]: { label, kind: 'test', dependencies: {}, task: { metadata: { name: label } } },
    });
  });

  it('leaves the same after a partial failure, and lists what was refused', async () => {
    const push = way().newPush();
    const [good = '', bad = ''] = unscheduledTests(push);
    const action = await addNewJobs(push, { tasks: [good, bad] });
    const refused = newTaskId(action, '0', bad, 1);
    way().tc.setFaults([{ method: 'createTask', path: `/api/queue/v1/task/${refused}`, status: 403 }]);
    await way().work();
    expect((await taskNow(way().tc, action)).state).toBe('failed');
    expect(await documentOf(action, 'label-to-taskid')).toEqual({ [good]: newTaskId(action, '0', good, 1) });
    expect(await documentOf(action, 'to-run')).toEqual([good, bad]);
    expect(await documentOf(action, 'label-to-taskid-0')).toBeUndefined();
    expect((await logLines(way().tc, action)).join('\n')).toContain(`- ${bad}: `);
  });

  it('creates labels that later actions find', async () => {
    const push = way().newPush();
    const label = first(unscheduledTests(push), 'test that was not scheduled');
    const action = await addNewJobs(push, { tasks: [label] });
    await way().work();
    const retrigger = await way().press(push, [label, aTest(push).label]);
    await way().work();
    expect(new Set(await itemsOf(retrigger))).toEqual(
      new Set([`created ${newTaskId(action, '0', label, 1)}`, `created ${aTest(push).taskId}`]),
    );
  });

  it('is done by the retrigger button too, for a label that was optimized away', async () => {
    const push = way().newPush();
    const label = first(unscheduledTests(push), 'test that was not scheduled');
    const action = await way().press(push, [label], 2);
    await way().work();
    expect(await documentOf(action, 'label-to-taskid')).toEqual({
      [label]: newTaskId(action, '0-1', label, 1),
    });
  });

  it('is forwarded if it would have to create a build, which is protected at level 3', async () => {
    const push = way().newPush();
    const action = await addNewJobs(push, { tasks: ['build-linux64-fuzzing/opt'] });
    await way().work();
    const full = (await tasksInGroup(way().tc, push.decisionTaskId)).filter((task) => isFullAction(task));
    expect(full.length).toBeGreaterThan(0);
    expect(await documentOf(action, 'retrigger')).toMatchObject({ forward: { because: 'protected' } });
  });
});

it('heavy actions wait for one another, and others do not wait for them', async () => {
  const { tc } = way();
  const heavy: string[] = [];
  for (const push of [way().newPush(), way().newPush()]) {
    const label = first(unscheduledTests(push), 'test that was not scheduled');
    const action = await addNewJobs(push, { tasks: [label] });
    heavy.push(newTaskId(action, '0', label, 1));
  }
  const push = way().newPush();
  const light = await way().press(push, [aTest(push).label]);
  const held = Promise.withResolvers<void>();
  tc.setFaults(heavy.map((id) => ({ method: 'createTask', path: `*/${id}`, times: 9, until: held.promise })));
  const creations = () =>
    way()
      .calls('createTask')
      .filter(({ path }) => heavy.some((id) => path.endsWith(id)));
  const working = way().work({ heavyActions: pLimit(1) });
  await expect.poll(() => creations().length).toBe(1);
  await tc.until(async () => (await taskNow(tc, light)).state === 'completed');
  expect(creations()).toHaveLength(1);
  held.resolve();
  expect(await working).toMatchObject({ completed: 3 });
  expect(creations()).toHaveLength(2);
});

it('downstream creates only the tasks that depend on one', async () => {
  const push = way().newPush();
  const { taskId, label } = aTest(push);
  const action = await way().custom(push, 'retrigger', taskId, { downstream: true, times: 1 });
  await way().work();
  expect(await documentOf(action, 'label-to-taskid')).toEqual({ [label]: newTaskId(action, '0', label, 1) });
});

it('clones unmarked tasks as the graph says', async () => {
  let label = '';
  const push = way().newPush((fresh) => {
    label = unmark(fresh, aTest(fresh, 'failed'));
  });
  const action = await way().press(push, [label]);
  await way().work();
  expect(at(await documentOf(action, 'retrigger'), 'items')).toMatchObject([
    { label, result: 'created', reason: 'attributes.retrigger is true' },
  ]);
});
