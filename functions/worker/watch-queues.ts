import type { Log } from '../platform/log.ts';
import { isTaskclusterError } from '../taskcluster/error.ts';

/**
 * Logs how long the oldest pending action task of each queue has waited: what tells that there are too few workers.
 * Never throws; a queue that cannot be looked at is polled all the same.
 */
export async function watchQueues(
  taskQueueIds: readonly string[],
  queues: { oldestPending(taskQueueId: string): Promise<string | undefined> },
  log: Log,
): Promise<void> {
  await Promise.all(
    taskQueueIds.map(async (taskQueueId) => {
      try {
        const since = await queues.oldestPending(taskQueueId);
        const waited = since === undefined ? 0 : Math.round((Date.now() - Date.parse(since)) / 1000);
        log.event('queue-watched', { taskQueueId, oldestSeconds: Math.max(0, waited) });
      } catch (error) {
        if (!isTaskclusterError(error)) return log.unexpected(error);
        const { method, statusCode, code } = error;
        log.event('poll-failed', { taskQueueId, method, statusCode, code });
      }
    }),
  );
}
