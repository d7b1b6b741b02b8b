import { describe, expect, test } from 'vitest';
import { refusal } from '../support/requests.ts';
import type { Live } from './live.ts';

/** Retriggers of what must not be cloned, and the action that reruns. */
export function rerunCases(live: () => Live): void {
  const expectRerun = async (label: string, taskId: string) => {
    expect(taskId).toBe(live().push.taskId(label));
    const { state, runs } = await live().status(taskId);
    expect(state).toBe('pending');
    expect(runs.map(({ reasonCreated }) => reasonCreated)).toEqual(['scheduled', 'rerun']);
    expect(await live().clonesOf(label)).toEqual([]);
  };
  const expectUntouched = async (label: string, runs: number) => {
    expect((await live().status(live().push.taskId(label))).runs).toHaveLength(runs);
    expect(await live().clonesOf(label)).toEqual([]);
  };

  describe('reruns', () => {
    test('a failed build', async () => {
      await expectRerun('build-failed', await live().retrigger(['build-failed'], 3));
    });

    test('a build that ended in an exception', async () => {
      await expectRerun('build-crashed', await live().retrigger(['build-crashed']));
    });

    test('extra.retrigger false: in whatever state, and before the tag', async () => {
      await expectRerun('build-always', await live().retrigger(['build-always']));
    });

    test('the action rerun, on a failed test', async () => {
      const taskId = live().push.taskId('test-rerun');
      await expectRerun('test-rerun', await live().send(live().payload('rerun', { taskId, input: {} })));
    });

    test('a completed build: nothing is done, and the answer says why', async () => {
      const refused = await refusal(live().retrigger(['build-linux']));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('build-linux');
      expect(refused.message).toContain('it has completed');
      await expectUntouched('build-linux', 1);
    });

    test('a build that is still pending: likewise', async () => {
      const refused = await refusal(live().retrigger(['build-queued']));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('it is pending already');
      await expectUntouched('build-queued', 1);
    });
  });
}
