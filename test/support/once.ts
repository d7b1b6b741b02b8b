import { expect } from 'vitest';
import type { Push } from '../../local/push/push.ts';
import { aBuild, change, tests } from './push-tasks.ts';
import type { QueuedWay } from './queued-way.ts';
import { artifactJson, clonesOf, isFullAction, taskNow, tasksInGroup } from './task-group.ts';

/** Two actions that wait for a worker: one clones a test twice and reruns a build, the other has to be forwarded. */
export interface StartedActions {
  push: Push;
  label: string;
  buildTaskId: string;
  fast: string;
  forwarded: string;
}

export async function startActions(way: QueuedWay): Promise<StartedActions> {
  let unmarked = '';
  const push = way.newPush((fresh) => {
    const [, other] = tests(fresh);
    if (!other) throw new Error('the push has too few tests');
    unmarked = other.label;
    change(fresh, other.taskId, { task: { tags: { kind: 'test', label: other.label } } });
  });
  const [test] = tests(push, 'failed');
  if (!test) throw new Error('the push has no failed test');
  const build = aBuild(push, 'failed');
  const fast = await way.press(push, [test.label, build.label], 2);
  const forwarded = await way.press(push, [unmarked]);
  return { push, label: test.label, buildTaskId: build.taskId, fast, forwarded };
}

/** Both actions have come to the wanted end, whatever happened on the way. */
export async function expectDoneOnce(
  { tc }: QueuedWay,
  { push, label, buildTaskId, fast, forwarded }: StartedActions,
  what: string,
): Promise<void> {
  const clones = await clonesOf(tc, push.decisionTaskId, fast);
  const names = clones.map(({ task }) => Object(task['metadata']).name);
  expect(names, `clones, ${what}`).toStrictEqual([label, label]);
  const { runs } = await taskNow(tc, buildTaskId);
  expect(runs.map(({ reasonCreated }) => reasonCreated), `runs of the build, ${what}`).toStrictEqual([
    'scheduled',
    'rerun',
  ]);
  const group = await tasksInGroup(tc, push.decisionTaskId);
  const full = group.filter((task) => isFullAction(task) && !(task.taskId in push.tasks));
  expect(full, `full action tasks, ${what}`).toHaveLength(1);
  for (const taskId of [fast, forwarded]) {
    expect(await taskNow(tc, taskId), `action task, ${what}`).toMatchObject({ state: 'completed' });
  }
  expect(await artifactJson(tc, fast, 'public/label-to-taskid.json'), what).toHaveProperty([label]);
  expect(await artifactJson(tc, forwarded, 'public/retrigger.json'), what).toMatchObject({
    result: 'forwarded',
    forward: { taskId: full[0]?.taskId },
  });
}
