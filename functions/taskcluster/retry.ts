import { setTimeout as sleep } from 'node:timers/promises';
import { timeLeft } from '../platform/deadline.ts';
import { isTaskclusterError } from '../ports/error.ts';

export interface RetryPolicy {
  /** Tries in total, including the first. */
  tries: number;
  /** Wait before the second try, in ms; doubles for each further one, plus or minus a quarter. */
  firstDelayMs: number;
  /** The share of the remaining time that one try may take. Less than 1 leaves time for another. */
  share: number;
}

/** Reads must not keep a developer waiting: the full hook is the fallback. */
export const READ_POLICY: RetryPolicy = { tries: 3, firstDelayMs: 100, share: 1 / 2 };

/** For what must not be sent again without checking what the first try did. */
export const ONCE: RetryPolicy = { tries: 1, firstDelayMs: 0, share: 1 };

/** One of several tries, for a caller who checks the result before the next. */
export const ONE_OF_SEVERAL: RetryPolicy = { ...ONCE, share: 1 / 2 };

/** Writes that have begun are finished if at all possible: about 12 s of tries. */
export const WRITE_POLICY: RetryPolicy = { tries: 7, firstDelayMs: 200, share: 1 / 2 };

/**
 * Retries what may still succeed: 5xx, 429, and requests without an answer. The library would not retry a 429, and does
 * not say whether it retried, which rerunTask must know.
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

/** Whether another try may succeed, and there is time for the wait before it. */
export function goesOn(error: unknown, failed: number, policy: RetryPolicy): boolean {
  return isRetryable(error) && failed < policy.tries && timeLeft() > longestPauseMs(failed + 1, policy);
}

/** Waits before a try (2 is the second), as the policy says. */
export async function pauseBefore(attempt: number, policy: RetryPolicy): Promise<void> {
  await sleep(pauseMs(attempt, policy));
}

/** The wait in ms. Random, so that callers do not all retry at once. */
export function pauseMs(attempt: number, policy: RetryPolicy): number {
  return longestPauseMs(attempt, policy) * (0.6 + Math.random() * 0.4);
}

function longestPauseMs(attempt: number, { firstDelayMs }: RetryPolicy): number {
  return firstDelayMs * 2 ** (attempt - 2) * 1.25;
}

/** Whether the same call may still succeed. */
export function isRetryable(error: unknown): boolean {
  if (!isTaskclusterError(error)) return false;
  const { kind, statusCode = 0 } = error;
  return kind === 'no-answer' || statusCode === 429 || statusCode >= 500;
}
