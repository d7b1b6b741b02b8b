import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import taskcluster from 'taskcluster-client';
import type { Push } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at, objectAt, stringsAt } from '../../support/json.ts';
import { aBuild, aTest, retriggeredTest, type Entry } from '../../support/push-tasks.ts';
import { refusal, retrigger } from '../../support/requests.ts';
import { startForgetfulQueue, type ForgetfulQueue } from './forgetful-queue.ts';

// A warm function must not answer from its cache if a task has changed or is gone since.
const way = useDirectWay();
let queue: ForgetfulQueue;
beforeAll(async () => {
  queue = await startForgetfulQueue(way().tc.rootUrl);
});
afterAll(() => queue.close());

/** The tasks whose definitions were read since the calls were last cleared. */
const definitionsRead = () =>
  way()
    .calls('tasks')
    .flatMap(({ body }) => stringsAt(body, 'taskIds'));

const asOperator = () => new Queue({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials });

/** A worker takes the task's pending run and completes it. */
async function complete(taskQueueId: unknown, taskId: string): Promise<void> {
  const worker = { workerGroup: 'test', workerId: 'test', tasks: 32 };
  await asOperator().claimWork(String(taskQueueId), worker);
  const runId = await lastRun(taskId);
  await asOperator().reportCompleted(taskId, runId);
}

async function lastRun(taskId: string): Promise<number> {
  const runs = at(await asOperator().status(taskId), 'status', 'runs');
  return Array.isArray(runs) ? runs.length - 1 : -1;
}

/** The build that a test depends on. */
function buildOf(push: Push, { task }: Entry): Entry {
  for (const taskId of stringsAt(task, 'dependencies')) {
    const build = push.tasks[taskId];
    if (build && at(build.task, 'tags', 'kind') === 'build') return { taskId, ...build };
  }
  throw new Error('the test needs no build');
}

describe('a warm retrigger', () => {
  it('sees that the target was rerun and has completed since', async () => {
    const push = way().newPush();
    const { taskId, label, task } = aBuild(push, 'failed');
    await retrigger(way(), push, [label]);
    expect(way().writes()).toHaveLength(1);
    expect(definitionsRead()).toContain(taskId);

    way().tc.clearCalls();
    const second = await refusal(retrigger(way(), push, [label]));
    expect(second.message).toContain('it is already pending');
    await complete(task['taskQueueId'], taskId);
    const third = await refusal(retrigger(way(), push, [label]));
    expect(third.message).toContain('it completed, and tasks of its kind are only rerun if they failed');
    expect(definitionsRead()).not.toContain(taskId);
    way().expectNoWrites();
  });

  it('does not clone a target that has expired, although its definition is cached', async () => {
    way().deploy({ rootUrl: queue.rootUrl });
    const push = way().newPush();
    const { taskId, label } = aTest(push);
    await retrigger(way(), push, [label]);
    expect(way().writes()).toHaveLength(1);

    way().tc.clearCalls();
    queue.forget(taskId);
    const { message } = await refusal(retrigger(way(), push, [label]));
    expect(message).toContain(`${label} (${taskId}): the queue no longer has this task`);
    expect(definitionsRead()).toStrictEqual([]);
    way().expectNoWrites();
  });

  it('forwards if a dependency has expired since', async () => {
    way().deploy({ rootUrl: queue.rootUrl });
    const push = way().newPush();
    const { label, ...test } = aTest(push);
    await retrigger(way(), push, [label]);

    way().tc.clearCalls();
    queue.forget(buildOf(push, { label, ...test }).taskId);
    await retrigger(way(), push, [label]);
    expect(way().writes()).toMatchObject([{ method: 'triggerHook', path: expect.stringMatching('%2Ffull') }]);
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'action-forwarded', because: 'missing-dependency' }),
    );
  });

  it('depends on what an action has run again since', async () => {
    const push = way().newPush();
    const test = aTest(push);
    const build = buildOf(push, test);
    await retrigger(way(), push, [test.label]);

    const newBuild = taskcluster.slugid();
    const newAction = taskcluster.slugid();
    way().tc.loadPush(anewBy(push, build, newBuild, newAction));
    way().tc.clearCalls();
    await retrigger(way(), push, [test.label]);
    const [clone] = way().writes();
    expect(stringsAt(clone?.body, 'dependencies')).toContain(newBuild);
    expect(stringsAt(clone?.body, 'dependencies')).not.toContain(build.taskId);
  });
});

/** What an in-tree action that reruns a build as a new task adds to a push, an hour later. */
function anewBy(push: Push, { task, ...build }: Entry, newBuild: string, newAction: string): Push {
  const { action } = retriggeredTest(push);
  const model = push.tasks[action];
  if (!model) throw new Error('the push has no action task');
  const later = (field: string) => new Date(Date.parse(String(task[field])) + 3_600_000).toISOString();
  const index = Object.entries(push.index)
    .filter(([, taskId]) => taskId === action)
    .map(([path]) => [path.replace(action, newAction), newAction]);
  return {
    decisionTaskId: push.decisionTaskId,
    tasks: {
      [newBuild]: {
        label: build.label,
        state: 'completed',
        task: { ...task, created: later('created'), deadline: later('deadline') },
      },
      [newAction]: { ...model, task: { ...model.task, extra: objectAt(model.task, 'extra') } },
    },
    index: Object.fromEntries(index),
    artifacts: { [newAction]: { 'public/label-to-taskid.json': { [build.label]: newBuild } } },
  };
}
