import { beforeAll, describe, expect, test } from 'vitest';
import { performEarlierAction, type EarlierAction } from './earlier-action.ts';
import { expectedClone } from './expected-clone.ts';
import type { Live } from './live.ts';

/** Retriggers on a push where an in-tree action has run tasks again. */
export function earlierActionCases(live: () => Live): void {
  describe('after an earlier action', () => {
    let earlier: EarlierAction | undefined;
    const madeBy = (label: string): string => earlier?.made[label] ?? 'nothing';

    beforeAll(async () => {
      earlier = await performEarlierAction(live(), ['build-mac', 'test-remade']);
    }, 60_000);

    test('a dependency that was run again is replaced by the new one everywhere', async () => {
      const target = live().push.taskId('test-on-mac');
      const taskId = await live().retrigger(['test-on-mac']);
      const [original, clone] = await Promise.all([live().task(target), live().task(taskId)]);
      const replaced = new Map([
        [target, taskId],
        [live().push.taskId('build-mac'), madeBy('build-mac')],
      ]);
      expect(clone).toEqual(expectedClone(original, clone.created, replaced));
      expect(clone.dependencies).toEqual([live().push.taskId('build-linux'), madeBy('build-mac')]);
      expect(JSON.stringify(clone.payload)).toContain(madeBy('build-mac'));
      expect((await live().status(taskId)).state).toBe('unscheduled');
    });

    test('of several tasks with a label, the first is cloned, whatever the action did', async () => {
      const target = live().push.taskId('test-remade');
      const taskId = await live().retrigger(['test-remade']);
      const [original, clone] = await Promise.all([live().task(target), live().task(taskId)]);
      expect(madeBy('test-remade')).not.toBe(target);
      expect(clone).toEqual(expectedClone(original, clone.created, new Map([[target, taskId]])));
      await live().untilState(taskId, 'pending');
    });
  });
}
