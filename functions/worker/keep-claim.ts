import type { Log } from '../platform/log.ts';
import type { ClaimedRun } from '../taskcluster/claims.ts';
import { isTaskclusterError } from '../taskcluster/error.ts';
import type { Resolution } from './perform-claim.ts';

export interface ClaimKeeper {
  /** Resolves if the claim can't be kept: the task was canceled, or its deadline has passed. */
  lost: Promise<Resolution>;
  stop(): void;
}

/** Reclaims whenever half of a claim's time has passed, so that work may outlast any single claim. */
export function keepClaim(
  run: ClaimedRun,
  takenUntil: string,
  { log, now }: { log: Log; now: () => Date },
): ClaimKeeper {
  const { promise: lost, resolve } = Promise.withResolvers<Resolution>();
  let timer: NodeJS.Timeout;
  const schedule = (until: string) => {
    const half = (Date.parse(until) - now().getTime()) / 2;
    timer = setTimeout(() => void reclaim(), Math.max(half, 1_000));
    timer.unref();
  };
  const reclaim = async () => {
    try {
      schedule(await run.reclaim());
    } catch (error) {
      if (!isTaskclusterError(error)) log.unexpected(error);
      resolve('lost');
    }
  };
  schedule(takenUntil);
  return { lost, stop: () => clearTimeout(timer) };
}
