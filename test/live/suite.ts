import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { cancelCases } from './cases-cancel.ts';
import { cloneCases } from './cases-clone.ts';
import { earlierActionCases } from './cases-earlier-action.ts';
import { graphCases } from './cases-graph.ts';
import { forwardCases } from './cases-forward.ts';
import { queuedCases } from './cases-queued.ts';
import { refusalCases } from './cases-refusal.ts';
import { rerunCases } from './cases-rerun.ts';
import { sealedCases } from './cases-sealed.ts';
import type { Target } from './clients.ts';
import type { StartFunctions } from './functions.ts';
import { Live } from './live.ts';

/** Making a push takes about 20 s on a real queue, which only checks resolved dependencies every 5 s. */
const BUILD_MS = 120_000;

/** Registers all cases, which are the same for every Taskcluster and wherever the functions run. */
export function acceptanceSuite(
  name: string,
  start: () => Promise<Target>,
  startFunctions: StartFunctions,
): void {
  describe(`acceptance suite against ${name}`, () => {
    let live: Live | undefined;
    const current = (): Live => {
      if (!live) throw new Error('the push is not there');
      return live;
    };
    beforeAll(async () => {
      live = await Live.start(await start(), startFunctions);
    }, BUILD_MS);
    afterAll(() => live?.stop(), BUILD_MS);
    afterEach(() => expect(live?.takeComplaints() ?? [], 'warnings and errors in the log').toEqual([]));

    cloneCases(current);
    rerunCases(current);
    forwardCases(current);
    refusalCases(current);
    earlierActionCases(current);
    queuedCases(current);
    graphCases(current);
    // After these, nothing is left that could run.
    cancelCases(current);
    sealedCases(current);
  });
}
