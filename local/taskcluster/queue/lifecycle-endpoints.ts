import { ApiError } from '../http/api-error.ts';
import { endpoint, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import type { ScopeTemplate } from '../http/scope-expression.ts';
import type { QueueContext } from './queue.ts';
import { notFound } from './task-endpoints.ts';
import { taskState, taskStatus, type Task } from './task.ts';
import { MAX_RUNS } from './task-store.ts';

const service = 'queue';

/** scheduleTask, rerunTask and cancelTask: what people do to tasks. */
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
    endpoint({
      service,
      name: 'scheduleTask',
      method: 'post',
      route: '/task/:taskId/schedule',
      scopes: taskScopes('schedule-task'),
      handler: (request) => {
        const task = find(request, (taskId) => `taskId \`${taskId}\` not found. Are you sure it exists?`);
        beforeDeadline(task, 'scheduled past its deadline at');
        store.schedule(task);
        return { json: { status: taskStatus(task) } };
      },
    }),
    endpoint({
      service,
      name: 'rerunTask',
      method: 'post',
      route: '/task/:taskId/rerun',
      scopes: taskScopes('rerun-task'),
      handler: (request) => {
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
      },
    }),
    endpoint({
      service,
      name: 'cancelTask',
      method: 'post',
      route: '/task/:taskId/cancel',
      scopes: taskScopes('cancel-task'),
      handler: (request) => {
        const task = find(request, (taskId) => `Task \`${taskId}\` not found. Are you sure it was created?`);
        beforeDeadline(task, 'canceled past its deadline of');
        store.cancel(task, 'canceled');
        return { json: { status: taskStatus(task) } };
      },
    }),
  ];
}

function taskScopes(action: string): ScopeTemplate {
  return {
    AnyOf: [
      `queue:${action}:<schedulerId>/<taskGroupId>/<taskId>`,
      `queue:${action}-in-project:<projectId>`,
      { AllOf: [`queue:${action}`, 'assume:scheduler-id:<schedulerId>/<taskGroupId>'] },
    ],
  };
}
