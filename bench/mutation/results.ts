import type { Mutant } from './mutants.ts';

/** The result of one mutant. */
export interface Result {
  file: string;
  mutant: Mutant;
  /** How many test files reached it. */
  tests: number;
  /** What noticed it; absent if nothing did. */
  by?: string;
}

export interface Score {
  all: number;
  killed: number;
  /** Survivors with a reason next to the code. */
  explained: number;
}

export function scoreOf(results: readonly Result[]): Score {
  const alive = results.filter(({ by }) => by === undefined);
  return {
    all: results.length,
    killed: results.length - alive.length,
    explained: alive.filter(({ mutant }) => mutant.reason !== undefined).length,
  };
}

export function percent({ all, killed }: Score): string {
  return all === 0 ? '–' : `${((100 * killed) / all).toFixed(1)} %`;
}

/**
 * Whether tests noticed too little of a folder or file. Reasons do not count: they explain survivors, but kill none.
 */
export function isBelowFloor(results: readonly Result[], prefix: string, floor: number): boolean {
  const { all, killed } = scoreOf(results.filter(({ file }) => file.startsWith(prefix)));
  return 100 * killed < floor * all;
}

/** The survivors without a reason next to the code. */
export function unexplained(results: readonly Result[]): Result[] {
  return results.filter(({ by, mutant }) => by === undefined && mutant.reason === undefined);
}

/** Scores per file and per folder, then each survivor. */
export function describeResults(
  results: readonly Result[],
  floors: Readonly<Record<string, number>>,
): string {
  const byFile = Map.groupBy(results, ({ file }) => file);
  const files = [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const folders = Object.entries(floors).map(([prefix, floor]): [string, Result[], number] => [
    prefix,
    results.filter(({ file }) => file.startsWith(prefix)),
    floor,
  ]);
  const alive = inOrder(results).filter(({ by }) => by === undefined);
  return [
    ...files.map(([file, own]) => row(file, scoreOf(own))),
    '',
    ...folders
      .filter(([, own]) => own.length > 0)
      .map(([prefix, own, floor]) =>
        row(prefix, scoreOf(own), `  wanted ${floor} %${isBelowFloor(own, prefix, floor) ? ': MISSED' : ''}`),
      ),
    '',
    ...alive.map(({ file, mutant: { line, name, reason }, tests }) => {
      const why = reason ?? (tests === 0 ? 'NO TEST COMES BY' : 'UNEXPLAINED');
      return `${file}:${line}  ${name}  (${why})`;
    }),
  ].join('\n');
}

/** Each mutant with the test that noticed it. */
export function describeNoticed(results: readonly Result[]): string {
  return inOrder(results)
    .filter(({ by }) => by !== undefined)
    .map(({ file, mutant: { line, name }, by }) => `${file}:${line}  ${name}  (${by})`)
    .join('\n');
}

function inOrder(results: readonly Result[]): Result[] {
  return results.toSorted((a, b) =>
    a.file === b.file ? a.mutant.id - b.mutant.id : a.file < b.file ? -1 : 1,
  );
}

function row(name: string, score: Score, note = ''): string {
  const counts = `${score.killed} of ${score.all}`;
  return `${name.padEnd(44)} ${percent(score).padStart(8)}  ${counts.padStart(14)}${note}`;
}
