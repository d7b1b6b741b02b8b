import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, boundedList, oneLine } from '../../../functions/platform/bounded-text.ts';

const most = fc.integer({ min: 2, max: 50 });

describe('bounded', () => {
  it('keeps a short text, and says how much of a longer one is left out', () => {
    expect(bounded('test-linux64/opt', 16)).toBe('test-linux64/opt');
    expect(bounded('test-linux64/opt-1', 16)).toBe('test-linux64/opt … (2 characters more)');
  });

  it('is never much longer than the limit, and counts exactly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '😀', ' '), maxLength: 50 }),
        most,
        (text, bound) => {
          const shown = bounded(text, bound);
          expect(shown.length).toBeLessThanOrEqual(bound + ' … (100 characters more)'.length);
          const [, kept = shown, left = '0'] = /^([^]*) … \((\d+) characters more\)$/.exec(shown) ?? [];
          expect(kept.length + Number(left)).toBe(text.length);
          expect(text.startsWith(kept)).toBe(true);
        },
      ),
    );
  });

  it('shows no control characters except line breaks and tabs', () => {
    expect(bounded('\u001b[31m\0a\tb\r\nc\u009b', 20)).toBe('\ufffd[31m\ufffda\tb\r\nc\ufffd');
    expect(bounded('\u001b\u001b', 1)).toBe('\ufffd … (1 characters more)');
  });

  it('cuts no character in two', () => {
    expect(bounded('a😀b', 2)).toBe('a … (3 characters more)');
  });
});

describe('boundedList', () => {
  it('shows what fits, at least one, and how many more there are', () => {
    expect(boundedList(['one', 'two', 'three'], 13)).toBe('one\ntwo\n… and 1 more');
    expect(boundedList(['one', 'two', 'three'], 14)).toBe('one\ntwo\nthree');
    expect(boundedList(['much longer'], 4)).toBe('much … (7 characters more)');
    expect(boundedList([], 4)).toBe('');
  });
});

describe('oneLine', () => {
  it('joins lines and keeps the rest', () => {
    expect(oneLine('  a  b \r\n\n\t c', 100)).toBe('a  b c');
  });

  it('can handle a megabyte of spaces', () => {
    expect(oneLine(`a${' '.repeat(1_000_000)}b`, 2_000_000)).toHaveLength(1_000_002);
  });
});
