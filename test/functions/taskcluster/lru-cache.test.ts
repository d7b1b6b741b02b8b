import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruCache } from '../../../functions/taskcluster/lru-cache.ts';

const LIMIT = 1_000;
const FOREVER = Infinity;

/** A value that takes this many bytes in the cache: its JSON, in quotes, and a comma. */
const bytes = (count: number, letter = 'x') => letter.repeat(count - 3);

describe('an LRU cache', () => {
  it('keeps what fits and forgets what was least recently used', () => {
    const cache = new LruCache<string>(LIMIT);
    cache.set('a', bytes(400), FOREVER);
    cache.set('b', bytes(400), FOREVER);
    expect(cache.get('a')).toBe(bytes(400));
    cache.set('c', bytes(400), FOREVER);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toStrictEqual([
      bytes(400),
      undefined,
      bytes(400),
    ]);
  });

  it('accepts a value as large as its limit, and nothing larger', () => {
    const cache = new LruCache<string>(LIMIT);
    cache.set('a', bytes(LIMIT), FOREVER);
    expect(cache.get('a')).toBeDefined();
    cache.set('b', bytes(LIMIT + 1), FOREVER);
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')).toBeDefined();
  });

  it('does not return the old value of a key whose new one is too large', () => {
    const cache = new LruCache<string>(LIMIT);
    cache.set('a', bytes(10), FOREVER);
    cache.set('a', bytes(LIMIT + 1), FOREVER);
    expect(cache.get('a')).toBeUndefined();
  });

  it('counts a value that replaced another once', () => {
    const cache = new LruCache<string>(LIMIT);
    cache.set('a', bytes(100), FOREVER);
    for (let again = 0; again < 100; again++) cache.set('b', bytes(900), FOREVER);
    expect(cache.get('a')).toBe(bytes(100));
  });

  it('forgets a value and its bytes the moment it expires', () => {
    let now = 5_000;
    const cache = new LruCache<string>(LIMIT, () => now);
    cache.set('a', bytes(900), 6_000);
    now = 5_999;
    expect(cache.get('a')).toBeDefined();
    now = 6_000;
    expect(cache.get('a')).toBeUndefined();
    cache.set('b', bytes(100), FOREVER);
    cache.set('c', bytes(900), FOREVER);
    expect(cache.get('b')).toBeDefined();
  });

  it('behaves like a list of the most recently used values that fit together', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      /** Absent for a get. */
      set: fc.option(fc.record({ bytes: fc.integer({ min: 3, max: 1_200 }), ms: fc.nat(100) }), {
        nil: undefined,
      }),
      passes: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let now = 0;
        const cache = new LruCache<string>(LIMIT, () => now);
        // The most recently used value comes last.
        const served: (string | undefined)[] = [];
        const expected: (string | undefined)[] = [];
        let model: { key: string; size: number; until: number }[] = [];
        for (const { key, set, passes } of steps) {
          now += passes;
          const held = model.find((entry) => entry.key === key);
          model = model.filter((entry) => entry !== held);
          if (set) {
            cache.set(key, bytes(set.bytes, key), now + set.ms);
            if (set.bytes > LIMIT) continue;
            model.push({ key, size: set.bytes, until: now + set.ms });
            while (sum(model.map(({ size }) => size)) > LIMIT) model.shift();
          } else {
            const alive = held && held.until > now ? held : undefined;
            served.push(cache.get(key));
            expected.push(alive && bytes(alive.size, key));
            if (alive) model.push(alive);
          }
        }
        for (const { key, size, until } of model) {
          served.push(cache.get(key));
          expected.push(until > now ? bytes(size, key) : undefined);
        }
        expect(served).toStrictEqual(expected);
      }),
    );
  });

  it('never holds more JSON than its limit, whatever the values', () => {
    // No escapes and only short numbers, because the size is an estimate.
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '/', '-'), maxLength: 60 });
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.nat(9_999),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 6 }),
        fc.dictionary(word, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const cache = new LruCache<unknown>(LIMIT);
        for (const [index, one] of values.entries()) cache.set(String(index), one, FOREVER);
        const held = values.map((_, index) => cache.get(String(index))).filter((one) => one !== undefined);
        expect(sum(held.map((one) => JSON.stringify(one).length))).toBeLessThanOrEqual(LIMIT);
      }),
    );
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
