import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import type { ScopeParameters } from '../http/scope-expression.ts';
import { asStored } from '../json.ts';
import type { CreateTaskBody } from './input.ts';
import { PRIORITIES, taskState, type Task, type TaskDefinition } from './task.ts';
import type { TaskStore } from './task-store.ts';

const DRIFT_MS = 15 * 60 * 1000;
const MAX_DEADLINE_DAYS = 5;
const MAX_DEADLINE_MS = MAX_DEADLINE_DAYS * 24 * 60 * 60 * 1000 + DRIFT_MS;

/**
 * Creates a task, or finds the existing one: an identical repeat changes nothing, and any difference is a conflict.
 *
 * As in the real queue, the group is created, and a sealed group refused, before the task itself is checked. So a
 * repeat in a sealed group is refused too, and a group stays when its task is refused for its dependencies. A task is
 * stored before it is scheduled, and a repeat does what is missing.
 *
 * @param authorize throws unless the caller has the scopes that the definition needs
 * @param stopped the queue is stopped as soon as it has stored the task
 */
export function createTask(
  store: TaskStore,
  taskId: string,
  body: CreateTaskBody,
  authorize: (parameters: ScopeParameters) => void,
  now: number,
  stopped: boolean,
): Task {
  const queueId = taskQueueIdOf(body);
  authorize({
    taskId,
    priorities: PRIORITIES.slice(0, PRIORITIES.indexOf(body.priority) + 1),
    routes: body.routes,
    scopes: body.scopes,
    schedulerId: body.schedulerId,
    projectId: body.projectId,
    ...queueId,
  });
  const definition = define(taskId, body, queueId, now);
  joinGroup(store, definition);
  const existing = store.tasks.get(taskId);
  if (existing) {
    if (isDeepStrictEqual(existing.definition, definition)) return scheduleIfReady(store, existing);
    throw new ApiError(
      'RequestConflict',
      `taskId \`${taskId}\` already used by another task.\nThis could be the result of faulty idempotency!`,
    );
  }
  const task: Task = { taskId, definition, retriesLeft: definition.retries, runs: [], blockedBy: new Set() };
  checkDependencies(store, task);
  store.add(task);
  if (stopped) throw new Error('the queue was stopped');
  return scheduleIfReady(store, task);
}

function scheduleIfReady(store: TaskStore, task: Task): Task {
  if (task.runs.length > 0) return task;
  task.blockedBy = blockers(store, task);
  if (task.blockedBy.size === 0) store.schedule(task);
  return task;
}

/** The dependencies that still hold a task back. */
export function blockers(store: TaskStore, { taskId, definition }: Task): Set<string> {
  return new Set(
    definition.dependencies.filter((dependency) => {
      const task = store.tasks.get(dependency);
      if (dependency === taskId || !task) return true;
      const state = taskState(task);
      if (state === 'completed') return false;
      return definition.requires !== 'all-resolved' || (state !== 'exception' && state !== 'failed');
    }),
  );
}

type QueueId = Pick<TaskDefinition, 'provisionerId' | 'workerType' | 'taskQueueId'>;

function taskQueueIdOf({ provisionerId, workerType, taskQueueId }: CreateTaskBody): QueueId {
  if (provisionerId !== undefined && workerType !== undefined) {
    const joined = `${provisionerId}/${workerType}`;
    if (taskQueueId !== undefined && taskQueueId !== joined) {
      throw new ApiError('InputError', 'taskQueueId must match "provisionerId/workerType"');
    }
    return { provisionerId, workerType, taskQueueId: joined };
  }
  const [provisioner, type] = taskQueueId?.split('/') ?? [];
  if (taskQueueId === undefined || provisioner === undefined || type === undefined) {
    throw new ApiError(
      'InputError',
      'at least a provisionerId and a workerType or a taskQueueId must be provided"',
    );
  }
  return { provisionerId: provisioner, workerType: type, taskQueueId };
}

function define(taskId: string, body: CreateTaskBody, queueId: QueueId, now: number): TaskDefinition {
  const created = Date.parse(body.created);
  const deadline = Date.parse(body.deadline);
  if (created < now - DRIFT_MS) refuse('`created` cannot be in the past (max 15min drift)');
  if (created > now + DRIFT_MS) refuse('`created` cannot be in the future (max 15min drift)');
  // The text says it the wrong way round, as the real queue's does.
  if (created > deadline) refuse('`deadline` cannot be later than `created`');
  if (deadline < now) refuse('`deadline` cannot be in the past');
  if (deadline - now > MAX_DEADLINE_MS) {
    refuse(`\`deadline\` cannot be more than ${MAX_DEADLINE_DAYS} days into the future`);
  }
  const expires = body.expires === undefined ? oneYearAfter(deadline) : Date.parse(body.expires);
  if (deadline > expires) refuse('`expires` cannot be before `deadline`');
  if (body.scopes.some((scope) => scope.endsWith('**'))) refuse('scopes must not end with `**`');
  return {
    ...queueId,
    schedulerId: body.schedulerId,
    projectId: body.projectId,
    taskGroupId: body.taskGroupId ?? taskId,
    dependencies: body.dependencies,
    requires: body.requires,
    routes: body.routes,
    priority: body.priority,
    retries: body.retries,
    created: new Date(created).toJSON(),
    deadline: new Date(deadline).toJSON(),
    expires: new Date(expires).toJSON(),
    scopes: body.scopes,
    payload: asStored(body.payload),
    metadata: asStored(body.metadata),
    tags: body.tags,
    extra: asStored(body.extra),
  };
}

function refuse(message: string): never {
  throw new ApiError('InputError', message);
}

function oneYearAfter(deadline: number): number {
  const date = new Date(deadline);
  return date.setFullYear(date.getFullYear() + 1);
}

function joinGroup(store: TaskStore, { taskGroupId, schedulerId, expires }: TaskDefinition): void {
  const group = store.groups.get(taskGroupId);
  if (group && group.schedulerId !== schedulerId) {
    throw new ApiError(
      'RequestConflict',
      `Task group \`${taskGroupId}\` contains tasks with a schedulerId other\nthan \`${schedulerId}\`. ` +
        'All tasks in the same task-group must have\nthe same schedulerId.',
    );
  }
  if (group?.sealed !== undefined) {
    throw new ApiError(
      'RequestConflict',
      `Task group \`${taskGroupId}\` is sealed and does not accept new tasks.`,
    );
  }
  store.ensureGroup(taskGroupId, schedulerId, expires);
}

/** A task may depend on itself (and then waits forever); every other dependency must exist and outlive its deadline. */
function checkDependencies(store: TaskStore, task: Task): void {
  const { dependencies, deadline } = task.definition;
  const others = dependencies.filter((taskId) => taskId !== task.taskId);
  const missing = others.filter((taskId) => !store.tasks.has(taskId));
  const expiring =
    missing.length > 0 ? [] : others.filter((taskId) => expiresBefore(store, taskId, deadline));
  if (missing.length === 0 && expiring.length === 0) return;
  const lines =
    missing.length > 0
      ? [
          '`task.dependencies` references non-existing tasks: ',
          ...missing.map((taskId) => ` * ${taskId}`),
          'All taskIds in `task.dependencies` **must** exist',
          'before the task is created.',
        ]
      : [
          '`task.dependencies` references tasks that expires',
          'before `task.deadline` this is not allowed, see tasks: ',
          ...expiring.map((taskId) => ` * ${taskId},`),
          'All taskIds in `task.dependencies` **must** have',
          '`task.expires` greater than the `deadline` for this task.',
        ];
  throw new ApiError('InputError', `${lines.join('\n')}\n`);
}

function expiresBefore(store: TaskStore, taskId: string, deadline: string): boolean {
  const dependency = store.tasks.get(taskId);
  return dependency !== undefined && Date.parse(deadline) > Date.parse(dependency.definition.expires);
}
