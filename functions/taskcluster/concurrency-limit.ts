import { isTaskclusterError } from '../ports/error.ts';

/** More concurrent requests would only wait in the service. */
const MOST = 50;
/** A cancellation writes little, and every second of it costs machines. */
const MOST_CANCELLATIONS = 100;
const FEWEST = 2;
/** A request this many times slower than the quickest recent one is a sign that the service is overloaded. */
const SLOW = 3;
/** How fast the quickest time is forgotten, so that the limit recovers if a service becomes permanently slower. */
const FORGET = 1.001;

/**
 * Limits concurrent requests to what the service can take: one more after each round without trouble, half as many
 * after a 429 or 503, a tenth less while answers are much slower than before (additive increase, multiplicative
 * decrease, like TCP).
 */
export class ConcurrencyLimit {
  readonly #most: number;
  #allowed: number;
  #underWay = 0;
  #quickestMs = Infinity;
  #begun = 0;
  /** How many requests had started at the last decrease: one bad moment must count once, not once per request in it. */
  #begunWhenSlower = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;

  /** @param now a monotonic clock, ms */
  constructor(now: () => number = () => performance.now(), most = MOST) {
    this.#now = now;
    this.#most = most;
    this.#allowed = most / 2;
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

  /** Counts the admitted call here, before another one can take its place. */
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
    // Below a few milliseconds, a difference says more about this machine than about the service.
    if (ms > SLOW * Math.max(this.#quickestMs, 20)) this.#slower(1.1, nth);
    else this.#allowed = Math.min(this.#most, this.#allowed + 1 / this.#allowed);
  }

  /**
   * @param nth the request that met the trouble; one that started before the last decrease belongs to the same moment
   */
  #slower(factor: number, nth: number): void {
    if (nth <= this.#begunWhenSlower) return;
    this.#begunWhenSlower = this.#begun;
    this.#allowed = Math.max(FEWEST, this.#allowed / factor);
  }
}

/** The limits that all writers of one process share. */
export class WriteLimits {
  readonly runs = new ConcurrencyLimit();
  readonly cancellations = new ConcurrencyLimit(undefined, MOST_CANCELLATIONS);
}
