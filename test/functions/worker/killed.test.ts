import { expect, it } from 'vitest';
import { useQueuedWay } from '../../support/queued-way.ts';
import { DoomedWorker } from '../../support/doomed-worker.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';

const way = useQueuedWay();

// Each round has its own push, two concurrent actions, and a process that is killed one call later than in the round
// before, until one gets through.
it('does everything once, wherever the first worker is killed', { timeout: 600_000 }, async () => {
  let next = new DoomedWorker();
  let died = 0;
  for (let nth = 1; ; nth++) {
    const worker = next;
    next = new DoomedWorker();
    const actions = await startActions(way());
    const killed = await worker.run(way(), nth);
    way().tc.expireClaims();
    await way().work();
    await expectDoneOnce(way(), actions, `killed at call ${nth}`);
    if (!killed) break;
    died++;
  }
  await next.discard();
  // Fewer would mean that not every call was interrupted.
  expect(died).toBeGreaterThanOrEqual(30);
});
