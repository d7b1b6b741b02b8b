/**
 * `npm run bench [-- --quick] [-- --check]`: what a retrigger costs, as a table and in bench/results.json. `--quick`
 * measures only the smallest and largest cases. `--check` compares the figures that do not vary with bench/budget.json
 * and fails if one is over; it checks times only with `--graph`, which measures only the actions that read a task graph,
 * and with `--cancel`, which measures only cancellation. `--taskgraph DIR` compares with taskgraph.
 */
import { writeFile } from 'node:fs/promises';
import { runCommand } from '../cli/command.ts';
import { bundleFunctions } from '../infra/bundle.ts';
import { overBudget, overCancelingBudget, overGraphBudget } from './budget.ts';
import { cancelAll, type CancelingRow } from './canceling.ts';
import { CASES } from './cases.ts';
import { bytesByDependency, coldStarts } from './cold-start.ts';
import { graphActions } from './graph-actions.ts';
import { graphReading } from './graph-reading.ts';
import { compareWithTaskgraph } from './taskgraph.ts';
import { measure, setStage, type Row, type Way } from './measure.ts';

await runCommand(
  {
    script: 'bench',
    about: 'Measures what a retrigger costs; prints tables and writes bench/results.json.',
    options: {
      quick: { type: 'boolean', default: false, about: 'only the smallest and largest cases' },
      check: {
        type: 'boolean',
        default: false,
        about: 'compare the figures that do not vary with bench/budget.json, and fail if any is over',
      },
      cancel: { type: 'boolean', default: false, about: 'measure only the cancellation of a thousand tasks' },
      taskgraph: {
        type: 'string',
        value: 'DIR',
        about: 'only compare with the taskgraph in DIR, a checkout or a pip target; needs python3',
      },
      graph: {
        type: 'boolean',
        default: false,
        about: 'measure only the actions that read the task graph of a large push',
      },
    },
  },
  async (options) => {
    if (options.taskgraph !== undefined) return benchTaskgraph(options.taskgraph);
    if (options.graph) return benchGraph(options.check);
    return options.cancel ? benchCanceling(options.check) : bench(options);
  },
);

/** @returns the exit status */
async function benchTaskgraph(directory: string): Promise<number> {
  await bundleFunctions('dist');
  console.log(
    'One label, everything cold, 30 ms per call. taskgraph alone, without an action task and without creating tasks:',
  );
  console.table(
    (await compareWithTaskgraph(directory)).map((row) => ({
      tasks: row.size,
      'taskgraph, s': Number((row.taskgraphMs / 1000).toFixed(2)),
      'RSS MB': Math.round(row.taskgraphRssMb),
      'direct, s': Number((row.oursMs / 1000).toFixed(2)),
      'ours, RSS MB': Math.round(row.oursRssMb),
      times: Number(row.times.toFixed(1)),
    })),
  );
  return 0;
}

/** @returns the exit status */
async function benchGraph(check: boolean): Promise<number> {
  await bundleFunctions('dist');
  const reading = await graphReading(3);
  const { rawMb, gzippedMb, parse, stream } = reading;
  console.log(`full-task-graph.json: ${Math.round(rawMb)} MB, ${Math.round(gzippedMb)} MB gzipped`);
  console.table(
    Object.entries({ 'JSON.parse': parse, 'as a stream': stream }).map(([how, figures]) => ({
      how,
      'wall ms': Math.round(figures.wallMs),
      'CPU ms': Math.round(figures.cpuMs),
      'RSS MB': Math.round(figures.peakRssMb),
      'other entries, ms': figures.againMs === null ? '' : Math.round(figures.againMs),
    })),
  );
  const rows = await graphActions(20_000);
  console.table(
    rows.map(({ way, case: name, start, calls, depth, wallMs, peakRssMb, eventLoopMs }) => ({
      way,
      case: name,
      start,
      calls,
      depth,
      'wall ms': Math.round(wallMs),
      '÷ JSON.parse': (wallMs / parse.wallMs).toFixed(2),
      'RSS MB': Math.round(peakRssMb),
      'loop ms': Math.round(eventLoopMs),
    })),
  );
  return check ? verdict(await overGraphBudget(reading, rows)) : 0;
}

/** @returns the exit status */
async function benchCanceling(check: boolean): Promise<number> {
  await bundleFunctions('dist');
  const rows = [...(await cancelAll(1_100, 30, 4)), ...(await cancelAll(20_000, 30, 2))];
  printCanceling(rows);
  return check ? verdict(await overCancelingBudget(rows, { times: true })) : 0;
}

function printCanceling(rows: readonly CancelingRow[]): void {
  console.table(
    rows.map(({ wallMs, overRoundTrips, mbRead, peakRssMb, cpuMs, ...row }) => ({
      ...row,
      'MB read': Math.round(mbRead),
      'wall ms': Math.round(wallMs),
      '÷ round trips': overRoundTrips.toFixed(2),
      'CPU ms': Math.round(cpuMs),
      'RSS MB': Math.round(peakRssMb),
    })),
  );
}

/** @returns the exit status */
async function bench({ quick, check }: { quick: boolean; check: boolean }): Promise<number> {
  const sizes = quick ? [50, 20_000] : [50, 2_000, 20_000];
  // The check is about chains of calls. A latency far above the pauses of a busy machine separates them from its noise.
  const latencies = check ? [100] : quick ? [30] : [0, 30];
  const ways: Way[] = ['direct', 'queued'];

  const sizesOfBundles = await bundleFunctions('dist');
  const rows: Row[] = [];
  for (const size of sizes) {
    for (const earlier of [0, 200]) {
      process.stdout.write(`\n${size} tasks, ${earlier} earlier retriggers `);
      const stage = await setStage(size, earlier);
      for (const one of CASES.filter((candidate) => candidate.earlier === earlier)) {
        for (const way of ways) {
          // The hook itself renders slow actions, so there is nothing of ours to measure.
          if (way === 'queued' && one.callback === 'backfill') continue;
          for (const latencyMs of latencies) {
            rows.push(...(await measure(stage, way, latencyMs, size, one)));
            process.stdout.write('.');
          }
        }
      }
      await stage.taskcluster.close();
    }
  }
  process.stdout.write('\n');
  console.table(
    rows.map(({ wallMs, overRoundTrips, peakRssMb, eventLoopMs, bytesRead, latencyMs, ...row }) => ({
      ...row,
      'latency ms': latencyMs,
      'KB read': Math.round(bytesRead / 1000),
      'wall ms': Math.round(wallMs),
      '÷ round trips': overRoundTrips?.toFixed(2) ?? '',
      'RSS MB': Math.round(peakRssMb),
      'loop ms': Math.round(eventLoopMs),
    })),
  );
  const canceling = await cancelAll(1_100, 30, 3);
  printCanceling(canceling);
  const cold = await coldStarts(quick ? 5 : 15);
  console.table(cold);
  const bundles = Object.fromEntries(sizesOfBundles);
  for (const [name, bytes] of sizesOfBundles) {
    const parts = (await bytesByDependency(name)).slice(0, 12);
    console.log(`dist/${name}/handler.mjs: ${Math.round(bytes / 1000)} KB, of which`);
    console.log(`  ${parts.map(([part, size]) => `${part} ${Math.round(size / 1000)}`).join(', ')}`);
  }
  await writeFile(
    new URL('./results.json', import.meta.url),
    `${JSON.stringify({ node: process.version, rows, coldStarts: cold, bundles }, undefined, 2)}\n`,
  );
  if (!check) return 0;
  return verdict([
    ...(await overBudget(rows, bundles)),
    ...(await overCancelingBudget(canceling, { times: false })),
  ]);
}

/** @returns the exit status */
function verdict(over: readonly string[]): number {
  for (const line of over) console.error(line);
  console.log(
    over.length === 0 ? 'within the budget' : `${over.length} figures over the budget (bench/budget.json)`,
  );
  return over.length === 0 ? 0 : 1;
}
