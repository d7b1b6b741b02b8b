import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;

/**
 * Looks again and again until there is something to see: what a Taskcluster does behind its API (the index, resolved
 * dependencies) takes it up to some seconds.
 *
 * @param what for the error message
 * @param read answers undefined as long as it is not there
 * @throws Error after the deadline, in ms
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await sleep(LOOK_MS);
  }
}
