import type { Call } from '../local/taskcluster/api.ts';

/**
 * Sequential depth: the longest chain of calls in which each began after the previous one had ended. This is the number
 * of round trips that a developer waits for, independent of latency.
 */
export function sequentialDepth(calls: readonly Pick<Call, 'startMs' | 'endMs'>[]): number {
  const byStart = calls.toSorted((a, b) => a.startMs - b.startMs);
  const byEnd: { endMs: number; depth: number }[] = [];
  let deepest = 0;
  for (const { startMs, endMs } of byStart) {
    const before = byEnd.reduce(
      (depth, call) => (call.endMs <= startMs ? Math.max(depth, call.depth) : depth),
      0,
    );
    byEnd.push({ endMs, depth: before + 1 });
    deepest = Math.max(deepest, before + 1);
  }
  return deepest;
}
