import { describe, expect, it } from 'vitest';
import { isObject, isSafeInteger, isStrings } from '../../../functions/tasks/shapes.ts';

describe('isObject', () => {
  it.each([[{}], [{ a: 1 }]])('%j is one', (value) => {
    expect(isObject(value)).toBe(true);
  });

  it.each([[null], [undefined], [[]], ['text'], [1], [true]])('%j is none', (value) => {
    expect(isObject(value)).toBe(false);
  });
});

describe('isStrings', () => {
  it.each([[[]], [['a', '']]])('%j is a list of strings', (value) => {
    expect(isStrings(value)).toBe(true);
  });

  it.each([[['a', 1]], [[null]], ['text'], [{ length: 0 }], [undefined]])('%j is none', (value) => {
    expect(isStrings(value)).toBe(false);
  });
});

describe('isSafeInteger', () => {
  it.each([[0], [-1], [Number.MAX_SAFE_INTEGER]])('%j is one', (value) => {
    expect(isSafeInteger(value)).toBe(true);
  });

  it.each([['1'], [1.5], [2 ** 53], [NaN], [null]])('%j is none', (value) => {
    expect(isSafeInteger(value)).toBe(false);
  });
});
