import { ApiError } from '../http/api-error.ts';
import { Api, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import type { QueueContext } from './queue.ts';
import { notFound } from './task-endpoints.ts';
import { taskState, taskStatus, type Task } from './task.ts';
import { MAX_RUNS } from './task-store.ts';

const api = new Api('queue');

/** scheduleTask, rerunTask and cancelTask: what users do with tasks. */
export function lifecycleEndpoints({ store, now }: QueueContext): Endpoint[] {
  const find = (request: ApiRequest, missing: (taskId: string) => string): Task => {
    const taskId = request.param('taskId');
    const task = store.tasks.get(taskId);
    if (!task) throw notFound(missing(taskId));
    const { schedulerId, taskGroupId, projectId } = task.definition;
    request.authorize({ taskId, schedulerId, taskGroupId, projectId });
    return task;
  };
  const beforeDeadline = ({ taskId, definition }: Task, action: string): void => {
    if (Date.parse(definition.deadline) >= now()) return;
    throw new ApiError('RequestConflict', `Task \`${taskId}\` can't be ${action} ${definition.deadline}.`);
  };
  return [
    api.method('scheduleTask', (request) => {
      const task = find(request, (taskId) => `taskId \`${taskId}\` not found. Are you sure it exists?`);
      beforeDeadline(task, 'scheduled past its deadline at');
      store.schedule(task);
      return { json: { status: taskStatus(task) } };
    }),
    api.method('rerunTask', (request) => {
      const task = find(
        request,
        (taskId) =>
          `\`${taskId}\` does not correspond to a task that exists.\nAre you sure this task has been submitted before?`,
      );
      beforeDeadline(task, 'rescheduled past its deadline of');
      store.rerun(task);
      const state = taskState(task);
      if (state !== 'pending' && state !== 'running') {
        throw new ApiError('RequestConflict', `Maximum number of runs reached (${MAX_RUNS}).`);
      }
      return { json: { status: taskStatus(task) } };
    }),
    api.method('cancelTask', (request) => {
      const task = find(request, (taskId) => `Task \`${taskId}\` not found. Are you sure it was created?`);
      beforeDeadline(task, 'canceled past its deadline of');
      store.cancel(task, 'canceled');
      return { json: { status: taskStatus(task) } };
    }),
  ];
}
