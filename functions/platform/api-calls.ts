import { AsyncLocalStorage } from 'node:async_hooks';

interface Count {
  calls: number;
}

const counting = new AsyncLocalStorage<Count>();

/** Runs one action, counting its calls separately from other actions in this process. */
export function countingApiCalls<T>(action: () => Promise<T>): Promise<T> {
  return counting.run({ calls: 0 }, action);
}

/** Counts one request; retries count too. */
export function countApiCall(): void {
  const count = counting.getStore();
  if (count) count.calls++;
}

/** Requests to Taskcluster so far by the current action; 0 outside of one. */
export function apiCallsSoFar(): number {
  return counting.getStore()?.calls ?? 0;
}
