import type { Invoke } from './invoke.ts';
import type { Log } from '../platform/log.ts';

/**
 * Starts drain runs, one for each full claim, up to a limit. The queue hands out each task once, so any number of runs
 * is safe.
 *
 * @returns whether another run was started
 */
export function scaleOut(
  invoke: Invoke,
  mode: 'poll' | 'drain',
  maxDrains: number,
  log: Log,
): () => Promise<boolean> {
  let started = 0;
  // Only a scheduled run starts others, so their number is limited.
  const limit = mode === 'poll' ? maxDrains : 0;
  return async () => {
    if (started >= limit) return false;
    started++;
    try {
      await invoke({ mode: 'drain' });
      log.event('scaled-out', { started });
      return true;
    } catch (error) {
      log.event('scale-out-failed', { reason: error instanceof Error ? error.message : String(error) });
      return false;
    }
  };
}
