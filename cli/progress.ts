/** After this time, say what we are waiting for. */
const QUIET_MS = 1000;

/**
 * Runs some work, and prints what it is on standard error if it takes more than a second.
 *
 * @param what is done, such as `Reading roles and clients`
 */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => process.stderr.write(`${what} …\n`), QUIET_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
