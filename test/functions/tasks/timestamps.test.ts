import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shiftTimestamp } from '../../../functions/tasks/timestamps.ts';
import { anyMoment } from '../fixtures.ts';

const created = Date.parse('2026-05-01T10:00:00.000Z');
const now = Date.parse('2026-05-01T12:00:00.500Z');

describe('shiftTimestamp', () => {
  it.each([
    ['an expiry', '2026-05-02T10:00:00.000Z', '2026-05-02T12:00:00.500Z'],
    ['one without milliseconds', '2026-05-02T10:00:00Z', '2026-05-02T12:00:00.500Z'],
    ['one with a space', '2026-05-02 10:00:00Z', '2026-05-02T12:00:00.500Z'],
    ['one in lower case', '2026-05-02t10:00:00z', '2026-05-02T12:00:00.500Z'],
    ['one with an offset', '2026-05-02T12:00:00+02:00', '2026-05-02T12:00:00.500Z'],
    ['one at the end of a year', '2026-12-31T23:00:00.000Z', '2027-01-01T01:00:00.500Z'],
  ])('moves %s', (_what, value, moved) => {
    expect(shiftTimestamp(value, created, now)).toBe(moved);
  });

  it.each([
    ['a build date', '2026-04-30T10:00:00.000Z'],
    ['the very moment of creation', '2026-05-01T10:00:00.000Z'],
    ['a moment before creation that an offset makes look later', '2026-05-01T11:00:00+02:00'],
    ['a date alone', '2026-05-02'],
    ['a moment without zone', '2026-05-02T10:00:00'],
    ['one inside a command', 'date --set 2026-05-02T10:00:00.000Z'],
    ['one inside JSON', '{"expires":"2026-05-02T10:00:00.000Z"}'],
    ['an hour that does not exist', '2026-05-02T29:00:00Z'],
    ['a month that does not exist', '2026-13-02T10:00:00Z'],
    ['nothing', ''],
  ])('leaves %s alone', (_what, value) => {
    expect(shiftTimestamp(value, created, now)).toBe(value);
  });

  it('leaves a time alone that no date can hold once it is moved', () => {
    const value = '9999-12-31T23:59:59.000Z';
    expect(shiftTimestamp(value, 0, 8.64e15)).toBe(value);
  });

  it('keeps the distance of every later time, and every other time unchanged', () => {
    fc.assert(
      fc.property(anyMoment, anyMoment, anyMoment, (made, value, cloned) => {
        const text = value.toISOString();
        const moved = Date.parse(shiftTimestamp(text, made.getTime(), cloned.getTime()));
        const later = value.getTime() > made.getTime();
        expect(moved).toBe(later ? cloned.getTime() + (value.getTime() - made.getTime()) : value.getTime());
      }),
    );
  });

  it('does not change any other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(shiftTimestamp(text, created, now)).toBe(text);
      }),
    );
  });
});
