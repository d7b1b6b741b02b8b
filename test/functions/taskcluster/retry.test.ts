import { afterEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../../functions/platform/deadline.ts';
import { pauseMs, withRetries, WRITE_POLICY } from '../../../functions/taskcluster/retry.ts';
import { failedCall, type Status } from '../fixtures.ts';

const SHORT = { tries: 3, firstDelayMs: 1, share: 1 / 2 };

/** Fails with these statuses, one after another, and then succeeds. */
function failing(...statuses: Status[]) {
  let tries = 0;
  return {
    tries: () => tries,
    attempt: () => {
      const status = statuses[tries++];
      return status === undefined ? Promise.resolve('done') : Promise.reject(failedCall('task', status));
    },
  };
}

describe('a call that fails', () => {
  it.each(['no answer', 429, 500, 502, 503] as const)(
    'with %s is retried until it succeeds',
    async (status) => {
      const { attempt, tries } = failing(status, status);
      await expect(withRetries(SHORT, attempt)).resolves.toBe('done');
      expect(tries()).toBe(3);
    },
  );

  it('is given up after the last try, with the last error', async () => {
    const { attempt, tries } = failing(500, 503, 502, 500);
    await expect(withRetries(SHORT, attempt)).rejects.toMatchObject({ statusCode: 502 });
    expect(tries()).toBe(3);
  });

  it.each([400, 401, 403, 404, 409, 413, 424])('with %i is not retried', async (status) => {
    const { attempt, tries } = failing(status);
    await expect(withRetries(SHORT, attempt)).rejects.toMatchObject({ statusCode: status });
    expect(tries()).toBe(1);
  });

  it('is not retried once it was refused', async () => {
    const { attempt, tries } = failing(503, 403, 503);
    await expect(withRetries(SHORT, attempt)).rejects.toMatchObject({ statusCode: 403 });
    expect(tries()).toBe(2);
  });

  it('is not retried if there is no time for the pause before', async () => {
    const slow = { ...SHORT, firstDelayMs: 60_000 };
    const { attempt, tries } = failing(500);
    await expect(within(Date.now() + 60_000, () => withRetries(slow, attempt))).rejects.toMatchObject({
      statusCode: 500,
    });
    expect(tries()).toBe(1);
  });

  it('remembers that an earlier try got no answer: it may have taken effect', async () => {
    const refused = failing('no answer', 403);
    await expect(withRetries(SHORT, refused.attempt)).rejects.toMatchObject({
      statusCode: 403,
      unanswered: true,
    });
    const answered = failing(429, 403);
    await expect(withRetries(SHORT, answered.attempt)).rejects.toMatchObject({
      statusCode: 403,
      unanswered: false,
    });
  });

  it('for a bug of ours is not retried', async () => {
    let tries = 0;
    const attempt = () => {
      tries++;
      return Promise.reject(new TypeError('x'));
    };
    await expect(withRetries(SHORT, attempt)).rejects.toThrow(TypeError);
    expect(tries).toBe(1);
  });
});

describe('the pause before another try', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['first', 2, 0, 150],
    ['first', 2, 0.5, 200],
    ['first', 2, 1, 250],
    ['second', 3, 0.5, 400],
    ['last', 7, 0.5, 6_400],
  ])('of a write: %s (try %i), random %d: %i ms', (_, attempt, random, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(pauseMs(attempt, WRITE_POLICY)).toBe(ms);
  });

  it('of a write adds up to about 12 s', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const pauses = Array.from({ length: WRITE_POLICY.tries - 1 }, (_, nth) => pauseMs(nth + 2, WRITE_POLICY));
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(12_600);
  });
});
