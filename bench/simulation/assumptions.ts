import type { Way } from '../measure.ts';

/** Everything that the simulation takes for granted, but for prices (infra/cost.ts). Times in ms. */
export interface Assumptions {
  /** Of the random numbers: the same seed gives the same day. */
  seed: number;
  /** Share of a day's retriggers in each hour, UTC; of any scale. */
  hours: readonly number[];
  /** Share of each benchmark case among the clicks; of any scale. */
  clicks: Readonly<Record<string, number>>;
  /** One call to Taskcluster from the functions' region, its own work included, while it is not busy. */
  callMs: number;
  /** Calls a second that the queue's service answers for us; more wait in line. */
  callsPerSecond: number;
  /** What a call takes of a whole core in the function: signing, TLS, JSON. The benchmarks show about this much. */
  cpuMsPerCall: number;
  /** Of each function, as serverless.yml has it. A whole core comes with 1,769 MB. */
  memoryMb: number;
  coldStartMs: number;
  warmStartMs: number;
  /** How long an idle environment stays. */
  warmForMs: number;
  /** Concurrent runs, reserved for each function in serverless.yml. */
  concurrency: Readonly<Record<Way, number>>;
  /** Lambda cuts a run of the trigger off after this long, whatever it has written. */
  triggerMs: number;
  /** From the click until the hook's task is pending. */
  hookMs: number;
  /** A waiting claimWork looks for work this often, and answers with none after this long. */
  lookMs: number;
  longPollMs: number;
  /** The worker: how long a run polls, how often one is scheduled, what it has in hand, which others it may start. */
  pollMs: number;
  scheduleMs: number;
  capacity: number;
  maxDrains: number;
  /** Whether a run that drains holds one long poll before it ends; else it ends as soon as the queue is empty. */
  drainsWait: boolean;
  /** Of a queued action's sequential calls, those that come after the last createTask: artifacts and report. */
  closingCalls: number;
}

export const ASSUMPTIONS: Assumptions = {
  seed: 1,
  // Europe begins at 7, America's west goes home at 1; a third of the day's work falls into five hours.
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

/** Cores that a function has: they grow with its memory. */
export function cores({ memoryMb }: Pick<Assumptions, 'memoryMb'>): number {
  return memoryMb / 1_769;
}
