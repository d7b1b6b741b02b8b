import { readFile } from 'node:fs/promises';
import type { CancelingRow } from './canceling.ts';
import type { GraphReading } from './graph-reading.ts';
import type { Row } from './measure.ts';

/** Limits for the figures that do not vary from run to run. */
interface Budget {
  /** Bytes. */
  bundles: Record<string, number>;
  /**
   * `<way>, <case>, <start>` → limits, for a push of any size. The depth of a hundred creations depends on how quickly
   * they are answered, so those have no limit for it.
   */
  rows: Record<string, { calls: number; depth?: number }>;
  /** Once warm, the bytes read may differ at most by this factor between the smallest and the largest push. */
  warmGrowth: number;
  /**
   * Actions that read a graph: memory; time, relative to decompressing and parsing the whole graph in the same run; and
   * the time of a second action in the same process.
   */
  graph: { peakRssMb: number; timesParse: number; warmMs: number };
  /**
   * Canceling a thousand tasks: calls besides the pages of the listing, and memory for a group of any size. For the
   * smallest group, the processor time of the best warm call, and its time against the round trips. That time is only
   * checked where nothing else is measured: a busy machine makes it meaningless.
   */
  canceling: { callsBesidesPages: number; peakRssMb: number; warmCpuMs: number; overRoundTrips: number };
}

/** @returns one line for each figure that is over its budget */
export async function overBudget(rows: readonly Row[], bundles: Record<string, number>): Promise<string[]> {
  const budget = await readBudget();
  const over: string[] = [];
  for (const [name, most] of Object.entries(budget.bundles)) {
    const bytes = bundles[name] ?? Infinity;
    if (bytes > most) over.push(`bundle ${name}: ${bytes} bytes, budget ${most}`);
  }
  return [...over, ...rows.flatMap((row) => overCounts(row, budget)), ...growth(rows, budget.warmGrowth)];
}

/** @returns one line for each count of the row that is over its budget */
function overCounts(row: Row, budget: Budget): string[] {
  const name = `${row.way}, ${row.case}, ${row.start}`;
  const most = budget.rows[name];
  if (!most) return [`${name}: has no budget`];
  return (['calls', 'depth'] as const).flatMap((figure) => {
    // Without latency, each call ends before the next begins, so all of them seem sequential.
    if (figure === 'depth' && row.latencyMs === 0) return [];
    if (row[figure] <= (most[figure] ?? Infinity)) return [];
    return [`${name}, ${row.size} tasks: ${row[figure]} ${figure}, budget ${most[figure]}`];
  });
}

/** @returns one line for each figure that is over its budget */
export async function overGraphBudget(
  { parse, stream }: GraphReading,
  rows: readonly Row[],
): Promise<string[]> {
  const budget = await readBudget();
  const { peakRssMb, timesParse, warmMs } = budget.graph;
  const readings = [
    { name: 'reading a graph', start: 'cold', ...stream },
    ...rows.map((row) => ({ ...row, name: `${row.way}, ${row.case}, ${row.start}` })),
  ];
  const over = rows.flatMap((row) => overCounts(row, budget));
  for (const { name, start, wallMs, peakRssMb: mb } of readings) {
    const most = start === 'cold' ? timesParse * parse.wallMs : warmMs;
    if (wallMs > most) over.push(`${name}: ${Math.round(wallMs)} ms, budget ${Math.round(most)}`);
    if (mb > peakRssMb) over.push(`${name}: ${Math.round(mb)} MB, budget ${peakRssMb}`);
  }
  return over;
}

/**
 * @param times whether to check the wall clock
 * @returns one line for each figure that is over its budget
 */
export async function overCancelingBudget(
  rows: readonly CancelingRow[],
  { times }: { times: boolean },
): Promise<string[]> {
  const { canceling } = await readBudget();
  const smallest = Math.min(...rows.map(({ size }) => size));
  const warm = rows.filter(({ size, start }) => size === smallest && start === 'warm');
  const cpuMs = Math.min(...warm.map((row) => row.cpuMs));
  const ratio = Math.min(...warm.map((row) => row.overRoundTrips));
  const name = `cancel-all, ${smallest} tasks, warm`;
  const slow = [
    ...(cpuMs > canceling.warmCpuMs
      ? [`${name}: ${Math.round(cpuMs)} ms of processor time, budget ${canceling.warmCpuMs}`]
      : []),
    ...(times && ratio > canceling.overRoundTrips
      ? [`${name}: ${ratio.toFixed(2)} × the round trips, budget ${canceling.overRoundTrips}`]
      : []),
  ];
  const large = rows.flatMap(({ size, calls, pages, peakRssMb }) => [
    ...(calls - pages > canceling.callsBesidesPages
      ? [
          `cancel-all, ${size} tasks: ${calls - pages} calls besides pages, budget ${canceling.callsBesidesPages}`,
        ]
      : []),
    ...(peakRssMb > canceling.peakRssMb
      ? [`cancel-all, ${size} tasks: ${Math.round(peakRssMb)} MB, budget ${canceling.peakRssMb}`]
      : []),
  ]);
  return [...slow, ...large];
}

async function readBudget(): Promise<Budget> {
  return JSON.parse(await readFile(new URL('./budget.json', import.meta.url), 'utf8'));
}

/** A warm retrigger must not read more on a larger push. */
function growth(rows: readonly Row[], factor: number): string[] {
  const warm = rows.filter(({ start, way }) => start === 'warm' && way === 'direct');
  const smallest = Math.min(...warm.map(({ size }) => size));
  return warm.flatMap((row) => {
    // A push of 50 tasks does not have a hundred labels, so compare only rows that do the same work.
    const base = warm.find(
      (other) => other.size === smallest && other.case === row.case && other.calls === row.calls,
    );
    if (!base || row.bytesRead <= base.bytesRead * factor + 1_000) return [];
    return [
      `${row.case}, warm: ${row.bytesRead} bytes at ${row.size} tasks, ${base.bytesRead} at ${smallest}`,
    ];
  });
}
