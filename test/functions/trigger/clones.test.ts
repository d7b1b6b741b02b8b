import { describe, expect, it } from 'vitest';
import { tryRepository } from '../../../local/push/repository.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at, objectAt, stringsAt } from '../../support/json.ts';
import {
  aTest,
  change,
  first,
  rename,
  retriggeredTest,
  tagsOf,
  tasksOf,
  tests,
} from '../../support/push-tasks.ts';
import { customAction, refusal, requestsPayload, retrigger, trigger } from '../../support/requests.ts';

const way = useDirectWay();

/** taskId and label of each task that was created, in the order of the calls. */
const created = () =>
  way()
    .calls('createTask')
    .filter(({ status }) => status === 200)
    .map(({ path, body }) => ({ taskId: path.split('/').at(-1) ?? '', body }));
const labelled = (label: string) => ({
  body: expect.objectContaining({ metadata: expect.objectContaining({ name: label }) }),
});

describe('a retrigger of one label', () => {
  it.each(['encoded', 'decoded'] as const)('clones its task (paths come %s)', async (pathStyle) => {
    way().gateway.pathStyle = pathStyle;
    const push = way().newPush();
    const { label } = aTest(push);
    const { taskId } = await retrigger(way(), push, [label]);
    expect(created()).toStrictEqual([{ taskId, ...labelled(label) }]);
    expect(way().writes()).toHaveLength(1);
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).status(taskId)).toMatchObject({
      status: { state: 'pending' },
    });
  });

  it('creates the same task again, with new times, links to itself and the tag of the action', async () => {
    const push = way().newPush();
    const { label, taskId: original, task } = aTest(push);
    const before = Date.now();
    const { taskId } = await retrigger(way(), push, [label]);
    const [{ body } = { body: undefined }] = created();
    expect(body).toMatchObject({
      created: expect.toSatisfy(
        (time: string) => Date.parse(time) >= before && Date.parse(time) <= Date.now(),
      ),
    });
    const shift = Date.parse(String(at(body, 'created'))) - Date.parse(String(task['created']));
    const tagged = { ...task, tags: { ...tagsOf(task), action: 'retrigger-multiple-task' } };
    const moved = JSON.stringify(tagged)
      .replaceAll(original, taskId)
      .replaceAll(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/g, (_, time: string) =>
        JSON.stringify(new Date(Date.parse(time) + shift).toISOString()),
      );
    expect(body).toStrictEqual(JSON.parse(moved));
    expect(moved).not.toContain(original);
  });

  it('has the highest priority that the hook may give, if someone has raised the original’s', async () => {
    const push = way().newPush(
      (fresh) => {
        change(fresh, aTest(fresh).taskId, { task: { priority: 'high' } });
      },
      { repository: tryRepository },
    );
    await retrigger(way(), push, [aTest(push).label]);
    expect(way().writes()).toMatchObject([{ status: 403 }, { status: 403 }, { status: 200 }]);
    expect(way().writes().at(-1)?.body).toMatchObject({ priority: 'low' });
  });

  it('clones the decision task’s own task, whatever later actions made for its label', async () => {
    const push = way().newPush();
    const { label, original, action } = retriggeredTest(push);
    await retrigger(way(), push, [label]);
    const [{ body } = { body: undefined }] = created();
    // As taskgraph does: an action may have changed its task (an interactive task, one with a profiler).
    expect(at(body, 'extra')).toStrictEqual(objectAt(push.tasks[original]?.task, 'extra'));
    expect(stringsAt(body, 'dependencies')).not.toContain(action);
  });

  it('works on a try push with the hook of its level', async () => {
    const push = way().newPush(() => undefined, { repository: tryRepository });
    const { label } = aTest(push);
    const { taskId } = await retrigger(way(), push, [label]);
    expect(created()).toStrictEqual([{ taskId, ...labelled(label) }]);
  });

  it('follows extra.retrigger before the tag', async () => {
    const push = way().newPush((fresh) => {
      const { taskId, task } = aTest(fresh, 'failed');
      const extra = { ...objectAt(task, 'extra'), retrigger: true };
      change(fresh, taskId, { task: { extra, tags: { ...tagsOf(task), retrigger: 'false' } } });
    });
    const { label } = first(
      tasksOf(push).filter(({ task }) => at(task, 'extra', 'retrigger') === true),
      'marked task',
    );
    const { taskId } = await retrigger(way(), push, [label]);
    expect(created()).toStrictEqual([{ taskId, ...labelled(label) }]);
  });
});

describe('a retrigger of many', () => {
  it('creates as many clones as times says', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    const { taskId } = await retrigger(way(), push, [label], 3);
    const ids = created().map((task) => task.taskId);
    expect(new Set(ids).size).toBe(3);
    expect(ids).toContain(taskId);
    expect(created()).toStrictEqual(ids.map((id) => ({ taskId: id, ...labelled(label) })));
  });

  it('reads each kind of document once, whatever the number of labels', async () => {
    const push = way().newPush();
    const labels = tests(push).map(({ label }) => label);
    expect(labels.length).toBeGreaterThan(5);
    await retrigger(way(), push, labels, 10);
    expect(created()).toHaveLength(labels.length * 10);
    expect(way().calls('tasks')).toHaveLength(1);
    expect(way().calls('statuses')).toHaveLength(1);
  });

  it('uses the times of each request, once by default', async () => {
    const push = way().newPush();
    const labels = tests(push).map(({ label }) => label);
    const [one = '', two = '', three = ''] = labels;
    const answer = await trigger(
      way(),
      requestsPayload(push, [{ tasks: [one, two], times: 2 }, { tasks: [three] }]),
    );
    const names = created().map(({ body }) => String(at(body, 'metadata', 'name')));
    expect(names.toSorted((a, b) => labels.indexOf(a) - labels.indexOf(b))).toStrictEqual([
      one,
      one,
      two,
      two,
      three,
    ]);
    const ofFirst = created().filter(({ body }) => at(body, 'metadata', 'name') === one);
    const taskId = at(answer, 'taskId');
    expect(answer).toStrictEqual({ taskId, status: { taskId } });
    expect(ofFirst.map((task) => task.taskId)).toContain(taskId);
  });

  it('counts a label once per request, however often it is selected', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    await retrigger(way(), push, [label, label]);
    expect(created()).toHaveLength(1);
    way().tc.clearCalls();
    await trigger(way(), requestsPayload(push, [{ tasks: [label, label] }, { tasks: [label] }]));
    expect(created()).toHaveLength(2);
    expect(new Set(created().map(({ taskId }) => taskId)).size).toBe(2);
  });
});

describe('a label that Treeherder cut', () => {
  const long = `test-linux2404-64/opt-${'mochitest-'.repeat(14)}`;

  it('means the one label that starts with it', async () => {
    const name = `${long}1`;
    const push = way().newPush((fresh) => rename(fresh, aTest(fresh), name));
    await retrigger(way(), push, [name.slice(0, 139)]);
    expect(created()).toStrictEqual([{ taskId: expect.any(String), ...labelled(name) }]);
  });

  it('is refused if several labels start with it', async () => {
    const push = way().newPush((fresh) => {
      for (const [index, entry] of tests(fresh).slice(0, 2).entries())
        rename(fresh, entry, `${long}${index}`);
    });
    const { statusCode, message } = await refusal(retrigger(way(), push, [long.slice(0, 139)]));
    expect(statusCode).toBe(400);
    expect(message).toContain(long.slice(0, 139));
    expect(way().writes()).toStrictEqual([]);
  });

  it('is not completed if it is shorter than Treeherder cuts', async () => {
    const push = way().newPush((fresh) => rename(fresh, aTest(fresh), `${long}1`));
    await retrigger(way(), push, [long.slice(0, 138)]);
    expect(way().writes()).toMatchObject([{ method: 'triggerHook' }]);
  });
});

describe('a retrigger of one task', () => {
  it('clones that task as often as the form says', async () => {
    const push = way().newPush();
    const { label, taskId } = aTest(push, 'failed');
    await customAction(way(), push, 'retrigger', taskId, { times: 2, downstream: false });
    expect(created()).toStrictEqual([1, 2].map(() => ({ taskId: expect.any(String), ...labelled(label) })));
  });

  it('needs no input', async () => {
    const push = way().newPush();
    const { label, taskId } = aTest(push);
    await customAction(way(), push, 'retrigger', taskId, null);
    expect(created()).toStrictEqual([{ taskId: expect.any(String), ...labelled(label) }]);
  });
});
