import { setTimeout as sleep } from 'node:timers/promises';
import { timeLeft } from '../platform/deadline.ts';
import { isTaskclusterError } from '../ports/error.ts';

export interface RetryPolicy {
  /** Tries in all, the first included. */
  tries: number;
  /** Before the second try, in ms; doubles with every further one, give or take a quarter. */
  firstDelayMs: number;
  /** How much of the time that is left one try may take. Less than all of it leaves time for another one. */
  share: number;
}

/** Reads must not keep a developer waiting, and have the full hook to fall back on. */
export const READ_POLICY: RetryPolicy = { tries: 3, firstDelayMs: 100, share: 1 / 2 };

/** What must not be sent again without a look at what it has done. */
export const ONCE: RetryPolicy = { tries: 1, firstDelayMs: 0, share: 1 };

/** One try of several, by a caller who looks at what it has done before the next. */
export const ONE_OF_SEVERAL: RetryPolicy = { ...ONCE, share: 1 / 2 };

/** What has been begun is finished if at all possible: about 12 s of trying. */
export const WRITE_POLICY: RetryPolicy = { tries: 7, firstDelayMs: 200, share: 1 / 2 };

/**
 * Tries again what may yet succeed: 5xx, 429, and requests that got no answer. The library itself would not retry a
 * 429, and its own retries could not be told from a first try, which rerunTask must know.
 */
export async function withRetries<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
  let unanswered = false;
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      unanswered ||= isTaskclusterError(error) && error.unanswered;
      if (!goesOn(error, failed, policy))
        throw unanswered && isTaskclusterError(error) ? error.afterUnanswered() : error;
      await pauseBefore(failed + 1, policy);
    }
  }
}

/** Whether another try may succeed, and there is time for the pause before it. */
export function goesOn(error: unknown, failed: number, policy: RetryPolicy): boolean {
  return isRetryable(error) && failed < policy.tries && timeLeft() > longestPauseMs(failed + 1, policy);
}

/** Waits as the policy says before a try, 2 for the second. */
export async function pauseBefore(attempt: number, policy: RetryPolicy): Promise<void> {
  await sleep(pauseMs(attempt, policy));
}

/** How long that is, in ms. Random, so that callers do not all come back at once. */
export function pauseMs(attempt: number, policy: RetryPolicy): number {
  return longestPauseMs(attempt, policy) * (0.6 + Math.random() * 0.4);
}

function longestPauseMs(attempt: number, { firstDelayMs }: RetryPolicy): number {
  return firstDelayMs * 2 ** (attempt - 2) * 1.25;
}

/** Whether the same call may yet succeed. */
export function isRetryable(error: unknown): boolean {
  if (!isTaskclusterError(error)) return false;
  const { kind, statusCode = 0 } = error;
  return kind === 'no-answer' || statusCode === 429 || statusCode >= 500;
}
