import type { TaskDefinition } from '../tasks/definition.ts';
import { cloneTaskId } from '../tasks/task-id.ts';
import type { Action, Refusal } from './plan.ts';
import type { PushLabels } from './push-labels.ts';

/** One task that the user wants to run again. */
export interface Target {
  label: string;
  taskId: string;
  definition: TaskDefinition;
  times: number;
  /** The first task of its label: the one that is cloned, while reruns go to all of them. */
  original: boolean;
}

export interface Targets {
  targets: Target[];
  refused: Refusal[];
}

/**
 * The tasks that an action is about. Pure: everything was read before.
 *
 * @param push undefined where labels do not matter
 * @param definitions of all candidates, by taskId; absent ones are unknown to the queue
 */
export function findTargets(
  action: Action,
  push: PushLabels | undefined,
  definitions: ReadonlyMap<string, TaskDefinition>,
): Targets {
  const { request } = action;
  const found: Targets = { targets: [], refused: [] };
  if (request.kind !== 'labels') {
    const { taskId } = request;
    const times = request.kind === 'task' ? request.times : 1;
    add(found, action, { label: taskId, taskIds: [taskId], times }, definitions);
    return found;
  }
  for (const { labels, times } of request.requests) {
    // A label that is named twice in one request counts once, as a set of labels would; in two requests, twice.
    const completed = new Map(labels.map((label) => [push?.complete(label) ?? label, label]));
    for (const [label, asked] of completed) {
      const taskIds = push?.candidates(label) ?? [];
      if (taskIds.length === 0) found.refused.push({ label: asked, reason: whyUnknown(asked, push) });
      else add(found, action, { label, taskIds, times }, definitions);
    }
  }
  return found;
}

function whyUnknown(label: string, push: PushLabels | undefined): string {
  return (push?.matches(label).length ?? 0) > 1
    ? 'several labels of this push begin so, and Treeherder has cut this one; retrigger the task by itself'
    : 'this push has no task of that label';
}

function add(
  found: Targets,
  action: Action,
  { label, taskIds, times }: { label: string; taskIds: string[]; times: number },
  definitions: ReadonlyMap<string, TaskDefinition>,
): void {
  const known = taskIds.flatMap((taskId) => {
    const definition = definitions.get(taskId);
    return definition ? [{ taskId, definition, foreign: foreign(action, definition) }] : [];
  });
  // A label may also stand for a task of an earlier push that this one reuses; only our own are in reach.
  const own = known.filter((task) => task.foreign === undefined);
  // At equal times the one that stands in the earlier map: the decision task's comes first.
  const original = own.reduce<(typeof own)[number] | undefined>(
    (first, task) =>
      !first || Date.parse(task.definition.created) < Date.parse(first.definition.created) ? task : first,
    undefined,
  );
  if (!original) {
    const [first] = known;
    found.refused.push({
      label: first?.definition.metadata.name ?? label,
      taskId: first?.taskId ?? taskIds[0] ?? label,
      reason: first?.foreign ?? 'the queue knows no such task any more',
    });
    return;
  }
  for (const { taskId, definition } of own) {
    // An action on one task names it by its id; from here on its own name serves.
    const name = action.request.kind === 'labels' ? label : definition.metadata.name;
    found.targets.push({ label: name, taskId, definition, times, original: taskId === original.taskId });
  }
}

/** Why a task is out of this action's reach: it must be of the action's push and of the hook's trust domain and level. */
function foreign({ taskGroupId, hook }: Action, definition: TaskDefinition): string | undefined {
  if (definition.taskGroupId !== taskGroupId) {
    return `it belongs to the task group ${definition.taskGroupId}, and this action to ${taskGroupId}`;
  }
  if (definition.schedulerId !== hook.schedulerId) {
    return `its schedulerId is ${definition.schedulerId}, and this hook serves ${hook.schedulerId}`;
  }
  return undefined;
}

/** One clone to make. */
export interface Copy {
  /** 1-based among all copies of that target in the action. */
  copy: number;
  newTaskId: string;
}

/** Which copies each target gets, should it be cloned: numbered on over all requests that name it. */
export function numberCopies(actionId: string, targets: readonly Target[]): Map<Target, Copy[]> {
  const numbered = new Map<string, number>();
  const copiesOf = ({ original, taskId, times }: Target): Copy[] => {
    if (!original) return [];
    const before = numbered.get(taskId) ?? 0;
    numbered.set(taskId, before + times);
    return Array.from({ length: times }, (_, index) => {
      const copy = before + index + 1;
      return { copy, newTaskId: cloneTaskId(actionId, taskId, copy) };
    });
  };
  return new Map(targets.map((target) => [target, copiesOf(target)]));
}
