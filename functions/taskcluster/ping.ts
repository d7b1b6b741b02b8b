/** What can be said of a deployment without credentials. */
export interface Ping {
  /** By how much our clock is ahead of Taskcluster's, to the second of its `Date` header; negative: behind. */
  clockAheadMs: number;
}

/**
 * Asks the auth service whether it is there.
 *
 * @throws Error that says why not
 */
export async function ping(rootUrl: string, now: () => number, timeoutMs = 5_000): Promise<Ping> {
  const asked = now();
  const response = await fetch(`${rootUrl}/api/auth/v1/ping`, { signal: AbortSignal.timeout(timeoutMs) });
  // Half of the way there and back has passed since the header was written; that second does not matter.
  const date = Date.parse(response.headers.get('date') ?? '');
  await response.body?.cancel();
  if (!response.ok) throw new Error(`ping answered ${response.status}`);
  return { clockAheadMs: Number.isNaN(date) ? 0 : asked - date };
}
