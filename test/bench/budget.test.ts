import { describe, expect, it } from 'vitest';
import { overBudget, overCancelingBudget } from '../../bench/budget.ts';
import budget from '../../bench/budget.json' with { type: 'json' };
import type { CancelingRow } from '../../bench/canceling.ts';
import type { Row } from '../../bench/measure.ts';

const BUNDLES = budget.bundles;
const ONE_LABEL = budget.rows['direct, one label, warm'];

/** A row exactly at its budget. */
const row = (changes: Partial<Row> = {}): Row => ({
  way: 'direct',
  size: 50,
  latencyMs: 30,
  case: 'one label',
  start: 'warm',
  ...ONE_LABEL,
  bytesRead: 20_000,
  wallMs: 1e6,
  overRoundTrips: 1e6,
  peakRssMb: 1e6,
  eventLoopMs: 1e6,
  ...changes,
});

describe('the budget', () => {
  it('accepts figures exactly at the limit, whatever the times', async () => {
    expect(await overBudget([row(), row({ size: 20_000 })], BUNDLES)).toStrictEqual([]);
  });

  it.each(['calls', 'depth'] as const)('reports one more: %s', async (figure) => {
    const most = ONE_LABEL[figure];
    expect(await overBudget([row({ [figure]: most + 1 })], BUNDLES)).toStrictEqual([
      `direct, one label, warm, 50 tasks: ${most + 1} ${figure}, budget ${most}`,
    ]);
  });

  it('has no limit for the depth of a hundred creations', async () => {
    const { calls } = budget.rows['direct, 100 labels, warm'];
    expect(await overBudget([row({ case: '100 labels', calls, depth: 1e6 })], BUNDLES)).toStrictEqual([]);
  });

  it('reports a case that it does not name', async () => {
    expect(await overBudget([row({ case: 'a new case' })], BUNDLES)).toStrictEqual([
      'direct, a new case, warm: has no budget',
    ]);
  });

  it('reports a bundle that is too large, and one that is missing', async () => {
    const { trigger, worker } = BUNDLES;
    expect(await overBudget([], { trigger: trigger + 1, worker })).toStrictEqual([
      `bundle trigger: ${trigger + 1} bytes, budget ${trigger}`,
    ]);
    expect(await overBudget([], { trigger })).toStrictEqual([
      `bundle worker: Infinity bytes, budget ${worker}`,
    ]);
  });

  it('reports reading more on a larger push, once warm', async () => {
    const most = 20_000 * budget.warmGrowth + 1_000;
    expect(await overBudget([row(), row({ size: 20_000, bytesRead: most })], BUNDLES)).toStrictEqual([]);
    expect(await overBudget([row(), row({ size: 20_000, bytesRead: most + 1 })], BUNDLES)).toStrictEqual([
      `one label, warm: ${most + 1} bytes at 20000 tasks, 20000 at 50`,
    ]);
  });

  it('allows the first call of a process to read a larger push’s labels', async () => {
    const cold = { start: 'cold', calls: 0, depth: 0 } as const;
    const rows = [row(cold), row({ ...cold, size: 20_000, bytesRead: 2e6 })];
    expect(await overBudget(rows, BUNDLES)).toStrictEqual([]);
  });
});

describe('the budget of canceling', () => {
  const { callsBesidesPages, peakRssMb, warmCpuMs, overRoundTrips } = budget.canceling;
  /** A row that is as large as its budget allows. */
  const cancelAll = (changes: Partial<CancelingRow> = {}): CancelingRow => ({
    size: 1_100,
    start: 'warm',
    pages: 4,
    cancels: 1_000,
    calls: callsBesidesPages + 4,
    mbRead: 1e6,
    wallMs: 1e6,
    overRoundTrips,
    peakRssMb,
    cpuMs: warmCpuMs,
    ...changes,
  });

  it('is kept by figures that are just as large, and by a slow first call', async () => {
    const rows = [
      cancelAll({ start: 'cold', cpuMs: 1e6, overRoundTrips: 1e6 }),
      cancelAll(),
      cancelAll({ cpuMs: 1e6, overRoundTrips: 1e6 }),
      cancelAll({ size: 20_000, cpuMs: 1e6, overRoundTrips: 1e6 }),
    ];
    expect(await overCancelingBudget(rows, { times: true })).toStrictEqual([]);
  });

  it.each<[string, Partial<CancelingRow>, RegExp]>([
    ['a call more', { calls: callsBesidesPages + 5 }, /calls besides pages/],
    ['more memory', { peakRssMb: peakRssMb + 1 }, /MB, budget/],
    ['more processor time', { cpuMs: warmCpuMs + 1 }, /processor time/],
    ['more time', { overRoundTrips: overRoundTrips + 0.01 }, /round trips/],
  ])('is broken by %s', async (_, changes, line) => {
    expect(await overCancelingBudget([cancelAll(changes)], { times: true })).toStrictEqual([
      expect.stringMatching(line),
    ]);
  });

  it('leaves the wall clock alone on a busy machine', async () => {
    expect(await overCancelingBudget([cancelAll({ overRoundTrips: 9 })], { times: false })).toStrictEqual([]);
  });
});
