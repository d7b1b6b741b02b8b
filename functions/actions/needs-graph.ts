import { retriggerMark } from '../tasks/policy.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import type { TaskId } from '../tasks/names.ts';
import { newTaskId } from '../tasks/task-id.ts';
import type { FastRequest } from './dispatch.ts';
import type { Action } from './plan.ts';
import type { PushLabels } from './push-labels.ts';
import { roundName, type Targets } from './targets.ts';

export type RetriggerRequest = Extract<FastRequest, { kind: 'labels' | 'task' }>;

/** Whether a target is unmarked, or a label has no task but may be in the graph. */
export function needsGraph(request: RetriggerRequest, { targets }: Targets, push: PushLabels): boolean {
  // mutant stays: no other request can be forced
  if (request.kind === 'task' && request.force === true) return false;
  if (targets.some(({ definition }) => retriggerMark(definition) === undefined)) return true;
  if (request.kind === 'task') return false;
  return request.requests.some(({ labels }) => labels.some((label) => push.matches(label).length === 0));
}

/** For each request, the taskIds that its labels get in the first round if it is performed by the graph. */
export function graphTaskIds(
  { id }: Action,
  request: RetriggerRequest,
  push: PushLabels,
): readonly (readonly TaskId[])[] {
  if (request.kind === 'task') return [];
  return request.requests.map(({ labels }, index) =>
    labels.map((label) => newTaskId(id, roundName(index, 0), push.complete(label) ?? label, 1)),
  );
}

/**
 * The requests that an earlier attempt has begun to perform by the graph, because one of their labels had no task. They
 * are finished in the same way, under the same taskIds, even if the label has a task by now, from another action, or if
 * the operator has switched the graph off.
 */
export function begunByGraph(
  action: Action,
  request: RetriggerRequest,
  push: PushLabels,
  statuses: ReadonlyMap<TaskId, TaskStatus>,
): ReadonlySet<number> {
  const begun = new Set<number>();
  // mutant stays: nothing has these taskIds before a second attempt
  if (!action.repeated) return begun;
  for (const [index, taskIds] of graphTaskIds(action, request, push).entries())
    if (taskIds.some((taskId) => statuses.has(taskId))) begun.add(index);
  return begun;
}
