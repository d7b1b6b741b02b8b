import type { Way } from '../measure.ts';

/** All assumptions of the simulation, except prices (infra/cost.ts). Times in ms. */
export interface Assumptions {
  /** The same seed gives the same random numbers. */
  seed: number;
  /** Relative share of a day's retriggers in each hour, UTC. */
  hours: readonly number[];
  /** Relative share of each benchmark case among the clicks. */
  clicks: Readonly<Record<string, number>>;
  /** One call to an idle Taskcluster from the functions' region, including its own work. */
  callMs: number;
  /** Calls per second that the queue's service answers for us; more have to wait. */
  callsPerSecond: number;
  /** CPU time of a call in the function, on a whole core: signing, TLS, JSON. About as in the benchmarks. */
  cpuMsPerCall: number;
  /** Memory of each function, as in serverless.yml. 1,769 MB gives a whole core. */
  memoryMb: number;
  coldStartMs: number;
  warmStartMs: number;
  /** How long an idle environment stays warm. */
  warmForMs: number;
  /** Concurrent runs, reserved for each function in serverless.yml. */
  concurrency: Readonly<Record<Way, number>>;
  /** Lambda ends a run of the trigger after this time, whatever it has written. */
  triggerMs: number;
  /** From the click until the hook's task is pending. */
  hookMs: number;
  /** How often a waiting claimWork looks for work, and after which time it answers without any. */
  lookMs: number;
  longPollMs: number;
  /**
   * The worker: how long a run polls, how often one is scheduled, how many tasks it handles, and how many others it may
   * start.
   */
  pollMs: number;
  scheduleMs: number;
  capacity: number;
  maxDrains: number;
  /** Whether a drain run holds one long poll before it ends; otherwise it ends as soon as the queue is empty. */
  drainsWait: boolean;
  /** How many of a queued action's sequential calls come after the last createTask: artifacts and report. */
  closingCalls: number;
}

export const ASSUMPTIONS: Assumptions = {
  seed: 1,
  // Europe starts at 7, and America's west coast ends at 1; a third of the day's work is in five hours.
  hours: [4, 3, 2, 1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 5, 6, 7, 8, 8, 7, 7, 6, 6, 5, 4],
  clicks: { 'one label': 70, '10 labels': 18, '100 labels': 2, 'one rerun': 10 },
  callMs: 30,
  callsPerSecond: 1_000,
  cpuMsPerCall: 1,
  memoryMb: 512,
  coldStartMs: 500,
  warmStartMs: 10,
  warmForMs: 10 * 60_000,
  concurrency: { direct: 100, queued: 10 },
  triggerMs: 29_000,
  hookMs: 200,
  lookMs: 1_000,
  longPollMs: 20_000,
  pollMs: 65_000,
  scheduleMs: 60_000,
  capacity: 32,
  maxDrains: 4,
  drainsWait: true,
  closingCalls: 3,
};

/** The function's share of a core, which grows with its memory. */
export function cores({ memoryMb }: Pick<Assumptions, 'memoryMb'>): number {
  return memoryMb / 1_769;
}
