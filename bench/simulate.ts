/**
 * `npm run simulate`: calculates what a day and a burst of retriggers mean for the functions, for Taskcluster's API and
 * for the bill, with a discrete-event simulation of both ways. Its assumptions are in bench/simulation/assumptions.ts;
 * the calls per action come from the benchmarks. It writes the tables of docs/scale.md; `npm run check` fails if they
 * are out of date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { CommandError, runCommand } from '../cli/command.ts';
import type { Way } from './measure.ts';
import { readFigures, type FiguresByCase } from './simulation/action-figures.ts';
import { ASSUMPTIONS, type Assumptions } from './simulation/assumptions.ts';
import { DAY_MS, type Load } from './simulation/load.ts';
import { simulate, type Outcome, type Waits } from './simulation/simulation.ts';

const MINUTE_MS = 60_000;
const LOADS: readonly Load[] = [
  { name: '10,000 in a day', retriggers: 10_000, overMs: DAY_MS },
  { name: '1,000 in a minute', retriggers: 1_000, overMs: MINUTE_MS },
  { name: '100,000 in a day', retriggers: 100_000, overMs: DAY_MS },
  { name: '10,000 in a minute', retriggers: 10_000, overMs: MINUTE_MS },
];
const MORE_RUNS = { maxDrains: 16, concurrency: { ...ASSUMPTIONS.concurrency, queued: 40 } };
type Remedies = readonly [string, Partial<Assumptions>][];
/** Changes for bursts, possible or made. */
const QUEUED_REMEDIES: Remedies = [
  ['as it is', {}],
  ['drains that end at an empty queue', { drainsWait: false }],
  ['a whole core each (1,769 MB)', { memoryMb: 1_769 }],
  ['MAX_DRAINS 16, reserved concurrency 40', MORE_RUNS],
  ['10,000 calls a second', { callsPerSecond: 10_000 }],
  ['10,000 calls a second, a whole core each', { callsPerSecond: 10_000, memoryMb: 1_769 }],
];
const DIRECT_REMEDIES: Remedies = [
  ['as it is', {}],
  ['no reserved concurrency (1,000)', { concurrency: { ...ASSUMPTIONS.concurrency, direct: 1_000 } }],
  ['10,000 calls a second', { callsPerSecond: 10_000 }],
];
const PAGE = new URL('../docs/scale.md', import.meta.url);

await runCommand(
  {
    script: 'simulate',
    about:
      'Calculates what days and bursts of retriggers mean for Lambda and Taskcluster; writes the tables of docs/scale.md.',
    options: {
      check: {
        type: 'boolean',
        default: false,
        about: 'write nothing; fail if a table of the page is out of date',
      },
    },
  },
  async ({ check }) => {
    const before = await readFile(PAGE, 'utf8');
    const after = await withTables(before, tables(await readFigures()));
    if (!check) {
      await writeFile(PAGE, after);
      return;
    }
    if (before === after) return;
    throw new CommandError(
      'The tables of docs/scale.md are out of date: run `npm run simulate`, check what the page says about ' +
        'them, and commit it.',
    );
  },
);

/** The tables, by their names in the page. */
function tables(figures: FiguresByCase): Map<string, string> {
  const ways: Way[] = ['direct', 'queued'];
  const loads = LOADS.flatMap((load) =>
    ways.map((way) => ({ load: load.name, way, ...columns(simulated(way, load, ASSUMPTIONS, figures)) })),
  );
  const named = new Map([['loads', table(loads)]]);
  for (const load of LOADS.filter(({ overMs }) => overMs === MINUTE_MS)) {
    named.set(`${load.name}, queued`, compare(figures, load, 'queued', QUEUED_REMEDIES));
    if (load.retriggers > 1_000)
      named.set(`${load.name}, direct`, compare(figures, load, 'direct', DIRECT_REMEDIES));
  }
  return named;
}

/** The page with each table between its `<!-- table: NAME -->` and `<!-- end -->`. @throws Error if one has no place */
async function withTables(page: string, named: ReadonlyMap<string, string>): Promise<string> {
  let text = page;
  for (const [name, content] of named) {
    const begin = `<!-- table: ${name} -->\n`;
    const [before, after] = text.split(begin);
    const end = after?.indexOf('<!-- end -->') ?? -1;
    if (after === undefined || end < 0) throw new Error(`docs/scale.md has no place for the table ${name}`);
    text = `${before}${begin}\n${content}\n\n${after.slice(end)}`;
  }
  const options = await prettier.resolveConfig(PAGE);
  return prettier.format(text, { ...options, parser: 'markdown' });
}

function compare(figures: FiguresByCase, load: Load, way: Way, remedies: Remedies): string {
  return table(
    remedies.map(([remedy, changes]) => ({
      remedy,
      ...columns(simulated(way, load, { ...ASSUMPTIONS, ...changes }, figures)),
    })),
  );
}

function columns(outcome: Outcome): Record<string, string> {
  const { load, mostRunning, meanRunning, claimed, created, callsPerSecond, processor } = outcome;
  const month = load.overMs === DAY_MS ? 30.4 : 1;
  return {
    'runs at once, max': String(mostRunning),
    mean: meanRunning.toFixed(2),
    'click → claimed': seconds(claimed),
    'click → created': seconds(created),
    'cut off': String(outcome.cutOff),
    'calls/s, max': String(Math.round(callsPerSecond)),
    processor: `${Math.round(processor * 100)} %`,
    'GB-s': Math.round(outcome.gbSeconds * month).toLocaleString('en-US'),
    US$: `${(outcome.dollars * month).toFixed(2)} ${month === 1 ? 'once' : 'a month'}`,
  };
}

/** Announces the simulation: it blocks for seconds, so no timer could. */
function simulated(way: Way, load: Load, assumptions: Assumptions, figures: FiguresByCase): Outcome {
  process.stderr.write(`Simulating ${load.name}, ${way} …\n`);
  return simulate(way, load, assumptions, figures);
}

/** p50 / p95 / max, in seconds. */
function seconds({ p50, p95, max }: Waits): string {
  return [p50, p95, max].map((ms) => (ms / 1_000).toFixed(1)).join(' / ');
}

/** The table in Markdown. */
function table(rows: readonly Record<string, string>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, names.map(() => '---'), ...rows.map((row) => names.map((name) => row[name]))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
