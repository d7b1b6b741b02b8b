import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTooDeep, parseJson, TooDeepError } from '../../../functions/platform/json.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('parseJson', () => {
  it('parses what JSON.parse parses', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        expect(parseJson(text)).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts 100 levels and refuses more, of any kind', () => {
    expect(parseJson(nested(100))).toBeInstanceOf(Array);
    expect(() => parseJson(nested(101))).toThrow(TooDeepError);
    expect(() => parseJson('{"a":'.repeat(101) + '1' + '}'.repeat(101))).toThrow(TooDeepError);
    expect(() => parseJson('['.repeat(2_000_000))).toThrow(TooDeepError);
  });

  it('counts levels, not brackets', () => {
    expect(parseJson(`[${Array.from({ length: 200 }, () => nested(99)).join(',')}]`)).toHaveLength(200);
  });

  it('does not count brackets in strings, with any escapes', () => {
    for (const text of ['['.repeat(200), `\\"${'{'.repeat(200)}`, '\\\\', '"[[['])
      expect(parseJson(JSON.stringify({ text }))).toStrictEqual({ text });
  });

  it('counts brackets after strings that try to hide them', () => {
    expect(() => parseJson(`["\\\\",${nested(101)}]`)).toThrow(TooDeepError);
    expect(() => parseJson(`["\\"",${nested(101)}]`)).toThrow(TooDeepError);
  });
});

describe('isTooDeep', () => {
  it('judges a value as parseJson judges its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90, max: 110 }), fc.boolean(), (levels, objects) => {
        const text = objects ? `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}` : nested(levels);
        expect(isTooDeep(JSON.parse(text))).toBe(levels > 100);
      }),
    );
  });

  it('needs no stack', () => {
    expect(isTooDeep(JSON.parse(nested(100_000)))).toBe(true);
    expect(isTooDeep('text')).toBe(false);
    expect(isTooDeep(null)).toBe(false);
  });
});
