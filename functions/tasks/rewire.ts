import type { TaskStatus } from './definition.ts';
import type { TaskId } from './names.ts';

export interface Rewiring {
  /** Dependency → the newest task of its label, if that is another task. */
  replacements: Map<TaskId, TaskId>;
  /** Dependencies (after replacement) that are gone from the queue, or expire before the clone's deadline. */
  missing: TaskId[];
  /** Dependencies (after replacement) that have failed, so that an all-completed clone waits for their rerun. */
  unsuccessful: { taskId: TaskId; state: TaskStatus['state'] }[];
}

/**
 * Points dependencies at the newest task of their label, as taskgraph does when it resolves references again.
 *
 * @param dependencies taskIds that the clone would depend on
 * @param candidatesOf all taskIds that the dependency's label has in this push (at least itself)
 * @param statuses of all those candidates; those absent are unknown to the queue
 * @param deadline of the clone, ms since the epoch: the queue accepts no dependency that expires before it
 */
export function rewire(
  dependencies: readonly TaskId[],
  candidatesOf: (taskId: TaskId) => readonly TaskId[],
  statuses: ReadonlyMap<TaskId, TaskStatus>,
  deadline: number,
): Rewiring {
  const rewiring: Rewiring = { replacements: new Map(), missing: [], unsuccessful: [] };
  for (const dependency of dependencies) {
    const newest = newestOf(candidatesOf(dependency), statuses) ?? dependency;
    if (newest !== dependency) rewiring.replacements.set(dependency, newest);
    const status = statuses.get(newest);
    if (!status || Date.parse(status.expires) < deadline) rewiring.missing.push(newest);
    else if (status.state === 'failed' || status.state === 'exception') {
      rewiring.unsuccessful.push({ taskId: newest, state: status.state });
    }
  }
  return rewiring;
}

/**
 * The newest of several tasks of one label. A status has no `created`, but its deadline serves as well, since tasks of
 * one label have the same time between the two. In a tie, the later one in the list wins.
 */
export function newestOf(
  candidates: readonly TaskId[],
  statuses: ReadonlyMap<TaskId, TaskStatus>,
): TaskId | undefined {
  let newest: TaskStatus | undefined;
  for (const taskId of candidates) {
    const status = statuses.get(taskId);
    if (status && (!newest || Date.parse(status.deadline) >= Date.parse(newest.deadline))) newest = status;
  }
  return newest?.taskId;
}
