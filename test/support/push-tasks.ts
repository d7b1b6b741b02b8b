import type { Push, PushTask } from '../../local/push/push.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { at, objectAt } from './json.ts';

/** A task of a push, with its id. */
export interface Entry extends PushTask {
  taskId: string;
}

const OWN_KINDS = new Set<unknown>(['decision-task', 'action-callback', 'cron-task']);
const LABELS = 'public/label-to-taskid.json';

/** The tasks in a push's own task group, except decision, action and cron tasks. */
export function tasksOf(push: Push): Entry[] {
  return Object.entries(push.tasks)
    .map(([taskId, task]) => ({ taskId, ...task }))
    .filter(
      ({ task }) => task['taskGroupId'] === push.decisionTaskId && !OWN_KINDS.has(tagsOf(task)['kind']),
    );
}

export function tagsOf(task: Record<string, unknown>): Record<string, unknown> {
  return objectAt(task, 'tags');
}

/**
 * Tests (which a retrigger clones) that no earlier action has run again.
 *
 * @param state every state except `unscheduled` occurs at least once in a push by `newPush`
 */
export function tests(push: Push, state: PushTask['state'] = 'completed'): Entry[] {
  const once = (label: string) =>
    Object.values(push.tasks).filter((other) => other.label === label).length === 1;
  return tasksOf(push).filter(
    (entry) => isTest(entry) && entry.state === state && once(entry.label) && !wasActedOn(push, entry),
  );
}

/** The first of those tests. */
export function aTest(push: Push, state?: PushTask['state']): Entry {
  return first(tests(push, state), `test that is ${state ?? 'completed'}`);
}

/** A build, which a retrigger reruns. */
export function aBuild(push: Push, state: PushTask['state']): Entry {
  const builds = tasksOf(push).filter(({ task, ...entry }) => {
    const tags = tagsOf(task);
    return tags['kind'] === 'build' && tags['retrigger'] === 'false' && entry.state === state;
  });
  return first(builds, `build that is ${state}`);
}

/**
 * Replaces parts of a task before its push is loaded. Makes copies, since the definitions of a generated push share
 * parts.
 */
export function change(
  push: Push,
  taskId: string,
  { state, task, ...rest }: { state?: PushTask['state']; task?: Record<string, unknown>; label?: string },
): void {
  const before = push.tasks[taskId];
  if (!before) throw new Error(`the push has no task ${taskId}`);
  push.tasks[taskId] = {
    ...before,
    ...rest,
    ...(state === undefined ? {} : { state }),
    task: { ...before.task, ...task },
  };
}

/** Takes away what says whether a test may be cloned; only the graph still knows. @returns its label */
export function unmark(push: Push, { taskId, label }: Entry): string {
  change(push, taskId, { task: { tags: { kind: 'test', label } } });
  return label;
}

/** The label map of a decision or action task, as an object that can be changed. */
export function labelMap(push: Push, taskId = push.decisionTaskId): Record<string, unknown> {
  const map = push.artifacts[taskId]?.[LABELS];
  if (!isObject(map)) throw new Error(`${taskId} has no ${LABELS}`);
  return map;
}

/** A test that an earlier in-tree action ran again: the decision task's test, the action, and its new task. */
export function retriggeredTest(push: Push): {
  label: string;
  original: string;
  action: string;
  newest: string;
} {
  const base = labelMap(push);
  for (const action of Object.keys(push.artifacts)) {
    for (const [label, newest] of Object.entries(
      action === push.decisionTaskId ? {} : labelMap(push, action),
    )) {
      const original = base[label];
      if (typeof newest === 'string' && typeof original === 'string' && newest !== original)
        return { label, original, action, newest };
    }
  }
  throw new Error('no action of the push has run a label anew');
}

/** Gives a task another label, everywhere in the push. */
export function rename(push: Push, { taskId, label, task }: Entry, name: string): void {
  change(push, taskId, { label: name, task: { metadata: { ...objectAt(task, 'metadata'), name } } });
  const map = labelMap(push);
  delete map[label];
  map[name] = taskId;
}

export function first<T>(found: readonly T[], wanted: string): T {
  const [one] = found;
  if (one === undefined) throw new Error(`the push has no ${wanted}`);
  return one;
}

function isTest({ task }: Entry): boolean {
  const { kind, retrigger } = tagsOf(task);
  return retrigger === 'true' && (kind === 'test' || kind === 'browsertime');
}

/** Whether an earlier in-tree action made it. */
function wasActedOn(push: Push, { task }: Entry): boolean {
  return at(task, 'extra', 'parent') !== push.decisionTaskId;
}
