import type { Label, TaskId } from './names.ts';

/**
 * The fields of the queue's documents that we read. A definition may have more fields; those stay untouched. Shapes:
 * the queue's `task.json` and `task-status.json`.
 */
export interface TaskDefinition {
  taskQueueId?: string;
  provisionerId?: string;
  workerType?: string;
  schedulerId: string;
  taskGroupId: TaskId;
  projectId?: string;
  dependencies?: TaskId[];
  requires?: 'all-completed' | 'all-resolved';
  routes?: string[];
  scopes?: string[];
  created: string;
  deadline: string;
  expires?: string;
  payload: unknown;
  metadata: { name: Label; description: string; owner: string; source: string };
  tags?: Record<string, string>;
  extra?: Record<string, unknown>;
  [field: string]: unknown;
}

export type TaskState = 'unscheduled' | 'pending' | 'running' | 'completed' | 'failed' | 'exception';

export interface TaskStatus {
  taskId: TaskId;
  taskGroupId: TaskId;
  schedulerId: string;
  state: TaskState;
  /** ISO 8601; after it, the queue accepts no rerun. */
  deadline: string;
  expires: string;
  runs: TaskRun[];
}

export interface TaskRun {
  runId: number;
  state: TaskState;
  reasonCreated: string;
  /** ISO 8601; when the run became pending. */
  scheduled: string;
  /** How and when (ISO 8601) it ended, if it has. */
  reasonResolved?: string;
  resolved?: string;
}
