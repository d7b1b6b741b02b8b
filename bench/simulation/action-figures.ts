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

/** From bench/results.json where benchmarks have been run, else from the budget that they have to keep. */
export async function readFigures(): Promise<{ source: string; figures: FiguresByCase }> {
  const results = await readJson<{ rows: Row[] }>('../results.json');
  if (results) return { source: 'bench/results.json', figures: measured(results.rows) };
  const budget = await readJson<{ rows: Record<string, { calls: number; depth?: number }> }>(
    '../budget.json',
  );
  if (!budget) throw new Error('there is neither bench/results.json nor bench/budget.json');
  const figures = Object.entries(budget.rows).map(([name, { calls, depth }]): [string, ActionFigures] => [
    name,
    { calls, depth: depth ?? DEPTH_OF_ONE + Math.ceil(calls / AT_ONCE) },
  ]);
  return { source: 'bench/budget.json', figures: new Map(figures) };
}

/** The largest push, and calls that take time: only then do those overlap that are made side by side. */
function measured(rows: readonly Row[]): FiguresByCase {
  const figures = new Map<string, ActionFigures>();
  const slow = rows.filter(({ latencyMs }) => latencyMs > 0).toSorted((a, b) => a.size - b.size);
  for (const { way, case: name, start, calls, depth } of slow)
    figures.set(figuresKey(way, name, start), { calls, depth });
  return figures;
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
