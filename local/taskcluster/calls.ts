import type { Call } from './api.ts';

/** Every API call, in order of arrival. */
export class CallLog {
  readonly #startedAt = performance.now();
  #calls: Call[] = [];

  /** Records a call that has just arrived; the caller fills in the rest. */
  start(call: Pick<Call, 'service' | 'method' | 'httpMethod' | 'path'>): Call {
    const startMs = this.elapsed();
    const started: Call = { ...call, status: 0, bytes: 0, startMs, endMs: startMs };
    this.#calls.push(started);
    return started;
  }

  list(): Call[] {
    return [...this.#calls];
  }

  clear(): void {
    this.#calls = [];
  }

  /** Milliseconds since the server started. */
  elapsed(): number {
    return performance.now() - this.#startedAt;
  }
}
