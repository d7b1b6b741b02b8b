import { lastRun } from './task.ts';
import type { TaskStore } from './task-store.ts';

/** Ends the running claims whose `takenUntil` has passed (or all of them); tasks with retries left are retried. */
export function expireClaims(store: TaskStore, now: number, all = false): void {
  for (const task of store.active) {
    const run = lastRun(task);
    if (run?.state !== 'running' || run.takenUntil === undefined) continue;
    if (all || Date.parse(run.takenUntil) <= now) store.resolve(task, 'exception', 'claim-expired', 'retry');
  }
}

/**
 * Ends the unresolved tasks whose deadline has passed.
 *
 * @param since tasks whose deadline passed before this time (ms) stay unchanged, so that an old push can be loaded and
 *   viewed
 */
export function expireDeadlines(store: TaskStore, now: number, since: number): void {
  for (const task of store.active) {
    const deadline = Date.parse(task.definition.deadline);
    if (deadline < now && deadline >= since) store.cancel(task, 'deadline-exceeded');
  }
}
