import { setTimeout as sleep } from 'node:timers/promises';
import { isTaskclusterError } from '../ports/error.ts';

export interface RetryPolicy {
  /** Tries in all, the first included. */
  tries: number;
  /** Before the second try, in ms; doubles with every further one, give or take a quarter. */
  firstDelayMs: number;
}

/** Reads must not keep a developer waiting, and have the full hook to fall back on. */
const READ_POLICY: RetryPolicy = { tries: 3, firstDelayMs: 100 };

/** What must not be sent again without a look at what it has done. */
export const ONCE: RetryPolicy = { tries: 1, firstDelayMs: 0 };

/** What has been begun is finished if at all possible: about 12 s of trying. */
export const WRITE_POLICY: RetryPolicy = { tries: 7, firstDelayMs: 200 };

/**
 * Tries again what may yet succeed: 5xx, 429, and requests that got no answer. The library itself would not retry a
 * 429, and its own retries could not be told from a first try, which rerunTask must know.
 */
export async function withRetries<T>(policy = READ_POLICY, attempt: () => Promise<T>): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error) || failed >= policy.tries) throw error;
      await pauseBefore(failed + 1, policy);
    }
  }
}

/** Waits as the policy says before a try, 2 for the second. */
export async function pauseBefore(attempt: number, policy: RetryPolicy): Promise<void> {
  await sleep(pauseMs(attempt, policy));
}

/** How long that is, in ms; never the same for two callers, lest they come back together. */
export function pauseMs(attempt: number, { firstDelayMs }: RetryPolicy): number {
  return firstDelayMs * 2 ** (attempt - 2) * (0.75 + Math.random() / 2);
}

/** Whether the same call may yet succeed. */
export function isRetryable(error: unknown): boolean {
  if (!isTaskclusterError(error)) return false;
  const { kind, statusCode = 0 } = error;
  return kind === 'no-answer' || statusCode === 429 || statusCode >= 500;
}
