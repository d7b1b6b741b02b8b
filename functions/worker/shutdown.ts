export interface Shutdown {
  signal: AbortSignal;
  /** Resolves when the process must end. */
  begun: Promise<void>;
  /** Forgets about it, when the process has nothing left to give back. */
  clear: () => void;
}

/**
 * Begins when this process must end: on SIGTERM, and before Lambda would cut it off.
 *
 * @param ms from now
 */
export function shutdownAfter(ms: number): Shutdown {
  const controller = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const begin = () => {
    controller.abort();
    resolve();
  };
  const timer = setTimeout(begin, Math.max(0, ms));
  process.once('SIGTERM', begin);
  return {
    signal: controller.signal,
    begun,
    clear: () => {
      clearTimeout(timer);
      process.removeListener('SIGTERM', begin);
    },
  };
}
