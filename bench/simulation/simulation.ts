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
  /** From the click until a function starts with it, and until all its tasks exist. */
  claimed: Waits;
  created: Waits;
  mostRunning: number;
  meanRunning: number;
  coldStarts: number;
  /** Direct: how many Lambda would have cut off; the simulation lets them finish. */
  cutOff: number;
  /** Calls in the busiest second. */
  callsPerSecond: number;
  /** Processor utilization of the busiest run, 0 to 1. */
  processor: number;
  gbSeconds: number;
  /** US dollars for one such load. */
  dollars: number;
}

/** Simulates a load through one of the ways. Deterministic. */
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
  // A browser sends a preflight request (OPTIONS) before each direct trigger.
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
