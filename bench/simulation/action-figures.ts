import { readFile } from 'node:fs/promises';
import type { Row, Way } from '../measure.ts';

/** What one action costs in calls, and how many of them follow one another. */
interface ActionFigures {
  calls: number;
  depth: number;
}

/** By `<way>, <case>, <start>`. */
export type FiguresByCase = ReadonlyMap<string, ActionFigures>;

export const figuresKey = (way: Way, name: string, start: Row['start']): string =>
  `${way}, ${name}, ${start}`;

/** Writes are sent up to so many at once (functions/taskcluster/concurrency-limit.ts); it begins with half as many. */
const AT_ONCE = 25;
/** Where the budget says nothing of a case's depth: that of one label, and the rounds of its writes. */
const DEPTH_OF_ONE = 10;

/** From the budget that the benchmarks have to keep, so that everybody who simulates gets the same. */
export async function readFigures(): Promise<FiguresByCase> {
  const { rows }: { rows: Record<string, { calls: number; depth?: number }> } = JSON.parse(
    await readFile(new URL('../budget.json', import.meta.url), 'utf8'),
  );
  const figures = Object.entries(rows).map(([name, { calls, depth }]): [string, ActionFigures] => [
    name,
    { calls, depth: depth ?? DEPTH_OF_ONE + Math.ceil(calls / AT_ONCE) },
  ]);
  return new Map(figures);
}
