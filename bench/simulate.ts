/**
 * `npm run simulate`: what a day and a burst of retriggers do to the functions, to Taskcluster's API and to the bill, on
 * paper: a discrete-event simulation of both ways in. What it assumes is bench/simulation/assumptions.ts, and calls per
 * action as the benchmarks have counted them. docs/scale.md shows its output.
 */
import { runCommand } from '../cli/command.ts';
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
/** What might be changed for bursts. */
const QUEUED_REMEDIES: Remedies = [
  ['as it is', {}],
  ['drains hold one long poll before they end', { drainsWait: true }],
  ['a whole core each (1,769 MB)', { memoryMb: 1_769 }],
  ['MAX_DRAINS 16, reserved concurrency 40', MORE_RUNS],
  ['10,000 calls a second', { callsPerSecond: 10_000 }],
  ['10,000 calls a second, drains hold', { callsPerSecond: 10_000, drainsWait: true }],
  ['the same, a whole core each', { callsPerSecond: 10_000, drainsWait: true, memoryMb: 1_769 }],
];
const DIRECT_REMEDIES: Remedies = [
  ['as it is', {}],
  ['reserved concurrency 100', { concurrency: { ...ASSUMPTIONS.concurrency, direct: 100 } }],
  ['10,000 calls a second', { callsPerSecond: 10_000 }],
];

await runCommand(
  {
    script: 'simulate',
    about: 'Simulates a day and a burst of retriggers, on paper, and prints the tables of docs/scale.md.',
    options: {},
  },
  async () => {
    const { source, figures } = await readFigures();
    const ways: Way[] = ['direct', 'queued'];
    console.log(`Calls per action from ${source}.\n`);
    table(
      LOADS.flatMap((load) =>
        ways.map((way) => ({ load: load.name, way, ...columns(simulate(way, load, ASSUMPTIONS, figures)) })),
      ),
    );
    for (const load of LOADS.filter(({ overMs }) => overMs === MINUTE_MS)) {
      compare(figures, load, 'queued', QUEUED_REMEDIES);
      if (load.retriggers > 1_000) compare(figures, load, 'direct', DIRECT_REMEDIES);
    }
  },
);

function compare(figures: FiguresByCase, load: Load, way: Way, remedies: Remedies): void {
  console.log(`\n${load.name}, ${way}:\n`);
  const outcomes = remedies.map(([remedy, changes]) => ({
    remedy,
    ...columns(simulate(way, load, { ...ASSUMPTIONS, ...changes }, figures)),
  }));
  table(outcomes);
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

/** p50 / p95 / max, in seconds. */
function seconds({ p50, p95, max }: Waits): string {
  return [p50, p95, max].map((ms) => (ms / 1_000).toFixed(1)).join(' / ');
}

/** As Markdown, for docs/scale.md. */
function table(rows: readonly Record<string, string>[]): void {
  const names = Object.keys(rows[0] ?? {});
  console.log(`| ${names.join(' | ')} |`);
  console.log(`|${names.map(() => ' --- |').join('')}`);
  for (const row of rows) console.log(`| ${names.map((name) => row[name]).join(' | ')} |`);
}
