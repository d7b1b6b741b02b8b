import { once } from 'node:events';

/**
 * Waits for Ctrl-C, or for the end of a process that should have run until then.
 *
 * @param exited exit code of that process
 */
export async function untilInterrupted(
  exited: Promise<number> = new Promise(() => undefined),
): Promise<void> {
  const keepAlive = setInterval(() => undefined, 60_000);
  const reason = await Promise.race([
    once(process, 'SIGINT').then(() => undefined),
    once(process, 'SIGTERM').then(() => undefined),
    exited,
  ]);
  clearInterval(keepAlive);
  if (reason !== undefined) {
    console.error(`the functions exited with code ${reason}`);
    process.exitCode = 1;
  }
}
