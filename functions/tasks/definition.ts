import type { Label, TaskId } from './names.ts';

/**
 * What we read of the queue's documents. A definition may hold more fields than these;
 * whatever we do not name is carried along untouched.
 * Shapes: the queue's `task.json` and `task-status.json`.
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
  /** ISO 8601; past it the queue accepts no rerun. */
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
  /** How and when it ended, if it has; ISO 8601. */
  reasonResolved?: string;
  resolved?: string;
}
