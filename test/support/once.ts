import { expect } from 'vitest';
import type { Push } from '../../local/push/push.ts';
import { at, objectAt } from './json.ts';
import { aBuild, tests, unmark } from './push-tasks.ts';
import type { QueuedWay } from './queued-way.ts';
import { artifactJson, clonesOf, isFullAction, taskNow, tasksInGroup } from './task-group.ts';

/** Two pending actions: one clones a test twice and reruns a build, the other must be forwarded. */
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
    unmarked = unmark(fresh, other);
  });
  const [test] = tests(push, 'failed');
  if (!test) throw new Error('the push has no failed test');
  const build = aBuild(push, 'failed');
  const fast = await way.press(push, [test.label, build.label], 2);
  const forwarded = await way.press(push, [unmarked]);
  return { push, label: test.label, buildTaskId: build.taskId, fast, forwarded };
}

/** Checks that both actions ended as they should, whatever happened on the way. */
export async function expectDoneOnce(
  { tc }: QueuedWay,
  { push, label, buildTaskId, fast, forwarded }: StartedActions,
  what: string,
): Promise<void> {
  const clones = await clonesOf(tc, push.decisionTaskId, fast);
  const { runs } = await taskNow(tc, buildTaskId);
  const group = await tasksInGroup(tc, push.decisionTaskId);
  const full = group.filter((task) => isFullAction(task) && !(task.taskId in push.tasks));
  const actions = await Promise.all([fast, forwarded].map((taskId) => taskNow(tc, taskId)));
  const labels = await artifactJson(tc, fast, 'public/label-to-taskid.json');
  const report = await artifactJson(tc, forwarded, 'public/retrigger.json');
  expect({
    what,
    clones: clones.map(({ task }) => at(task, 'metadata', 'name')),
    runsOfBuild: runs.map(({ reasonCreated }) => reasonCreated),
    fullActions: full.length,
    actions: actions.map(({ state }) => state),
    labels: Object.keys(objectAt(labels)),
    forward: at(report, 'forward', 'taskId'),
  }).toStrictEqual({
    what,
    clones: [label, label],
    runsOfBuild: ['scheduled', 'rerun'],
    fullActions: 1,
    actions: ['completed', 'completed'],
    labels: [label],
    forward: full[0]?.taskId,
  });
}
