import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from '../../../functions/taskcluster/concurrency-limit.ts';
import { failedCall, type Status } from '../fixtures.ts';

/** A service that answers when the test says so, and a clock that the test moves. */
class Service {
  nowMs = 0;
  readonly limit = new ConcurrencyLimit(() => this.nowMs);
  readonly settled: string[] = [];
  started = 0;
  most = 0;
  readonly #underWay: ((status: Status) => void)[] = [];

  get underWay(): number {
    return this.#underWay.length;
  }

  /** Sends requests through the limit; each records how it ended. */
  async send(count: number): Promise<void> {
    for (let nth = 0; nth < count; nth++) {
      const request = () => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        this.started++;
        this.#underWay.push((status) => {
          if (status === 200) resolve();
          else reject(failedCall('createTask', status));
        });
        this.most = Math.max(this.most, this.underWay);
        return promise;
      };
      void this.limit.run(request).then(
        () => this.settled.push('done'),
        () => this.settled.push('refused'),
      );
    }
    await settle();
  }

  /** Answers the oldest requests under way after this many ms. */
  async answer(count: number, status: Status = 200, ms = 0): Promise<void> {
    this.nowMs += ms;
    for (const end of this.#underWay.splice(0, count)) end(status);
    await settle();
  }

  /** Answers everything, round by round, until nothing waits. */
  async answerAll(status: Status = 200, ms = 0): Promise<void> {
    while (this.underWay > 0) await this.answer(this.underWay, status, ms);
  }
}

/** Runs everything that is ready. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('requests under way at once', () => {
  it('are 25 at first, and at most 50 while all goes well', async () => {
    const service = new Service();
    await service.send(3_000);
    expect(service.underWay).toBe(25);
    await service.answerAll();
    expect(service.most).toBe(50);
    expect(service.settled).toStrictEqual(Array.from({ length: 3_000 }, () => 'done'));
  });

  it.each([429, 503])('are halved by a %i, once per burst', async (status) => {
    const service = new Service();
    await service.send(1_000);
    await service.answer(25, status);
    expect(service.underWay).toBe(12);
    await service.answer(12, status);
    expect(service.underWay).toBe(6);
    await service.answer(6, status);
    expect(service.underWay).toBe(3);
  });

  it('are never fewer than two', async () => {
    const service = new Service();
    await service.send(1_000);
    for (let round = 0; round < 20; round++) await service.answer(service.underWay, 429);
    expect(service.underWay).toBe(2);
  });

  it.each([400, 403, 409, 500, 'no answer'] as const)('do not change after %s', async (status) => {
    const service = new Service();
    await service.send(1_000);
    await service.answer(25, status);
    expect(service.underWay).toBe(25);
  });

  it('become fewer while answers take much longer than before', async () => {
    const service = new Service();
    await service.send(1_000);
    await service.answer(25, 200, 30);
    const { allowed } = service.limit;
    for (let round = 0; round < 10; round++) await service.answer(service.underWay, 200, 120);
    expect(service.limit.allowed).toBeLessThan(allowed / 2);
  });

  it('do not change because of a few milliseconds of jitter', async () => {
    const service = new Service();
    await service.send(100);
    await service.answer(25, 200, 1);
    await service.answer(service.underWay, 200, 55);
    expect(service.limit.allowed).toBeGreaterThan(25);
  });

  it('increase again after trouble', async () => {
    const service = new Service();
    await service.send(3_000);
    await service.answer(25, 429);
    await service.answer(12, 429);
    expect(service.underWay).toBe(6);
    await service.answerAll();
    expect(service.limit.allowed).toBe(50);
  });

  it('increase again if the service has become permanently slower', async () => {
    const service = new Service();
    await service.send(5_000);
    await service.answer(25, 200, 20);
    await service.answerAll(200, 200);
    expect(service.limit.allowed).toBe(50);
  });
});

describe('the limit', () => {
  it('returns what a request returns, and throws what it throws', async () => {
    const limit = new ConcurrencyLimit();
    await expect(limit.run(() => Promise.resolve(7))).resolves.toBe(7);
    const failure = new TypeError('x');
    await expect(limit.run(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(limit.allowed).toBe(25);
  });

  it('loses nothing, starves nothing, and never lets more than 50 through, whatever happens', async () => {
    const moment = fc.record({
      send: fc.nat(80),
      answer: fc.nat(60),
      status: fc.constantFrom<Status>(200, 200, 200, 400, 429, 503, 'no answer'),
      ms: fc.constantFrom(0, 5, 30, 400),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 30 }), async (moments) => {
        const service = new Service();
        let sent = 0;
        for (const { send, answer, status, ms } of moments) {
          sent += send;
          await service.send(send);
          await service.answer(answer, status, ms);
          // Nothing waits while there is room.
          const waiting = sent - service.started;
          const room = Math.max(0, service.limit.allowed - service.underWay);
          expect(Math.min(waiting, room)).toBe(0);
        }
        await service.answerAll();
        expect(service.settled).toHaveLength(sent);
        expect(service.started).toBe(sent);
        expect(service.most).toBeLessThanOrEqual(50);
      }),
      { numRuns: 50 },
    );
  });
});
