import { ifReadable, isTaskclusterError } from '../ports/error.ts';
import type { Reader } from '../ports/reader.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import type { TaskId } from '../tasks/names.ts';

/** A write that threw an error. */
export interface FailedWrite {
  /** The task to create or to rerun. */
  taskId: TaskId;
  /** How many runs the task had before; undefined for one that was to be created. */
  knownRuns?: number;
  error: unknown;
}

/**
 * What is finally known about a failed write.
 * - `done`: it has happened, whatever the answer was.
 * - `taken`: another task has the taskId.
 * - `not done`: it has not happened, and will not.
 * - `unknown`: it may have happened, or may yet happen.
 */
export type Known = 'done' | 'taken' | 'not done' | 'unknown';

/**
 * Finds out whether failed writes took effect, once their tries are over, with one batch of statuses for all of them.
 * Nothing is reported as failed before that: an answer can be lost, and the last of several tries can be refused
 * because the first one succeeded.
 *
 * @param isOurs whether the task under a failed write's id is the one that we wanted to create
 */
export async function lookFor<T extends FailedWrite>(
  failed: readonly T[],
  reader: Pick<Reader, 'tasks' | 'statuses'>,
  isOurs: (write: T, found: TaskDefinition) => boolean,
): Promise<ReadonlyMap<T, Known>> {
  if (failed.length === 0) return new Map();
  const statuses = await ifReadable(reader.statuses(failed.map(({ taskId }) => taskId)));
  // A task's definition shows whether it is ours. That is only in doubt after a conflict: nobody else derives these
  // ids.
  const conflicts = failed.filter((write) => isConflict(write) && statuses?.has(write.taskId));
  const found =
    conflicts.length === 0
      ? undefined
      : await ifReadable(reader.tasks(conflicts.map(({ taskId }) => taskId)));
  const known = (write: T): Known => {
    if (!statuses) return mayHaveHappened(write) ? 'unknown' : 'not done';
    if (!hasHappened(write, statuses.get(write.taskId)))
      return isUnanswered(write.error) ? 'unknown' : 'not done';
    if (!isConflict(write)) return 'done';
    const definition = found?.get(write.taskId);
    if (!definition) return 'unknown';
    return isOurs(write, definition) ? 'done' : 'taken';
  };
  return new Map(failed.map((write) => [write, known(write)]));
}

function hasHappened({ knownRuns = -1 }: FailedWrite, status: TaskStatus | undefined): boolean {
  return status !== undefined && status.runs.length > knownRuns;
}

/** The taskId is taken, or the task group is sealed: the queue answers both in the same way. */
function isConflict({ knownRuns, error }: FailedWrite): boolean {
  return knownRuns === undefined && isTaskclusterError(error) && error.statusCode === 409;
}

/** Whether the service may still be working on it. */
function isUnanswered(error: unknown): boolean {
  return isTaskclusterError(error) && error.unanswered;
}

/** Judges by the error alone. */
function mayHaveHappened(write: FailedWrite): boolean {
  const { error } = write;
  const failedInside = isTaskclusterError(error) && (error.statusCode ?? 0) >= 500;
  return isUnanswered(error) || failedInside || isConflict(write);
}
