import type { Log } from '../platform/log.ts';
import type { ClaimedRun } from '../taskcluster/claims.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { isRetryable } from '../taskcluster/retry.ts';
import type { Resolution } from './resolution.ts';

export interface ReclaimLoop {
  /** Resolves if the claim is lost: the task was canceled, or its deadline has passed. */
  lost: Promise<Resolution>;
  stop(): void;
}

/** Reclaims whenever half of a claim's time has passed, so that work can outlast one claim. */
export function reclaimLoop(
  run: Pick<ClaimedRun, 'reclaim'>,
  takenUntil: string,
  { log, now }: { log: Log; now: () => Date },
): ReclaimLoop {
  const { promise: lost, resolve } = Promise.withResolvers<Resolution>();
  let timer: NodeJS.Timeout;
  let stopped = false;
  const schedule = (until: string) => {
    if (stopped) return;
    const left = Date.parse(until) - now().getTime();
    timer = setTimeout(() => void reclaim(until), Math.max(left / 2, 1_000));
    timer.unref();
  };
  const reclaim = async (until: string) => {
    try {
      schedule(await run.reclaim());
    } catch (error) {
      // Retry while the claim lasts if the queue is in trouble; only a refusal means that the claim is lost.
      const unsaid = isRetryable(error) || (isTaskclusterError(error) && error.kind === 'unexpected-answer');
      if (unsaid && Date.parse(until) > now().getTime()) return schedule(until);
      if (!isTaskclusterError(error)) log.unexpected(error);
      resolve('lost');
    }
  };
  schedule(takenUntil);
  return {
    lost,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
