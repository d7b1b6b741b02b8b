import { isTaskclusterError } from '../ports/error.ts';

/** More requests at once only queue up at the other end; it is also what the client's connections allow. */
const MOST = 50;
const FEWEST = 2;
/** A request that takes this much longer than the quickest of late is a sign that the service has its hands full. */
const SLOW = 3;
/** How fast the quickest answer is forgotten, so that the limit recovers after a service becomes slower for good. */
const FORGET = 1.001;

/**
 * Lets requests through at the concurrency that the service bears: one more after each round without trouble, half as
 * many after a 429 or 503, a tenth less while answers take much longer than they did (additive increase,
 * multiplicative decrease, as TCP does it). Shared by all actions of one process.
 */
export class ConcurrencyLimit {
  #allowed = MOST / 2;
  #underWay = 0;
  #quickestMs = Infinity;
  #begun = 0;
  /** How many had begun at the last change for the worse: one bad moment must count once, not once per request in it. */
  #begunWhenSlower = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;

  /** @param now a monotonic clock, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many requests may be under way at once. */
  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  async run<T>(request: () => Promise<T>): Promise<T> {
    await this.#enter();
    const nth = ++this.#begun;
    const started = this.#now();
    try {
      const result = await request();
      this.#answered(this.#now() - started, nth);
      return result;
    } catch (error) {
      if (isTaskclusterError(error) && (error.statusCode === 429 || error.statusCode === 503))
        this.#slower(2, nth);
      throw error;
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#underWay < this.allowed) {
      this.#underWay++;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  /** A call that is let in is counted here, before another one can take its place. */
  #leave(): void {
    this.#underWay--;
    while (this.#underWay < this.allowed) {
      const enter = this.#waiting.shift();
      if (!enter) return;
      this.#underWay++;
      enter();
    }
  }

  #answered(ms: number, nth: number): void {
    this.#quickestMs = Math.min(this.#quickestMs * FORGET, ms);
    // Below some milliseconds a difference says more about this machine than about the service.
    if (ms > SLOW * Math.max(this.#quickestMs, 20)) this.#slower(1.1, nth);
    else this.#allowed = Math.min(MOST, this.#allowed + 1 / this.#allowed);
  }

  /** @param nth the request that has met the trouble; what began before the last change tells of the same moment */
  #slower(factor: number, nth: number): void {
    if (nth <= this.#begunWhenSlower) return;
    this.#begunWhenSlower = this.#begun;
    this.#allowed = Math.max(FEWEST, this.#allowed / factor);
  }
}
