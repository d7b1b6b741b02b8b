import type { JsonObject } from '../json.ts';

/** From most to least urgent; a scope for one of them also covers those after it. */
export const PRIORITIES = ['highest', 'very-high', 'high', 'medium', 'low', 'very-low', 'lowest'] as const;
type Priority = (typeof PRIORITIES)[number];

type RunState = 'pending' | 'running' | 'completed' | 'failed' | 'exception';
export type TaskState = 'unscheduled' | RunState;

/** A definition as the queue returns it: defaults filled in, ISO timestamps with milliseconds. */
export interface TaskDefinition {
  provisionerId: string;
  workerType: string;
  taskQueueId: string;
  schedulerId: string;
  projectId: string;
  taskGroupId: string;
  dependencies: string[];
  requires: 'all-completed' | 'all-resolved';
  routes: string[];
  priority: Priority;
  retries: number;
  created: string;
  deadline: string;
  expires: string;
  scopes: string[];
  payload: JsonObject;
  metadata: JsonObject;
  tags: Record<string, string>;
  extra: JsonObject;
}

export interface Run {
  state: RunState;
  reasonCreated: 'scheduled' | 'retry' | 'task-retry' | 'rerun' | 'exception';
  reasonResolved?: string;
  workerGroup?: string;
  workerId?: string;
  /** ISO timestamps. */
  takenUntil?: string;
  scheduled: string;
  started?: string;
  resolved?: string;
}

export interface Task {
  readonly taskId: string;
  /** Shared, never changed. */
  readonly definition: TaskDefinition;
  retriesLeft: number;
  runs: Run[];
  /** Dependencies that the task still waits for; empty once it was scheduled. */
  blockedBy: Set<string>;
}

export function lastRun(task: Task): Run | undefined {
  return task.runs.at(-1);
}

export function taskState(task: Task): TaskState {
  return lastRun(task)?.state ?? 'unscheduled';
}

export function isResolved(task: Task): boolean {
  const state = taskState(task);
  return state === 'completed' || state === 'failed' || state === 'exception';
}

/** The API's status structure; a new object at each call. */
export function taskStatus(task: Task): JsonObject {
  const { definition } = task;
  return {
    taskId: task.taskId,
    provisionerId: definition.provisionerId,
    workerType: definition.workerType,
    taskQueueId: definition.taskQueueId,
    schedulerId: definition.schedulerId,
    projectId: definition.projectId,
    taskGroupId: definition.taskGroupId,
    priority: definition.priority,
    deadline: definition.deadline,
    expires: definition.expires,
    retriesLeft: task.retriesLeft,
    state: taskState(task),
    runs: task.runs.map((run, runId) => ({
      runId,
      state: run.state,
      reasonCreated: run.reasonCreated,
      reasonResolved: run.reasonResolved,
      workerGroup: run.workerGroup,
      workerId: run.workerId,
      takenUntil: run.takenUntil,
      scheduled: run.scheduled,
      started: run.started,
      resolved: run.resolved,
    })),
  };
}
