import type { TaskDefinition } from '../tasks/definition.ts';
import { cloneTaskId } from '../tasks/task-id.ts';
import { forward, type Action, type Forward, type Refusal } from './plan.ts';
import type { PushLabels } from './push-labels.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** One task that the user wants to run again. */
export interface Target {
  label: Label;
  taskId: TaskId;
  definition: TaskDefinition;
  times: number;
  /** Which of the action's requests names it, from 0. */
  request: number;
  /** The first task of its label. Only this one is cloned, but all of them are rerun. */
  original: boolean;
  /** A task of the same label in another group of this push, which a rerun of the label would affect too. */
  elsewhere?: TaskId;
}

export interface Targets {
  targets: Target[];
  refused: Refusal[];
  /** What the full hook could do and we cannot. If there is any, the whole action is forwarded. */
  beyond: Forward[];
}

/**
 * The tasks that an action affects. Pure: everything was read before.
 *
 * A label that is in no map of the push may still be in its graph, for a task that was optimized away: today's action
 * creates it. A label, or a taskId in a map of the push, may also belong to another task group: to that of a cron or
 * release promotion task of the same push, or to an earlier push whose task this one uses. Today's action clones or
 * reruns those, but this hook's rights end at its own group. Both cases are forwarded.
 *
 * @param push undefined if labels do not matter
 * @param definitions of all candidates, by taskId; those absent are unknown to the queue
 * @param inGraph whether the graph has a label, if it was read; a label that only the graph has is no target
 */
export function findTargets(
  action: Action,
  push: PushLabels | undefined,
  definitions: ReadonlyMap<TaskId, TaskDefinition>,
  inGraph?: (label: Label) => boolean,
): Targets {
  const { request } = action;
  const found: Targets = { targets: [], refused: [], beyond: [] };
  if (request.kind === 'new-jobs') return found;
  if (request.kind !== 'labels') {
    const { taskId } = request;
    const times = request.kind === 'rerun' ? 1 : request.times;
    const named = push?.labelOf(taskId) !== undefined;
    add(found, action, { taskIds: [taskId], times, request: 0, named }, definitions);
    return found;
  }
  for (const [index, { labels, times }] of request.requests.entries()) {
    // A label that is named twice in one request counts once, as a set of labels would; in two requests, twice.
    // mutant stays: a push is only missing where no label is asked for
    const completed = new Map(labels.map((label) => [push?.complete(label) ?? label, label]));
    for (const [label, asked] of completed) {
      // mutants stay: see above
      const [first, ...others] = push?.candidates(label) ?? [];
      if (first !== undefined)
        add(
          found,
          action,
          { label, taskIds: [first, ...others], times, request: index, named: true },
          definitions,
        );
      // mutants stay: see above; and a label that matches one has candidates
      else if ((push?.matches(label).length ?? 0) > 1)
        found.refused.push({ label: asked, reason: AMBIGUOUS });
      else if (!inGraph)
        found.beyond.push(
          forward('no-task', `${asked}: this push has no task with that label, but its graph may`),
        );
      else if (!inGraph(asked))
        found.refused.push({
          label: asked,
          reason: 'there is no such label in this push or in its graph',
        });
    }
  }
  return found;
}

const AMBIGUOUS =
  'several labels of this push start like this one, which Treeherder cut short; retrigger the task on its own';

interface Candidates {
  /** The requested label; absent if the request names a task. */
  label?: Label;
  taskIds: readonly [TaskId, ...TaskId[]];
  times: number;
  request: number;
  /** Whether a map of the push names these tasks. */
  named: boolean;
}

function add(
  found: Targets,
  action: Action,
  { label, taskIds, times, request, named }: Candidates,
  definitions: ReadonlyMap<TaskId, TaskDefinition>,
): void {
  const known = taskIds.flatMap((taskId) => {
    const definition = definitions.get(taskId);
    return definition ? [{ taskId, definition, foreign: foreign(action, definition) }] : [];
  });
  const own = known.filter((task) => task.foreign === undefined);
  const elsewhere = known.find((task) => task.foreign?.otherGroup);
  // At equal times, the one in the earlier map: the decision task's map comes first.
  const original = own.reduce<(typeof own)[number] | undefined>(
    (first, task) =>
      !first || Date.parse(task.definition.created) < Date.parse(first.definition.created) ? task : first,
    undefined,
  );
  if (!original) {
    const [first] = known;
    const taskId = first?.taskId ?? taskIds[0];
    const name = first?.definition.metadata.name ?? label ?? taskId;
    // mutant stays: if none of them is ours, each is foreign
    const reason = first?.foreign?.reason ?? 'the queue no longer has this task';
    const isBeyond = named && (elsewhere !== undefined || known.length === 0);
    if (isBeyond) {
      found.beyond.push(forward(elsewhere ? 'other-group' : 'no-task', `${name} (${taskId}): ${reason}`));
    } else {
      found.refused.push({ label: name, taskId, reason });
    }
    return;
  }
  for (const { taskId, definition } of own) {
    found.targets.push({
      label: label ?? definition.metadata.name,
      taskId,
      definition,
      times,
      request,
      original: taskId === original.taskId,
      ...(elsewhere ? { elsewhere: elsewhere.taskId } : {}),
    });
  }
}

/**
 * Why a task is out of this action's reach, if it is not of the action's push, or of the hook's trust domain and level.
 */
export function foreign(
  { taskGroupId, hook }: Pick<Action, 'taskGroupId' | 'hook'>,
  definition: Pick<TaskDefinition, 'taskGroupId' | 'schedulerId'>,
): { otherGroup: boolean; reason: string } | undefined {
  if (definition.taskGroupId !== taskGroupId) {
    const reason = `it belongs to task group ${definition.taskGroupId}, but this action belongs to ${taskGroupId}`;
    return { otherGroup: true, reason };
  }
  if (definition.schedulerId !== hook.schedulerId) {
    const reason = `its schedulerId is ${definition.schedulerId}, but this hook serves ${hook.schedulerId}`;
    return { otherGroup: false, reason };
  }
  return undefined;
}

/** Names the round of one copy of everything that a request creates from the graph. */
export function roundName(request: number, copy: number): string {
  return `${request}-${copy}`;
}

/** One clone to make. */
export interface Copy {
  /** 1-based among all copies of that target in the action. */
  copy: number;
  /** Which of its request's `times` it belongs to, from 0. */
  round: number;
  newTaskId: TaskId;
}

/**
 * Which copies each target gets if it is cloned, numbered across all requests that name it.
 *
 * @param duplicatesOf how many tasks one copy of a label stands for
 */
export function numberCopies(
  actionId: TaskId,
  targets: readonly Target[],
  duplicatesOf: (label: Label) => number = () => 1,
): Map<Target, Copy[]> {
  const numbered = new Map<TaskId, number>();
  const copiesOf = ({ original, label, taskId, times }: Target): Copy[] => {
    if (!original) return [];
    const before = numbered.get(taskId) ?? 0;
    const duplicates = duplicatesOf(label);
    const count = times * duplicates;
    numbered.set(taskId, before + count);
    return Array.from({ length: count }, (_, index) => {
      const copy = before + index + 1;
      return { copy, round: Math.floor(index / duplicates), newTaskId: cloneTaskId(actionId, taskId, copy) };
    });
  };
  return new Map(targets.map((target) => [target, copiesOf(target)]));
}
