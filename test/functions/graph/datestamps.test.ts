import { describe, expect, it } from 'vitest';
import { resolveDatestamps } from '../../../functions/graph/datestamps.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';

const NOW = new Date('2026-05-01T12:30:00.250Z');
const after = (text: unknown): unknown => resolveDatestamps({ 'relative-datestamp': text }, NOW);

describe('a relative datestamp', () => {
  it.each([
    ['0 seconds', '2026-05-01T12:30:00.250Z'],
    ['1 second', '2026-05-01T12:30:01.250Z'],
    ['1s', '2026-05-01T12:30:01.250Z'],
    ['90 minutes', '2026-05-01T14:00:00.250Z'],
    ['5min', '2026-05-01T12:35:00.250Z'],
    ['2 h', '2026-05-01T14:30:00.250Z'],
    ['14 days', '2026-05-15T12:30:00.250Z'],
    ['1   day', '2026-05-02T12:30:00.250Z'],
    ['3 months', '2026-07-30T12:30:00.250Z'],
    ['1 mo', '2026-05-31T12:30:00.250Z'],
    ['1 month', '2026-05-31T12:30:00.250Z'],
    ['1 year', '2027-05-01T12:30:00.250Z'],
    ['1y', '2027-05-01T12:30:00.250Z'],
    ['2 years', '2028-04-30T12:30:00.250Z'],
  ])('%s', (text, time) => {
    expect(after(text)).toBe(time);
  });

  it('uses only the first number with a unit', () => {
    expect(after('in 1 day 2 hours')).toBe('2026-05-02T12:30:00.250Z');
    expect(after('7, or rather 3 days')).toBe('2026-05-04T12:30:00.250Z');
    expect(after('-1 day')).toBe('2026-05-02T12:30:00.250Z');
  });

  it.each([
    '2 weeks',
    '1 Day',
    'tomorrow',
    '10',
    '1.5 days',
    '.5 days',
    '1 dayish',
    '',
    '8000 years',
    `${'9'.repeat(400)} days`,
    null,
    5,
  ])('%s is not understood', (text) => {
    expect(() => after(text)).toThrow(Uncertain);
  });

  it('is resolved anywhere, and nothing else is', () => {
    expect(
      resolveDatestamps({ a: [{ b: { 'relative-datestamp': '1 s' } }], c: '1 day', d: 5 }, NOW),
    ).toStrictEqual({ a: [{ b: '2026-05-01T12:30:01.250Z' }], c: '1 day', d: 5 });
  });

  it('takes linear time for endless digits', () => {
    expect(() => after('1 '.repeat(500_000))).toThrow(Uncertain);
    expect(() => after('1'.repeat(1_000_000))).toThrow(Uncertain);
  });
});
