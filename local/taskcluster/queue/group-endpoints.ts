import { ApiError } from '../http/api-error.ts';
import { Api, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { QueueContext } from './queue.ts';
import { notFound, statusAndTask } from './task-endpoints.ts';
import { isResolved } from './task.ts';
import type { TaskGroup } from './task-store.ts';

const api = new Api('queue');

export function groupEndpoints({ store, now }: QueueContext): Endpoint[] {
  const find = (request: ApiRequest): TaskGroup => {
    const taskGroupId = request.param('taskGroupId');
    const group = store.groups.get(taskGroupId);
    if (!group) throw notFound(`No task-group with taskGroupId: \`${taskGroupId}\``);
    return group;
  };
  return [
    api.method('listTaskGroup', (request) => {
      const group = find(request);
      const page = paginate(group.taskIds, request.query);
      const tasks = page.rows.flatMap((taskId) => store.tasks.get(taskId) ?? []).map(statusAndTask);
      return { json: { ...groupJson(group), tasks, ...continuation(page) } };
    }),
    api.method('getTaskGroup', (request) => ({ json: groupJson(find(request)) })),
    api.method('sealTaskGroup', (request) => {
      const group = find(request);
      request.authorize({ taskGroupId: group.taskGroupId, schedulerId: group.schedulerId });
      group.sealed ??= new Date(now()).toJSON();
      return { json: groupJson(group) };
    }),
    api.method('cancelTaskGroup', (request) => {
      const { taskGroupId, schedulerId, sealed, taskIds } = find(request);
      if (sealed === undefined) {
        throw new ApiError('RequestConflict', `Cannot cancel unsealed task group: \`${taskGroupId}\``);
      }
      request.authorize({ taskGroupId, schedulerId });
      const tasks = taskIds
        .flatMap((taskId) => store.tasks.get(taskId) ?? [])
        .filter((task) => !isResolved(task));
      for (const task of tasks) store.cancel(task, 'canceled');
      const canceled = tasks.map(({ taskId }) => taskId);
      return {
        json: {
          taskGroupId,
          taskGroupSize: taskIds.length,
          cancelledCount: canceled.length,
          taskIds: canceled,
        },
      };
    }),
  ];
}

function groupJson({ taskGroupId, schedulerId, expires, sealed }: TaskGroup): object {
  return { taskGroupId, schedulerId, expires, ...(sealed === undefined ? {} : { sealed }) };
}
