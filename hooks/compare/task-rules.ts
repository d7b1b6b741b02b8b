import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import schema from './create-task.schema.json' with { type: 'json' };
import { isObject, type Json, type JsonObject } from '../read/definition.ts';

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);
const isTask = ajv.compile(schema);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The fields of a task that scopes depend on, with the queue's defaults. */
export interface TaskIdentity {
  taskQueueId: string;
  schedulerId: string;
  projectId: string;
  priority: string;
  scopes: string[];
  routes: string[];
}

/** What the hooks service adds to a rendered task before it calls createTask. */
export function completeTask(rendered: JsonObject, taskId: string, now: string): JsonObject {
  return {
    ...rendered,
    created: rendered.created ?? now,
    deadline: rendered.deadline ?? new Date(Date.parse(now) + DAY_MS).toJSON(),
    expires: rendered.expires ?? new Date(Date.parse(now) + 30 * DAY_MS).toJSON(),
    taskGroupId: rendered.taskGroupId ?? taskId,
  };
}

function at(time: Json | undefined): number {
  return typeof time === 'string' ? Date.parse(time) : Number.NaN;
}

/** Why `queue.createTask` would refuse the task; empty if it would not. Does not check scopes. */
export function taskProblems(task: JsonObject, now: string): string[] {
  if (!isTask(task))
    return (isTask.errors ?? []).map((error) => `task${error.instancePath} ${error.message}`);
  const { created, deadline, expires, taskQueueId, provisionerId, workerType } = task;
  const problems: string[] = [];
  if (Math.abs(at(created) - Date.parse(now)) > 15 * MINUTE_MS)
    problems.push('created is not within 15 minutes of now');
  if (at(deadline) <= at(created)) problems.push('deadline is not after created');
  if (at(deadline) - Date.parse(now) > 5 * DAY_MS) problems.push('deadline is more than 5 days ahead');
  if (expires !== undefined && at(expires) <= at(deadline)) problems.push('expires is not after deadline');
  const split =
    provisionerId === undefined
      ? undefined
      : `${JSON.stringify(provisionerId)}/${JSON.stringify(workerType)}`;
  if (taskQueueId === undefined && (provisionerId === undefined || workerType === undefined)) {
    problems.push('neither taskQueueId nor provisionerId and workerType');
  }
  if (taskQueueId !== undefined && split !== undefined && split.replaceAll('"', '') !== taskQueueId) {
    problems.push('taskQueueId is not provisionerId/workerType');
  }
  return problems;
}

/** The fields that createTask's scopes depend on. */
export function identityOf(task: JsonObject): TaskIdentity {
  const text = (key: string, otherwise: string): string => {
    const value = task[key];
    return typeof value === 'string' ? value : otherwise;
  };
  const list = (key: string): string[] => {
    const value = task[key];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  return {
    taskQueueId: text('taskQueueId', `${text('provisionerId', '')}/${text('workerType', '')}`),
    schedulerId: text('schedulerId', '-'),
    projectId: text('projectId', 'none'),
    priority: text('priority', 'lowest'),
    scopes: list('scopes'),
    routes: list('routes'),
  };
}

/** The task if it is one that the worker would claim. */
export function isWorkerTask(task: Json, taskQueueId: string): task is JsonObject {
  return isObject(task) && task.taskQueueId === taskQueueId;
}
