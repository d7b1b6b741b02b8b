import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import type { ActionPayload } from './payload.generated.js';

// What planning and acting need of Taskcluster, and no more. functions/taskcluster/ implements it.
// Every call may throw a TaskclusterError (taskcluster/error.ts).

export interface Reader {
  /** One definition; undefined if the queue knows no such task. */
  task(taskId: string): Promise<TaskDefinition | undefined>;
  /** Definitions by taskId; unknown ids are absent. Any number of ids; repeated ones count once. */
  tasks(taskIds: readonly string[]): Promise<Map<string, TaskDefinition>>;
  /** Statuses by taskId; unknown ids are absent. Any number of ids; repeated ones count once. */
  statuses(taskIds: readonly string[]): Promise<Map<string, TaskStatus>>;
  /** The JSON content of an artifact of the task's latest run; undefined if the task has no such artifact. */
  artifact(taskId: string, name: string): Promise<unknown>;
  /** All tasks directly under an index namespace. */
  listTasks(namespace: string): Promise<IndexedTask[]>;
}

export interface IndexedTask {
  namespace: string;
  taskId: string;
  data: unknown;
}

export interface Writer {
  /** Idempotent: the same id with the same definition may be sent again. */
  createTask(taskId: string, definition: TaskDefinition): Promise<void>;
  /**
   * Starts a new run of a resolved task, once, however often the answer is lost.
   * @param knownRuns how many runs the task had when we decided on the rerun
   */
  rerunTask(taskId: string, knownRuns: number): Promise<void>;
}

export interface HookTrigger {
  /** The hooks service's answer, `{taskId, status}` or `{}`; undefined if there is no such hook. */
  triggerHook(hookGroupId: string, hookId: string, payload: ActionPayload): Promise<HookAnswer | undefined>;
}

export interface HookAnswer {
  taskId?: string;
  status?: { taskId: string };
}
