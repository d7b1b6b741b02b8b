import { PRICES } from '../../infra/cost.ts';
import type { Way } from '../measure.ts';
import type { FiguresByCase } from './action-figures.ts';
import type { Assumptions } from './assumptions.ts';
import { clicksOf, type Load } from './load.ts';
import { clickDirect, QueuedWay } from './ways.ts';
import { World, type Retrigger } from './world.ts';

/** Percentiles of a waiting time, ms. */
export interface Waits {
  p50: number;
  p95: number;
  max: number;
}

export interface Outcome {
  way: Way;
  load: Load;
  retriggers: readonly Retrigger[];
  /** From the click until a function has begun with it, and until all its tasks exist. */
  claimed: Waits;
  created: Waits;
  mostRunning: number;
  meanRunning: number;
  coldStarts: number;
  /** Direct: how many would have been cut off by Lambda; the simulation lets them end. */
  cutOff: number;
  /** Of the second with the most calls. */
  callsPerSecond: number;
  /** 0 to 1, of the busiest run. */
  processor: number;
  gbSeconds: number;
  /** US dollars for this load, once. */
  dollars: number;
}

/** Plays a load through one way in. Deterministic. */
export function simulate(way: Way, load: Load, assumptions: Assumptions, figures: FiguresByCase): Outcome {
  const world = new World(way, assumptions, figures);
  const retriggers = clicksOf(load, assumptions);
  const queued = way === 'queued' ? new QueuedWay(world, retriggers.length) : undefined;
  for (const retrigger of retriggers) {
    world.agenda.at(retrigger.clickMs, () =>
      queued ? queued.click(retrigger) : clickDirect(world, retrigger),
    );
  }
  world.agenda.run();
  const { lambda, api, agenda } = world;
  const gbSeconds = (lambda.billedMs / 1_000) * (assumptions.memoryMb / 1_024);
  // A browser asks for leave before each direct trigger (OPTIONS).
  const requests = way === 'direct' ? 2 * retriggers.length : lambda.invocations;
  const gateway = way === 'direct' ? requests * PRICES.httpApiRequest.value : 0;
  return {
    way,
    load,
    retriggers,
    claimed: waits(retriggers, 'claimedMs'),
    created: waits(retriggers, 'createdMs'),
    mostRunning: lambda.mostRunning,
    meanRunning: lambda.billedMs / agenda.nowMs,
    coldStarts: lambda.coldStarts,
    cutOff: way === 'direct' ? retriggers.filter((one) => runMs(one) > assumptions.triggerMs).length : 0,
    callsPerSecond: [...api.perSecond.values()].reduce((most, calls) => Math.max(most, calls), 0),
    processor: lambda.busiest,
    gbSeconds,
    dollars: gbSeconds * PRICES.lambdaGbSecond.value + requests * PRICES.lambdaRequest.value + gateway,
  };
}

function runMs({ claimedMs = 0, createdMs = Infinity }: Retrigger): number {
  return createdMs - claimedMs;
}

function waits(retriggers: readonly Retrigger[], until: 'claimedMs' | 'createdMs'): Waits {
  const sorted = retriggers.map((one) => (one[until] ?? Infinity) - one.clickMs).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
