import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import type { TaskId } from '../tasks/names.ts';

/**
 * What acting writes to the queue. Every call may throw a TaskclusterError, whose `unanswered` covers all tries of the
 * call.
 */
export interface Writer {
  /** Idempotent for the same id with the same definition. */
  createTask(taskId: TaskId, definition: TaskDefinition): Promise<void>;
  /**
   * Starts a new run of a resolved task, once, however often the answer is lost.
   * @param knownRuns how many runs the task had when we decided on the rerun
   */
  rerunTask(taskId: TaskId, knownRuns: number): Promise<void>;
  /** Idempotent; does not change a task that has ended. @returns its status afterwards */
  cancelTask(taskId: TaskId): Promise<TaskStatus>;
}
