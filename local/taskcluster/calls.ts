import type { Call } from './api.ts';

/** Every API call, in order of arrival. */
export class CallLog {
  readonly #startedAt = performance.now();
  readonly #onChange: () => void;
  #calls: Call[] = [];

  /** @param onChange called when a call arrives or ends */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Records a call that has just arrived; the caller fills in the rest. */
  start(call: Pick<Call, 'service' | 'method' | 'httpMethod' | 'path'>): Call {
    const startMs = this.elapsed();
    const started: Call = { ...call, status: 0, bytes: 0, startMs, endMs: startMs };
    this.#calls.push(started);
    this.#onChange();
    return started;
  }

  end(call: Call): void {
    call.endMs = this.elapsed();
    this.#onChange();
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
