import type { Assumptions } from './assumptions.ts';
import type { Retrigger } from './world.ts';

export interface Load {
  name: string;
  retriggers: number;
  /** The time over which they arrive: by the assumed hours if it is a day, otherwise evenly. */
  overMs: number;
}

export const DAY_MS = 24 * 3_600_000;

/** The clicks of a load in order of time; the same for the same seed. */
export function clicksOf({ retriggers, overMs }: Load, { seed, hours, clicks }: Assumptions): Retrigger[] {
  const random = mulberry32(seed);
  const cases = Object.entries(clicks);
  const moment = () => {
    if (overMs !== DAY_MS) return random() * overMs;
    const hour = pick(hours, random());
    return (hour + random()) * 3_600_000;
  };
  return Array.from({ length: retriggers }, (): Retrigger => {
    const [name = ''] =
      cases[
        pick(
          cases.map(([, share]) => share),
          random(),
        )
      ] ?? [];
    return { case: name, clickMs: moment(), ended: 0 };
  }).toSorted((a, b) => a.clickMs - b.clickMs);
}

/** An index, chosen in proportion to the shares. @param at 0 to 1 */
function pick(shares: readonly number[], at: number): number {
  let left = at * shares.reduce((sum, share) => sum + share, 0);
  const index = shares.findIndex((share) => (left -= share) < 0);
  return index === -1 ? shares.length - 1 : index;
}

/** A small random number generator with the same numbers everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
