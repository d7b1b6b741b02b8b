/** Lets callers wait for a condition on something that changes. */
export class Conditions {
  readonly #waiting = new Set<() => void>();
  #scheduled = false;

  /** Checks every waiting condition again, once for all the changes of this tick. */
  changed(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const examine of this.#waiting) examine();
    });
  }

  /**
   * Resolves as soon as the condition holds, or when the signal is aborted; rejects after the timeout or with the
   * condition's own error.
   */
  async until(
    condition: () => boolean | Promise<boolean>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<void> {
    if (signal?.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => resolve();
    signal?.addEventListener('abort', stop);
    let examining = false;
    let again = false;
    const examine = async (): Promise<void> => {
      // One check at a time; a change during a check leads to another one.
      again = true;
      if (examining) return;
      examining = true;
      try {
        while (again) {
          again = false;
          if (await condition()) resolve();
        }
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      } finally {
        examining = false;
      }
    };
    const start = (): void => void examine();
    const timer = setTimeout(
      () => reject(new Error(`the condition did not hold within ${timeoutMs} ms: ${condition.toString()}`)),
      timeoutMs,
    );
    this.#waiting.add(start);
    start();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.#waiting.delete(start);
    }
  }
}
