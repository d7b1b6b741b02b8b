import { describe, expect, test } from 'vitest';
import { refusal } from '../support/requests.ts';
import type { Live } from './live.ts';

/** Retriggers of tasks that must not be cloned, and the action rerun. */
export function rerunCases(live: () => Live): void {
  /** The state of a label's task. Checks that no other task was created for it. */
  const fateOf = async (label: string) => {
    const { state, runs } = await live().status(live().push.taskId(label));
    const clones = await live().clonesOf(label);
    return { state, runs: runs.map(({ reasonCreated }) => reasonCreated), clones };
  };
  const rerun = { state: 'pending', runs: ['scheduled', 'rerun'], clones: [] };

  describe('reruns', () => {
    test('a failed build, once, whatever the times', async () => {
      expect(await live().retrigger(['build-failed'], 3)).toBe(live().push.taskId('build-failed'));
      expect(await fateOf('build-failed')).toEqual(rerun);
    });

    test('a build that ended in an exception', async () => {
      expect(await live().retrigger(['build-crashed'])).toBe(live().push.taskId('build-crashed'));
      expect(await fateOf('build-crashed')).toEqual(rerun);
    });

    test('extra.retrigger false: in any state, and before the tag', async () => {
      expect(await live().retrigger(['build-always'])).toBe(live().push.taskId('build-always'));
      expect(await fateOf('build-always')).toEqual(rerun);
    });

    test('the action rerun, on a failed test', async () => {
      const taskId = live().push.taskId('test-rerun');
      expect(await live().send(live().payload('rerun', { taskId, input: {} }))).toBe(taskId);
      expect(await fateOf('test-rerun')).toEqual(rerun);
    });

    test('a completed build: nothing is done, and the answer says why', async () => {
      const refused = await refusal(live().retrigger(['build-linux']));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('build-linux');
      expect(refused.message).toContain('it completed');
      expect(await fateOf('build-linux')).toEqual({ state: 'completed', runs: ['scheduled'], clones: [] });
    });

    test('a build that is still pending: the same', async () => {
      const refused = await refusal(live().retrigger(['build-queued']));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('it is already pending');
      expect(await fateOf('build-queued')).toEqual({ state: 'pending', runs: ['scheduled'], clones: [] });
    });

    test('a test that waits for its dependencies: nothing is done by the action rerun', async () => {
      const taskId = live().push.taskId('test-waiting');
      const refused = await refusal(live().send(live().payload('rerun', { taskId, input: {} })));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('it is waiting for its dependencies');
      expect(await fateOf('test-waiting')).toEqual({ state: 'unscheduled', runs: [], clones: [] });
    });
  });
}
