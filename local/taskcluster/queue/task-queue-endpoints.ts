import { Api, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { QueueContext } from './queue.ts';
import { lastRun, taskState, type Task } from './task.ts';

const api = new Api('queue');

/** What is pending and what is running on a task queue. */
export function taskQueueEndpoints({ store }: QueueContext): Endpoint[] {
  const pending = (taskQueueId: string): Task[] => store.pending.list(taskQueueId);
  const claimed = (taskQueueId: string): Task[] =>
    [...store.active].filter(
      (task) => task.definition.taskQueueId === taskQueueId && taskState(task) === 'running',
    );
  return [
    api.method('pendingTasks', (request) => {
      const taskQueueId = request.param('taskQueueId');
      return { json: { ...split(taskQueueId), pendingTasks: pending(taskQueueId).length } };
    }),
    api.method('taskQueueCounts', (request) => {
      const taskQueueId = request.param('taskQueueId');
      const counts = {
        pendingTasks: pending(taskQueueId).length,
        claimedTasks: claimed(taskQueueId).length,
      };
      return { json: { ...split(taskQueueId), ...counts } };
    }),
    api.method('listPendingTasks', (request) => {
      const page = paginate(pending(request.param('taskQueueId')), request.query);
      const tasks = page.rows.map((task) => ({
        taskId: task.taskId,
        runId: task.runs.length - 1,
        task: task.definition,
        inserted: lastRun(task)?.scheduled,
      }));
      return { json: { tasks, ...continuation(page) } };
    }),
    api.method('listClaimedTasks', (request) => {
      const page = paginate(claimed(request.param('taskQueueId')), request.query);
      const tasks = page.rows.map((task) => {
        const run = lastRun(task);
        return {
          taskId: task.taskId,
          runId: task.runs.length - 1,
          task: task.definition,
          claimed: run?.started,
          workerGroup: run?.workerGroup,
          workerId: run?.workerId,
        };
      });
      return { json: { tasks, ...continuation(page) } };
    }),
  ];
}

function split(taskQueueId: string): object {
  const [provisionerId, workerType] = taskQueueId.split('/');
  return { provisionerId, workerType, taskQueueId };
}
