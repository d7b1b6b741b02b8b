import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../bench/simulation/agenda.ts';
import { ASSUMPTIONS, type Assumptions } from '../../bench/simulation/assumptions.ts';
import { figuresKey, readFigures, type FiguresByCase } from '../../bench/simulation/action-figures.ts';
import { clicksOf, DAY_MS, type Load } from '../../bench/simulation/load.ts';
import { simulate, type Outcome } from '../../bench/simulation/simulation.ts';
import type { Way } from '../../bench/measure.ts';

const WAYS: Way[] = ['direct', 'queued'];
const CASES = Object.keys(ASSUMPTIONS.clicks);
/** More labels take more calls; the first action of an environment takes more than the next. */
const FIGURES: FiguresByCase = new Map(
  WAYS.flatMap((way) =>
    CASES.flatMap((name, index): [string, { calls: number; depth: number }][] => [
      [`${way}, ${name}, cold`, { calls: 30 + 10 * index, depth: 8 }],
      [`${way}, ${name}, warm`, { calls: 20 + 10 * index, depth: 6 }],
    ]),
  ),
);

const load = (retriggers: number, overMs = 60_000): Load => ({ name: 'some', retriggers, overMs });
const run = (way: Way, clicks: Load, changes: Partial<Assumptions> = {}): Outcome =>
  simulate(way, clicks, { ...ASSUMPTIONS, ...changes }, FIGURES);
/** Of 24,000, to the nearest twentieth. */
const share = (count: number) => Math.round((count / 24_000) * 20) / 20;
const ms = (from: number, to: number | undefined) => (to ?? Infinity) - from;

describe('the agenda', () => {
  it('runs every event once, in order of time, then of insertion', () => {
    const moments = fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(20), { nil: undefined })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(moments, (put) => {
        const agenda = new Agenda();
        const ran: [number, number][] = [];
        let nth = 0;
        const note = (atMs: number, then?: number) => {
          const number = nth++;
          agenda.at(atMs, () => {
            ran.push([agenda.nowMs, number]);
            if (then !== undefined) note(agenda.nowMs + then);
          });
        };
        for (const [atMs, then] of put) note(atMs, then);
        agenda.run();
        expect(ran).toHaveLength(nth);
        expect(ran).toStrictEqual(ran.toSorted(([a, one], [b, other]) => a - b || one - other));
      }),
    );
  });
});

describe('a load', () => {
  it('depends only on the seed', () => {
    expect(clicksOf(load(50), ASSUMPTIONS)).toStrictEqual(clicksOf(load(50), ASSUMPTIONS));
    expect(clicksOf(load(50), { ...ASSUMPTIONS, seed: 2 })).not.toStrictEqual(
      clicksOf(load(50), ASSUMPTIONS),
    );
  });

  it('distributes clicks over hours and cases by their shares', () => {
    const clicks = clicksOf(load(24_000, DAY_MS), {
      ...ASSUMPTIONS,
      hours: [3, 1, 0, 0],
      clicks: { a: 1, b: 3 },
    });
    expect(share(clicks.filter(({ clickMs }) => clickMs < 3_600_000).length)).toBe(0.75);
    expect(share(clicks.filter(({ clickMs }) => clickMs >= 7_200_000).length)).toBe(0);
    expect(share(clicks.filter((click) => click.case === 'b').length)).toBe(0.75);
  });
});

describe('the calls of an action', () => {
  it('are known for every kind of click, each way, cold and warm', async () => {
    const figures = await readFigures();
    for (const way of WAYS) {
      for (const start of ['cold', 'warm'] as const) {
        for (const name of CASES) {
          const { calls = 0, depth = 0 } = figures.get(figuresKey(way, name, start)) ?? {};
          expect(calls).toBeGreaterThanOrEqual(depth);
          expect(depth).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe('a simulation', () => {
  const anyAssumptions = fc.record({
    seed: fc.nat(1_000),
    callMs: fc.integer({ min: 1, max: 200 }),
    callsPerSecond: fc.integer({ min: 100, max: 5_000 }),
    memoryMb: fc.constantFrom(256, 512, 1_769, 3_008),
    coldStartMs: fc.nat(2_000),
    warmForMs: fc.constantFrom(0, 60_000),
    concurrency: fc.record({
      direct: fc.integer({ min: 1, max: 50 }),
      queued: fc.integer({ min: 1, max: 10 }),
    }),
    capacity: fc.integer({ min: 1, max: 32 }),
    maxDrains: fc.nat(6),
    drainsWait: fc.boolean(),
  });

  it('ends every retrigger once, after it was claimed and created, within its limits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WAYS),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 180_000 }),
        anyAssumptions,
        (way, count, overMs, changes) => {
          const { retriggers, mostRunning, callsPerSecond, processor } = run(
            way,
            load(count, overMs),
            changes,
          );
          expect(retriggers).toHaveLength(count);
          expect(retriggers.map(({ ended }) => ended)).toStrictEqual(retriggers.map(() => 1));
          for (const { clickMs, claimedMs, createdMs } of retriggers) {
            expect(ms(clickMs, claimedMs)).toBeGreaterThanOrEqual(0);
            expect(ms(claimedMs ?? Infinity, createdMs)).toBeGreaterThan(0);
            expect(createdMs).toBeLessThan(Infinity);
          }
          expect(mostRunning).toBeLessThanOrEqual(changes.concurrency[way]);
          // A round of calls counts for the second in which it begins.
          expect(callsPerSecond).toBeLessThanOrEqual(changes.callsPerSecond + 10);
          expect(processor).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same each time', () => {
    for (const way of WAYS) expect(run(way, load(100))).toStrictEqual(run(way, load(100)));
  });

  // More load also starts more runs and keeps more of them warm, so both are held constant. A click a moment later may
  // hit the queue's next look, so a gain of up to one look does not count.
  it.each(WAYS)('never shortens a click’s wait because of other clicks: %s', (way) => {
    const fixed = { maxDrains: 0, coldStartMs: 10, warmStartMs: 10, concurrency: { direct: 4, queued: 1 } };
    const figures: FiguresByCase = new Map([...FIGURES.keys()].map((key) => [key, { calls: 20, depth: 5 }]));
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 100 }), (seed, count) => {
        const assumptions = { ...ASSUMPTIONS, ...fixed, seed };
        const mean = (clicks: number) => {
          const { retriggers } = simulate(way, load(clicks), assumptions, figures);
          // With the same seed, a larger load has the same clicks and more.
          const common = new Set(clicksOf(load(count), assumptions).map(({ clickMs }) => clickMs));
          const waits = retriggers
            .filter(({ clickMs }) => common.has(clickMs))
            .map(({ clickMs, createdMs }) => ms(clickMs, createdMs));
          expect(waits).toHaveLength(count);
          return waits.reduce((sum, wait) => sum + wait, 0) / count;
        };
        const means = [count, 3 * count, 10 * count].map(mean);
        const gains = means.slice(1).map((wait, index) => (means[index] ?? 0) - wait);
        expect(Math.max(...gains)).toBeLessThanOrEqual(way === 'queued' ? ASSUMPTIONS.lookMs : 1e-6);
        return true;
      }),
      { numRuns: 15 },
    );
  });

  it('counts the runs that Lambda would cut off', () => {
    const slow = { callMs: 100, coldStartMs: 10 };
    const longest = 8 * 100 + 8 * 100;
    expect(run('direct', load(20), { ...slow, triggerMs: longest }).cutOff).toBe(0);
    expect(run('direct', load(20), { ...slow, triggerMs: 6 * 100 }).cutOff).toBe(20);
    expect(run('queued', load(20), { ...slow, triggerMs: 0 }).cutOff).toBe(0);
  });

  it('bills the time of its runs', () => {
    const { gbSeconds, retriggers } = run('direct', load(1), { memoryMb: 1_024 });
    const [only] = retriggers;
    expect(gbSeconds).toBeCloseTo(ms(only?.clickMs ?? 0, only?.createdMs) / 1_000, 9);
  });
});
