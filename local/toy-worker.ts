import { setTimeout as sleep } from 'node:timers/promises';
import { ClaimedRun, TaskclusterClaims } from '../functions/taskcluster/claims.ts';
import { TaskclusterClient } from '../functions/taskcluster/client.ts';
import { isTaskclusterError } from '../functions/ports/error.ts';
import type { LocalTaskcluster } from './taskcluster/api.ts';

export interface ToyWorker {
  /** Starts no further polls; those under way end by themselves. */
  stop(): void;
}

/**
 * A worker that pretends to run test jobs: it claims them, waits a little and completes them, so that new jobs go from
 * pending to running to completed, as in Treeherder.
 *
 * @param runMs how long a job takes
 */
export function startToyWorker(
  taskcluster: LocalTaskcluster,
  taskQueueIds: readonly string[],
  runMs: number,
): ToyWorker {
  const { rootUrl, credentials } = taskcluster;
  const claims = new TaskclusterClaims(new TaskclusterClient({ rootUrl, credentials }), {
    workerGroup: 'local',
    workerId: 'toy-worker',
  });
  const stopping = new AbortController();
  const work = async (taskQueueId: string) => {
    while (!stopping.signal.aborted) {
      try {
        const claimed = await claims.claimWork(taskQueueId, 32);
        await Promise.all(
          claimed.map(async (claim) => {
            await sleep(runMs, undefined, { ref: false });
            const run = new ClaimedRun(rootUrl, claim);
            await run.upload({
              name: 'public/logs/live_backing.log',
              contentType: 'text/plain; charset=utf-8',
              content: `The toy worker ran task ${claim.taskId}, run ${claim.runId}, for ${runMs} ms.\n`,
            });
            await run.reportCompleted();
          }),
        );
      } catch (error) {
        // The job was canceled meanwhile, or the local Taskcluster is closing.
        if (!isTaskclusterError(error)) throw error;
        await sleep(100);
      }
    }
  };
  for (const taskQueueId of taskQueueIds) void work(taskQueueId);
  return { stop: () => stopping.abort() };
}
