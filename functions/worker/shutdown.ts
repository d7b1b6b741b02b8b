export interface Shutdown {
  /** Nothing more is to be claimed. */
  signal: AbortSignal;
  /** Resolves when what is unfinished has to be given back. */
  begun: Promise<void>;
  /** Forgets about it, when the process has nothing left to give back. */
  clear: () => void;
}

/**
 * Begins when this process must end: on SIGTERM, and before Lambda would cut it off.
 *
 * @param ms from now
 * @param graceMs after SIGTERM, in which nothing is claimed any more and what was claimed may come to its end
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
