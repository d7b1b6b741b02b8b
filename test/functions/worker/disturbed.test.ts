import { expect, it, vi } from 'vitest';
import type { Fault } from '../../../local/taskcluster/api.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';
import { QueuedWay } from '../../support/queued-way.ts';

// After a timeout, the call is still performed, but only later, when it has been retried.
const LATE_MS = 2_700;
const REQUEST_MS = 2_500;

interface Trouble {
  name: string;
  fault: Omit<Fault, 'method'>;
  requestMs?: number;
  /** Most of the time is spent waiting before retries, so rounds run in parallel. */
  lanes: number;
}

const troubles: Trouble[] = [
  { name: 'the answer is lost', fault: { drop: 'after' }, lanes: 2 },
  { name: 'it is answered with 500', fault: { status: 500 }, lanes: 2 },
  { name: 'it is answered with 429', fault: { status: 429 }, lanes: 2 },
  { name: 'it takes too long', fault: { delayMs: LATE_MS }, requestMs: REQUEST_MS, lanes: 8 },
];

const lanes = troubles.flatMap((trouble) =>
  Array.from({ length: trouble.lanes }, (_, index) => ({ ...trouble, first: index + 1 })),
);

it.concurrent.each(lanes)(
  'does everything once, at whichever call $name (each $lanes-th, the first one being $first)',
  { timeout: 600_000 },
  async ({ fault, requestMs, lanes: step, first }) => {
    const way = await QueuedWay.start();
    let disturbed = 0;
    try {
      for (let nth = first; ; nth += step) {
        const actions = await startActions(way);
        way.tc.clearCalls();
        way.tc.setFaults([{ method: '*', nth, ...fault }]);
        await way.work(requestMs === undefined ? {} : { requestMs });
        // Wait for late calls first, or they would affect the next round.
        await vi.waitFor(() => expect(underWay(way)).toBe(0), { timeout: 60_000 });
        const calls = way.tc.calls().length;
        way.tc.setFaults([]);
        // Tasks claimed by a lost answer.
        way.tc.expireClaims();
        await way.work();
        await expectDoneOnce(way, actions, `call ${nth}`);
        if (calls < nth) break;
        disturbed++;
      }
      expect(disturbed).toBeGreaterThanOrEqual(Math.floor(30 / step));
      way.expectNoErrors();
    } finally {
      await way.tc.close();
    }
  },
);

/** Calls that are not answered yet. A dropped call never is, and ends when it is dropped. */
function underWay({ tc }: QueuedWay): number {
  return tc.calls().filter(({ status, startMs, endMs }) => status === 0 && endMs === startMs).length;
}
