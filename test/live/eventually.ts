import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;

/**
 * Polls until there is a result: what a Taskcluster does in the background (the index, resolved dependencies) may take
 * some seconds.
 *
 * @param what for the error message
 * @param read returns undefined while there is no result
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
