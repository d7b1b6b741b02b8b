import { AsyncLocalStorage } from 'node:async_hooks';

const deadlines = new AsyncLocalStorage<number>();

/**
 * Runs work that must be done by a deadline: none of its requests starts, or waits for an answer, after that. An
 * earlier deadline around it stays in force.
 *
 * @param deadline ms since the epoch
 */
export function within<T>(deadline: number, work: () => T): T {
  // AbortSignal.timeout takes whole milliseconds only.
  return deadlines.run(Math.floor(Math.min(deadline, deadlines.getStore() ?? Infinity)), work);
}

/** Milliseconds until the deadline of the current work; 0 or less if it has passed, Infinity without a deadline. */
export function timeLeft(): number {
  return (deadlines.getStore() ?? Infinity) - Date.now();
}

/** The result of work that others share, or undefined if the deadline of the current work comes first. */
export async function beforeDeadline<T>(shared: Promise<T>): Promise<T | undefined> {
  const left = timeLeft();
  if (left === Infinity) return shared;
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, Math.max(0, left), undefined);
  try {
    return await Promise.race([shared, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The deadlines of the phases of one action, ms since the epoch, each later than the one before. */
export interface Deadlines {
  /** For reading what a decision needs. What is not decided by then is forwarded, which also takes time. */
  reading: number;
  writing: number;
  /** For looking up writes that were not answered. After that, the caller must get an answer. */
  looking: number;
}

export const NO_DEADLINES: Deadlines = { reading: Infinity, writing: Infinity, looking: Infinity };
