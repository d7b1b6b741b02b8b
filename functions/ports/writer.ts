import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';

/**
 * What acting writes to the queue, and no more. Every call may throw a TaskclusterError, whose `unanswered` is about all
 * tries of the call.
 */
export interface Writer {
  /** Idempotent: the same id with the same definition may be sent again. */
  createTask(taskId: string, definition: TaskDefinition): Promise<void>;
  /**
   * Starts a new run of a resolved task, once, however often the answer is lost.
   * @param knownRuns how many runs the task had when we decided on the rerun
   */
  rerunTask(taskId: string, knownRuns: number): Promise<void>;
  /** Idempotent: a task that has ended stays as it is. @returns its status afterwards */
  cancelTask(taskId: string): Promise<TaskStatus>;
}
