import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequentialDepth } from '../../bench/depth.ts';

interface Span {
  startMs: number;
  endMs: number;
}

const span = (startMs: number, endMs: number): Span => ({ startMs, endMs });

/** The definition: tries every chain. */
function longestChain(calls: readonly Span[], after = -Infinity): number {
  const next = calls.filter(({ startMs }) => startMs >= after);
  return Math.max(0, ...next.map(({ endMs }) => 1 + longestChain(next, endMs)));
}

describe('the sequential depth', () => {
  it.each<[string, number, Span[]]>([
    ['of nothing', 0, []],
    ['of one call', 1, [span(0, 10)]],
    ['of calls one after another', 3, [span(0, 10), span(10, 20), span(25, 30)]],
    ['of calls side by side', 1, [span(0, 10), span(1, 9), span(8, 12)]],
    ['of a short chain beside one long call', 2, [span(0, 100), span(0, 10), span(10, 20)]],
    ['of two fans', 2, [span(0, 10), span(0, 12), span(12, 20), span(13, 20)]],
    ['whatever the order of the list', 3, [span(25, 30), span(0, 10), span(10, 20)]],
  ])('%s is %i', (_, depth, calls) => {
    expect(sequentialDepth(calls)).toBe(depth);
  });

  it('is the length of the longest chain', () => {
    const call = fc
      .record({ startMs: fc.nat(30), ms: fc.integer({ min: 1, max: 15 }) })
      .map(({ startMs, ms }) => span(startMs, startMs + ms));
    fc.assert(
      fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
        expect(sequentialDepth(calls)).toBe(longestChain(calls));
      }),
    );
  });
});
