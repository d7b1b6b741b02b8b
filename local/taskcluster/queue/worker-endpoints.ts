import { ApiError } from '../http/api-error.ts';
import { Api, type ApiRequest, type Endpoint } from '../http/endpoint.ts';
import { createTemporaryCredentials } from '../auth/temporary-credentials.ts';
import type { Claim } from './claim-poller.ts';
import { claimWorkInput, exceptionInput } from './input.ts';
import type { QueueContext } from './queue.ts';
import { notFound } from './task-endpoints.ts';
import { taskStatus, type Run, type Task } from './task.ts';

const api = new Api('queue');
/** Reasons after which the queue itself starts the next run. */
const RETRY_REASONS: Readonly<Record<string, Run['reasonCreated']>> = {
  'worker-shutdown': 'retry',
  'intermittent-task': 'task-retry',
};

/** What workers call: claimWork, reclaimTask and the three reports. */
export function workerEndpoints(context: QueueContext): Endpoint[] {
  const { store, claims, now } = context;

  const findRun = (
    request: Pick<ApiRequest, 'param'>,
    asked = 'was created',
  ): { task: Task; run: Run; runId: number } => {
    const taskId = request.param('taskId');
    const runId = Number(request.param('runId'));
    const task = store.tasks.get(taskId);
    if (!task) throw notFound(`Task \`${taskId}\` not found. Are you sure it ${asked}?`);
    const run = task.runs[runId];
    if (!run) throw notFound(`Run ${runId} not found on task \`${taskId}\`.`);
    return { task, run, runId };
  };

  const report = (target: 'completed' | 'failed') =>
    api.method(target === 'completed' ? 'reportCompleted' : 'reportFailed', (request) => {
      const { task, run, runId } = findRun(request);
      if (run.state !== 'running' && run.state !== target) {
        throw new ApiError(
          'RequestConflict',
          `Run ${runId} of task \`${task.taskId}\` is not running or ${target}.`,
        );
      }
      if (isLast(task, runId) && run.state === 'running') store.resolve(task, target, target);
      if (!isLast(task, runId) || run.reasonResolved !== target) throw resolved(task, runId);
      return { json: { status: taskStatus(task) } };
    });

  return [
    api.methodWithInput('claimWork', claimWorkInput, async (request) => {
      const taskQueueId = request.param('taskQueueId');
      const { workerGroup, workerId } = request.body;
      request.authorize({ taskQueueId, workerGroup, workerId });
      const claimed = await claims.claim(taskQueueId, request.body, request.closed);
      const tasks = claimed.map((claim) => ({
        ...claimAnswer(context, claim),
        // In the database's format, unlike every other time, even that of reclaimTask.
        takenUntil: new Date(claim.takenUntil).toJSON().replace('Z', '+00:00'),
        task: claim.task.definition,
      }));
      return { json: { tasks } };
    }),
    api.method('reclaimTask', (request) => {
      const { task, run, runId } = findRun(request);
      const { deadline } = task.definition;
      if (Date.parse(deadline) <= now()) {
        const message = `Task \`${task.taskId}\` can't be reclaimed past its deadline at ${deadline}.`;
        throw new ApiError('RequestConflict', message);
      }
      const { workerGroup, workerId } = run;
      if (
        !isLast(task, runId) ||
        run.state !== 'running' ||
        workerGroup === undefined ||
        workerId === undefined
      ) {
        throw resolved(task, runId);
      }
      const takenUntil = now() + claims.claimTimeoutMs;
      run.takenUntil = new Date(takenUntil).toJSON();
      return { json: claimAnswer(context, { task, runId, workerGroup, workerId, takenUntil }) };
    }),
    report('completed'),
    report('failed'),
    api.methodWithInput('reportException', exceptionInput, (request) => {
      const { reason } = request.body;
      const { task, run, runId } = findRun(request, 'exists');
      if (isLast(task, runId) && run.state === 'running') {
        store.resolve(task, 'exception', reason, RETRY_REASONS[reason]);
      }
      // A repeated report finds the retry's run after this one.
      const last = task.runs.length - 1;
      if (last > runId + 1 || run.state !== 'exception' || run.reasonResolved !== reason) {
        throw resolved(task, runId);
      }
      return { json: { status: taskStatus(task) } };
    }),
  ];
}

/** The answer of claimWork and reclaimTask for a run: its status, and credentials that may act for it. */
function claimAnswer({ credentials, now }: QueueContext, claim: Claim): object {
  const { task, runId, workerGroup, workerId, takenUntil } = claim;
  const { taskId, definition } = task;
  const run = `${taskId}/${runId}`;
  return {
    status: taskStatus(task),
    runId,
    workerGroup,
    workerId,
    takenUntil: new Date(takenUntil).toJSON(),
    credentials: createTemporaryCredentials({
      clientId: `task-client/${run}/on/${workerGroup}/${workerId}/until/${takenUntil / 1000}`,
      issuer: credentials,
      start: now(),
      expiry: takenUntil,
      scopes: [
        `queue:reclaim-task:${run}`,
        `queue:resolve-task:${run}`,
        `queue:create-artifact:${run}`,
        ...definition.scopes,
      ],
    }),
  };
}

function isLast(task: Task, runId: number): boolean {
  return task.runs.length - 1 === runId;
}

function resolved({ taskId }: Task, runId: number): ApiError {
  return new ApiError('RequestConflict', `Run ${runId} on task \`${taskId}\` is resolved or not running.`);
}
