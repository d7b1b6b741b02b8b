import { AsyncLocalStorage } from 'node:async_hooks';

const deadlines = new AsyncLocalStorage<number>();

/**
 * Runs work that must be done by a moment: no request in it waits for an answer beyond that, and none is begun after
 * it. An earlier deadline around it stays in force.
 *
 * @param deadline ms since the epoch
 */
export function within<T>(deadline: number, work: () => T): T {
  return deadlines.run(Math.min(deadline, deadlines.getStore() ?? Infinity), work);
}

/** Milliseconds until the work in which this is asked must be done; not above 0 if it is late, Infinity without a deadline. */
export function timeLeft(): number {
  return (deadlines.getStore() ?? Infinity) - Date.now();
}

/** Until when one action may do what, ms since the epoch, each later than the one before. */
export interface Deadlines {
  /** To read what a decision needs. What is not decided by then is forwarded, which takes its time as well. */
  reading: number;
  writing: number;
  /** To look what has become of writes that were not answered. After that, the caller must be. */
  looking: number;
}

export const NO_DEADLINES: Deadlines = { reading: Infinity, writing: Infinity, looking: Infinity };
