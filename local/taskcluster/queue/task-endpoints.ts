import { ApiError } from '../http/api-error.ts';
import { Api, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import { createTask } from './create-task.ts';
import { createTaskInput, taskIdsInput } from './input.ts';
import type { QueueContext } from './queue.ts';
import { taskStatus, type Task } from './task.ts';
import type { TaskStore } from './task-store.ts';

const api = new Api('queue');

/** createTask, and all methods that read tasks. */
export function taskEndpoints({ store, now }: QueueContext): Endpoint[] {
  return [
    api.methodWithInput('createTask', createTaskInput, (request) => {
      const authorize = request.authorize.bind(request);
      const { body, stopped } = request;
      const task = createTask(store, request.param('taskId'), body, authorize, now(), stopped);
      return { json: { status: taskStatus(task) } };
    }),
    api.method('task', (request) => {
      const taskId = request.param('taskId');
      const task = store.tasks.get(taskId);
      if (task) return { json: task.definition };
      throw notFound(
        `\`${taskId}\` does not correspond to a task that exists.\nAre you sure this task has already been submitted?`,
      );
    }),
    api.method('status', (request) => {
      const taskId = request.param('taskId');
      const task = store.tasks.get(taskId);
      if (task) return { json: { status: taskStatus(task) } };
      throw notFound(
        `\`${taskId}\` does not correspond to a task that exists.\nAre you sure this task exists?`,
      );
    }),
    api.methodWithInput('tasks', taskIdsInput, (request) => {
      const { taskIds } = request.body;
      request.authorize({ taskIds });
      const page = paginate(findAll(store, taskIds), request.query);
      const tasks = page.rows.map(({ taskId, definition }) => ({ taskId, task: definition }));
      return { json: { tasks, ...continuation(page) } };
    }),
    api.methodWithInput('statuses', taskIdsInput, (request) => {
      const { taskIds } = request.body;
      request.authorize({ taskIds });
      const page = paginate(findAll(store, taskIds), request.query);
      const statuses = page.rows.map((task) => ({ taskId: task.taskId, status: taskStatus(task) }));
      return { json: { statuses, ...continuation(page) } };
    }),
    api.method('listDependentTasks', (request) => {
      const taskId = request.param('taskId');
      if (!store.tasks.has(taskId)) throw notFound(`Task with taskId: \`${taskId}\` was not found`);
      const page = paginate(store.dependents(taskId), request.query);
      return { json: { taskId, tasks: page.rows.map(statusAndTask), ...continuation(page) } };
    }),
  ];
}

export function statusAndTask(task: Task): object {
  return { status: taskStatus(task), task: task.definition };
}

export function notFound(message: string): ApiError {
  return new ApiError('ResourceNotFound', message);
}

/**
 * The tasks that exist, each once, in the queue's own order: callers must match by taskId, not by position. Sorting by
 * the reversed id shuffles them, with the same order for every page of a listing.
 */
function findAll(store: TaskStore, taskIds: readonly string[]): Task[] {
  const keys = [...new Set(taskIds)].map((taskId) => ({
    taskId,
    key: taskId.split('').toReversed().join(''),
  }));
  const found = keys
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap(({ taskId }) => store.tasks.get(taskId) ?? []);
  const asAsked = found.length > 1 && found[0]?.taskId === taskIds[0];
  return asAsked ? found.toReversed() : found;
}
