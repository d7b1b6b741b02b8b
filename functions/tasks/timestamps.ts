// Matches the same strings as taskgraph's relativize_datestamps: whole strings only, never dates inside longer text (a
// command, or JSON in an environment variable).
const TIMESTAMP =
  /^\d\d\d\d-[01]\d-[0-3]\d[t\s](?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:z|[+-]\d\d:\d\d)$/i;

/**
 * Moves one string of a definition from the original's time to the clone's, if it is a timestamp later than `created`
 * (an artifact's expiry). Earlier ones are facts (a build date) and stay unchanged.
 *
 * @param created the original's `created`, ms since the epoch
 * @param now the clone's `created`, ms since the epoch
 */
export function shiftTimestamp(value: string, created: number, now: number): string {
  if (!TIMESTAMP.test(value)) return value;
  const time = Date.parse(value);
  if (Number.isNaN(time) || time <= created) return value;
  const moved = new Date(time + (now - created));
  return Number.isNaN(moved.getTime()) ? value : moved.toISOString();
}
