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
 * @param finish called with a task of ours that has not been scheduled; tells whether it is finished now
 */
export async function lookFor<T extends FailedWrite>(
  failed: readonly T[],
  reader: Pick<Reader, 'tasks' | 'statuses'>,
  isOurs: (write: T, found: TaskDefinition) => boolean,
  finish: (write: T, found: TaskDefinition) => Promise<'done' | 'unknown'>,
): Promise<ReadonlyMap<T, Known>> {
  if (failed.length === 0) return new Map();
  const statuses = await ifReadable(reader.statuses(failed.map(({ taskId }) => taskId)));
  // A definition shows whether the task is ours, which is in doubt after a conflict (nobody else derives these ids),
  // and is needed to finish its creation.
  const doubtful = failed.filter((write) => {
    const status = statuses?.get(write.taskId);
    return status && (isConflict(write) || isHalfCreated(write, status));
  });
  const found =
    doubtful.length === 0 ? undefined : await ifReadable(reader.tasks(doubtful.map(({ taskId }) => taskId)));
  const known = async (write: T): Promise<Known> => {
    if (!statuses) return mayHaveHappened(write) ? 'unknown' : 'not done';
    const status = statuses.get(write.taskId);
    if (!status || !hasHappened(write, status)) return isUnanswered(write.error) ? 'unknown' : 'not done';
    if (!doubtful.includes(write)) return 'done';
    const definition = found?.get(write.taskId);
    if (!definition) return 'unknown';
    if (!isOurs(write, definition)) return 'taken';
    return isHalfCreated(write, status) ? finish(write, definition) : 'done';
  };
  return new Map(await Promise.all(failed.map(async (write) => [write, await known(write)] as const)));
}

function hasHappened({ knownRuns = -1 }: FailedWrite, { runs }: TaskStatus): boolean {
  return runs.length > knownRuns;
}

/** The task exists but is not scheduled: it waits for its dependencies, or the queue was stopped before that step. */
function isHalfCreated({ knownRuns }: FailedWrite, { state }: TaskStatus): boolean {
  return knownRuns === undefined && state === 'unscheduled';
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
