/** What we can learn about a deployment without credentials. */
export interface Ping {
  /**
   * How far our clock is ahead of Taskcluster's, to the precision (a second) of its `Date` header; negative if behind.
   */
  clockAheadMs: number;
}

/**
 * Checks that the auth service answers.
 *
 * @throws Error that says why not
 */
export async function ping(rootUrl: string, now: () => number, timeoutMs = 5_000): Promise<Ping> {
  const asked = now();
  const response = await fetch(`${rootUrl}/api/auth/v1/ping`, {
    // Our calls follow no redirects either, so a root URL that redirects is a wrong one.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  // Half of the round trip has passed since the header was written; a second more or less does not matter.
  const date = Date.parse(response.headers.get('date') ?? '');
  await response.body?.cancel();
  if (!response.ok) throw new Error(`ping answered ${response.status}`);
  return { clockAheadMs: Number.isNaN(date) ? 0 : asked - date };
}
