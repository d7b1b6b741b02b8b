export interface Shutdown {
  /** Aborted when nothing more may be claimed. */
  signal: AbortSignal;
  /** Resolves when unfinished tasks must be given back. */
  begun: Promise<void>;
  /** Cancels the shutdown, when there is nothing left to give back. */
  clear: () => void;
}

/**
 * A shutdown that begins when this process must end: on SIGTERM, and before Lambda ends it.
 *
 * @param ms from now
 * @param graceMs after SIGTERM, in which nothing more is claimed but claimed tasks may finish
 */
export function shutdownAfter(ms: number, graceMs = 0): Shutdown {
  const controller = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const begin = () => {
    controller.abort();
    resolve();
  };
  let timer = setTimeout(begin, Math.max(0, ms));
  const terminate = () => {
    if (graceMs === 0) return begin();
    controller.abort();
    clearTimeout(timer);
    timer = setTimeout(begin, graceMs);
  };
  process.once('SIGTERM', terminate);
  return {
    signal: controller.signal,
    begun,
    clear: () => {
      clearTimeout(timer);
      process.removeListener('SIGTERM', terminate);
    },
  };
}
