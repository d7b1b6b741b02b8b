import { readFile } from 'node:fs/promises';
import type { Row, Way } from '../measure.ts';

/** How many calls one action makes, and how many of them are sequential. */
interface ActionFigures {
  calls: number;
  depth: number;
}

/** Figures by `<way>, <case>, <start>`. */
export type FiguresByCase = ReadonlyMap<string, ActionFigures>;

export const figuresKey = (way: Way, name: string, start: Row['start']): string =>
  `${way}, ${name}, ${start}`;

/** The limit of concurrent writes (functions/taskcluster/concurrency-limit.ts); it starts at half of this. */
const AT_ONCE = 25;
/** For cases without a depth in the budget: the depth of one label, plus the rounds of writes. */
const DEPTH_OF_ONE = 10;

/** Reads the figures from the benchmarks' budget, so that every simulation gets the same. */
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
