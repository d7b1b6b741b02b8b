import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from '../../../functions/platform/log.ts';
import { unexpectedAnswer } from '../../../functions/taskcluster/answers.ts';
import { reclaimLoop } from '../../../functions/worker/reclaim-loop.ts';
import { failedCall } from '../fixtures.ts';

const MINUTE = 60_000;

// Uses a fake clock: a real claim lasts 20 minutes.
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Keeps a claim, by default of 20 minutes; each reclaim gives 20 more, or fails as the test says. */
function keep(outcome: (attempt: number) => number | Error | undefined, lastsMs = 20 * MINUTE) {
  const asked: number[] = [];
  const started = Date.now();
  const reclaim = () => {
    asked.push((Date.now() - started) / MINUTE);
    const status = outcome(asked.length);
    if (status === undefined) return Promise.resolve(new Date(Date.now() + 20 * MINUTE).toISOString());
    return Promise.reject(typeof status === 'number' ? failedCall('reclaimTask', status) : status);
  };
  const records: Record<string, unknown>[] = [];
  const log = new Log((level, record) => records.push({ level, ...record }));
  const services = { log, now: () => new Date() };
  const loop = reclaimLoop({ reclaim }, new Date(started + lastsMs).toISOString(), services);
  let lost: string | undefined;
  void loop.lost.then((resolution) => (lost = resolution));
  return { asked, loop, records, isLost: () => lost === 'lost' };
}

describe('the reclaim loop', () => {
  it('reclaims after half of each claim', async () => {
    const { asked, isLost } = keep(() => undefined);
    await vi.advanceTimersByTimeAsync(31 * MINUTE);
    expect(asked).toStrictEqual([10, 20, 30]);
    expect(isLost()).toBe(false);
  });

  it('retries while the claim lasts if the queue is in trouble', async () => {
    const { asked, isLost } = keep((attempt) => (attempt === 1 ? 503 : undefined));
    await vi.advanceTimersByTimeAsync(16 * MINUTE);
    expect(asked).toStrictEqual([10, 15]);
    expect(isLost()).toBe(false);
  });

  it('retries while the claim lasts if the answer cannot be read', async () => {
    const unreadable = unexpectedAnswer('reclaimTask', 'an object', '');
    const { asked, isLost } = keep((attempt) => (attempt === 1 ? unreadable : undefined));
    await vi.advanceTimersByTimeAsync(16 * MINUTE);
    expect(asked).toStrictEqual([10, 15]);
    expect(isLost()).toBe(false);
  });

  it('gives up the claim if it has ended in the meantime', async () => {
    const { isLost } = keep(() => 503);
    await vi.advanceTimersByTimeAsync(19 * MINUTE);
    expect(isLost()).toBe(false);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(isLost()).toBe(true);
  });

  it('gives up the claim if the queue refuses it', async () => {
    const { asked, isLost } = keep(() => 409);
    await vi.advanceTimersByTimeAsync(40 * MINUTE);
    expect(asked).toStrictEqual([10]);
    expect(isLost()).toBe(true);
  });

  it('gives up the claim if it ends at the moment of a failure', async () => {
    const { asked, isLost } = keep(() => 503, 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(1);
    expect(isLost()).toBe(true);
  });

  it('waits at least a second, however short the claim', async () => {
    const { asked } = keep(() => undefined, 0);
    await vi.advanceTimersByTimeAsync(999);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(1);
  });

  it('is only logged if it fails because of a bug of ours', async () => {
    const { records, isLost } = keep(() => new TypeError('a bug'));
    const refused = keep(() => 409);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect([isLost(), refused.isLost()]).toEqual([true, true]);
    expect(records).toEqual([expect.objectContaining({ event: 'unexpected-error' })]);
    expect(refused.records).toEqual([]);
  });

  it('can end before its first reclaim', async () => {
    const { asked, loop } = keep(() => undefined);
    loop.stop();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(asked).toEqual([]);
  });

  it('ends with the work, even during a reclaim', async () => {
    const answer = Promise.withResolvers<string>();
    const asked: number[] = [];
    const reclaim = () => {
      asked.push(Date.now());
      return answer.promise;
    };
    const services = { log: new Log(() => undefined), now: () => new Date() };
    const loop = reclaimLoop({ reclaim }, new Date(Date.now() + 20 * MINUTE).toISOString(), services);
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    loop.stop();
    answer.resolve(new Date(Date.now() + 20 * MINUTE).toISOString());
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(asked).toHaveLength(1);
  });
});
