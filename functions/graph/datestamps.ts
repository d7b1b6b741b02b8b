import { resolveParameters } from './parameters.ts';
import { quoted, Uncertain } from './uncertain.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The units of taskgraph's util/time.py, in ms. */
const UNITS = new Map(
  Object.entries({
    s: SECOND,
    second: SECOND,
    seconds: SECOND,
    min: MINUTE,
    minute: MINUTE,
    minutes: MINUTE,
    h: HOUR,
    hour: HOUR,
    hours: HOUR,
    d: DAY,
    day: DAY,
    days: DAY,
    mo: 30 * DAY,
    month: 30 * DAY,
    months: 30 * DAY,
    y: 365 * DAY,
    year: 365 * DAY,
    years: 365 * DAY,
  }),
);

/**
 * Resolves `relative-datestamp` in a definition.
 * @throws Uncertain if one is not understood
 */
export function resolveDatestamps(definition: unknown, now: Date): unknown {
  return resolveParameters(
    definition,
    new Map([['relative-datestamp', (text: string) => datestamp(text, now)]]),
  );
}

/** Only the first number with a unit counts; anything around it is ignored. */
function datestamp(text: string, now: Date): string {
  for (const match of text.matchAll(/(\d+) *([a-z]*)/g)) {
    const [, digits, name] = match;
    if (!name) continue;
    // taskgraph's pattern matches `1.5 days`, but then taskgraph cannot read the number.
    if (text[match.index - 1] === '.') break;
    const time = new Date(now.getTime() + Number(digits) * (UNITS.get(name) ?? NaN));
    // Not a time: it has no unit that we know. Python has only four-digit years.
    if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999) break;
    return time.toISOString();
  }
  throw new Uncertain(`its datestamp cannot be read: ${quoted(text)}`);
}
