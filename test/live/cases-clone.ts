import { describe, expect, test } from 'vitest';
import { expectedClone } from './expected-clone.ts';
import type { Live } from './live.ts';
import { LONG_LABEL } from './wanted-tasks.ts';

/** Retriggers that end in new tasks. */
export function cloneCases(live: () => Live): void {
  describe('clones', () => {
    test('one label: the same task, later', async () => {
      const { push } = live();
      const target = push.taskId('test-once');
      const taskId = await live().retrigger(['test-once']);
      expect(await live().clonesOf('test-once')).toEqual([taskId]);
      const [original, clone] = await Promise.all([live().task(target), live().task(taskId)]);
      expect(clone).toEqual(expectedClone(original, clone.created, new Map([[target, taskId]])));
      await live().untilState(taskId, 'pending');
    });

    test('the definition of a clone lies as far ahead as the original did', async () => {
      const before = Date.now();
      const taskId = await live().retrigger(['lint']);
      const { created } = await live().task(taskId);
      expect(Date.parse(created)).toBeGreaterThanOrEqual(before - 60_000);
      expect(Date.parse(created)).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    test('times 3 makes three', async () => {
      const first = await live().retrigger(['test-thrice'], 3);
      const clones = await live().clonesOf('test-thrice');
      expect(clones).toHaveLength(3);
      expect(clones).toContain(first);
    });

    test('two labels, one of them twice', async () => {
      await live().retrigger(['test-pair-1', 'test-pair-2', 'test-pair-1']);
      expect(await live().clonesOf('test-pair-1')).toHaveLength(1);
      expect(await live().clonesOf('test-pair-2')).toHaveLength(1);
    });

    test('a label that Treeherder has cut', async () => {
      await live().retrigger([LONG_LABEL.slice(0, 139)]);
      expect(await live().clonesOf(LONG_LABEL)).toHaveLength(1);
    });

    test('extra.retrigger without a tag', async () => {
      await live().retrigger(['test-extra']);
      expect(await live().clonesOf('test-extra')).toHaveLength(1);
    });

    test('one task by its taskId, with times', async () => {
      const taskId = live().push.taskId('test-one-task');
      await live().trigger('retrigger', { taskId, input: { times: 2 } });
      expect(await live().clonesOf('test-one-task')).toHaveLength(2);
    });

    test('behind a failed dependency: cloned all the same, and waits', async () => {
      const taskId = await live().retrigger(['test-of-broken']);
      const { dependencies } = await live().task(taskId);
      expect(dependencies).toEqual([live().push.taskId('build-broken')]);
      expect((await live().status(taskId)).state).toBe('unscheduled');
    });

    test('a call with payload.taskId may be repeated', async () => {
      const { push } = live();
      const payload = { ...live().payload('retrigger-multiple', retriggerOf('test-again')), taskId: live().newTaskId() };
      const first = await live().send(payload);
      const second = await live().send(payload);
      expect(second).toEqual(first);
      expect(await live().clonesOf('test-again')).toHaveLength(1);
      expect(first).not.toBe(push.taskId('test-again'));
    });

    test('temporary credentials serve as well as permanent ones', async () => {
      const credentials = live().temporary(live().deployment.user, [live().triggerScope]);
      await live().send(live().payload('retrigger-multiple', retriggerOf('test-extra')), { credentials });
      expect(await live().clonesOf('test-extra')).toHaveLength(2);
    });
  });
}

const retriggerOf = (label: string) => ({ input: { requests: [{ tasks: [label] }] }, taskId: null });
