import { AsyncLocalStorage } from 'node:async_hooks';

interface Count {
  calls: number;
}

const counting = new AsyncLocalStorage<Count>();

/** Runs one action; what it calls is counted apart from every other action under way in this process. */
export function countingApiCalls<T>(action: () => Promise<T>): Promise<T> {
  return counting.run({ calls: 0 }, action);
}

/** Each request, further tries included. */
export function countApiCall(): void {
  const count = counting.getStore();
  if (count) count.calls++;
}

/** Requests to Taskcluster so far by the action in which this is asked; 0 outside of any. */
export function apiCallsSoFar(): number {
  return counting.getStore()?.calls ?? 0;
}
