import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../platform/log.ts';
import type { Claim } from '../taskcluster/claims.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { performClaim, type WorkerServices } from './perform-claim.ts';
import type { Resolution } from './resolution.ts';
import type { Shutdown } from './shutdown.ts';

/** claimWork returns up to 32; more at once would only wait for each other in this process. */
const CAPACITY = 32;
/** Wait after a failed poll: the queue is in trouble and must not be hammered. */
const PAUSE_MS = 5_000;

export interface PollServices extends WorkerServices {
  claimWork(taskQueueId: string, tasks: number): Promise<Claim[]>;
  /** Starts one more worker; false if there are enough. */
  scaleOut(): Promise<boolean>;
  log: Log;
}

export interface PollOptions {
  taskQueueIds: readonly string[];
  /** `poll`: hold long polls until the time is up. `drain`: stop polling a queue after an empty answer. */
  mode: 'poll' | 'drain';
  /** No claim is started after this, ms since the epoch. */
  until: number;
  shutdown: Shutdown;
}

/** How many action tasks ended in each way. */
export type PollSummary = Record<Resolution, number>;

/** Polls the queues in parallel, performs what it claims, and returns when all of it is resolved. */
export async function poll(options: PollOptions, services: PollServices): Promise<PollSummary> {
  const summary: PollSummary = { completed: 0, failed: 0, malformed: 0, shutdown: 0, lost: 0 };
  await Promise.all(options.taskQueueIds.map((queue) => pollQueue(queue, options, services, summary)));
  return summary;
}

async function pollQueue(
  taskQueueId: string,
  { mode, until, shutdown }: PollOptions,
  services: PollServices,
  summary: PollSummary,
): Promise<void> {
  const { log, now } = services;
  const underWay = new Set<Promise<Resolution>>();
  const goesOn = () => !shutdown.signal.aborted && now().getTime() < until;
  while (goesOn()) {
    if (underWay.size >= CAPACITY) {
      await Promise.race(underWay);
      continue;
    }
    try {
      const free = CAPACITY - underWay.size;
      // Never abandoned, not even on shutdown: claims of an unread answer would be stuck until they expire.
      const claims = await services.claimWork(taskQueueId, free);
      const waited = oldestSeconds(claims, now());
      log.event('polled', { taskQueueId, claimed: claims.length, oldestSeconds: waited });
      // In a burst the next tasks come within a long poll's 20 s; a drain that had ended would be missed (docs/scale.md).
      if (mode === 'drain' && claims.length === 0) break;
      for (const claim of claims) {
        const performed = performClaim(taskQueueId, claim, services, shutdown.begun);
        underWay.add(performed);
        void performed
          .then((resolution) => summary[resolution]++)
          .finally(() => {
            underWay.delete(performed);
            claim.release();
          });
      }
      if (claims.length === free) await services.scaleOut();
    } catch (error) {
      if (isTaskclusterError(error)) {
        const { method, statusCode, code } = error;
        log.event('poll-failed', { taskQueueId, method, statusCode, code });
      } else {
        log.unexpected(error);
      }
      // Other runs continue polling; a run that was started for a full queue has done its part.
      if (mode === 'drain') break;
      // mutant stays: without the signal the pause is longer, and all else the same
      await sleep(pauseMs(now(), until), undefined, { signal: shutdown.signal }).catch(() => undefined);
    }
  }
  await Promise.all(underWay);
}

/** How long to wait after a poll that failed: no longer than this worker has. */
export function pauseMs(now: Date, until: number): number {
  return Math.min(PAUSE_MS, Math.max(0, until - now.getTime()));
}

/** How long the oldest of these action tasks was pending, in seconds; 0 if there is none. */
export function oldestSeconds(claims: readonly Pick<Claim, 'pendingSince'>[], now: Date): number {
  const waits = claims.map(({ pendingSince }) => now.getTime() - Date.parse(pendingSince));
  return Math.round(Math.max(0, ...waits) / 1000);
}
