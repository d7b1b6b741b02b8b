import { expect, it, vi } from 'vitest';
import type { Fault } from '../../../local/taskcluster/api.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';
import { QueuedWay } from '../../support/queued-way.ts';

// A time-out is a call that is performed all the same, only later, when it has been asked for again.
const LATE_MS = 500;
const REQUEST_MS = 300;

const troubles: [string, Omit<Fault, 'method'>][] = [
  ['the answer is lost', { drop: 'after' }],
  ['it is answered with 500', { status: 500 }],
  ['it is answered with 429', { status: 429 }],
  ['it takes too long', { delayMs: LATE_MS }],
];

// Side by side, since most of the time goes into waiting before a call is tried again.
it.concurrent.each(troubles)(
  'does everything once, at whichever call %s',
  { timeout: 120_000 },
  async (_, trouble) => {
    const way = await QueuedWay.start();
    let disturbed = 0;
    try {
      for (let nth = 1; ; nth++) {
        const actions = await startActions(way);
        way.tc.clearCalls();
        way.tc.setFaults([{ method: '*', nth, ...trouble }]);
        await way.work({ requestMs: REQUEST_MS });
        // Late ones first, or they would meet the next round.
        await vi.waitFor(() => expect(underWay(way)).toBe(0), { timeout: 5 * LATE_MS });
        const calls = way.tc.calls().length;
        way.tc.setFaults([]);
        // What was claimed by an answer that was lost.
        way.tc.expireClaims();
        await way.work();
        await expectDoneOnce(way, actions, `call ${nth}`);
        if (calls < nth) break;
        disturbed++;
      }
      expect(disturbed).toBeGreaterThanOrEqual(30);
      way.expectNoErrors();
    } finally {
      await way.tc.close();
    }
  },
);

/** Calls that are not answered yet. A dropped one never is, and ends when it is dropped. */
function underWay({ tc }: QueuedWay): number {
  return tc.calls().filter(({ status, startMs, endMs }) => status === 0 && endMs === startMs).length;
}
