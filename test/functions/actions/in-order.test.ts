import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { inOrder } from '../../../functions/actions/in-order.ts';

interface Item {
  newTaskId: string;
  after: string[];
  fails: boolean;
}

const anyItems: fc.Arbitrary<Item[]> = fc
  .array(fc.record({ after: fc.array(fc.nat(), { maxLength: 3 }), fails: fc.boolean() }), { maxLength: 20 })
  .map((items) =>
    items.map(({ after, fails }, index) => ({
      newTaskId: `t${index}`,
      after: index === 0 ? [] : after.map((other) => `t${other % index}`),
      fails,
    })),
  );

it('does each item once, in order, and skips those after a failure', async () => {
  await fc.assert(
    fc.asyncProperty(anyItems, fc.scheduler(), async (items, scheduler) => {
      const begun: string[] = [];
      const done = new Set<string>();
      const doing = inOrder(
        items,
        async (item): Promise<string> => {
          expect(item.after.every((id) => done.has(id))).toBe(true);
          begun.push(item.newTaskId);
          await scheduler.schedule(Promise.resolve());
          if (!item.fails) done.add(item.newTaskId);
          return item.fails ? 'failed' : 'done';
        },
        ({ newTaskId }, result) => (result === 'failed' ? `after ${newTaskId}` : undefined),
        (_, reason) => `skipped ${reason}`,
      );
      await scheduler.waitFor(doing);
      const results = await doing;
      const ends = new Map(items.map(({ newTaskId }, index) => [newTaskId, results[index] ?? '']));
      expect(new Set(begun).size).toBe(begun.length);
      for (const { newTaskId, after, fails } of items) {
        const stopped = after.some((id) => ends.get(id) !== 'done');
        expect(ends.get(newTaskId)).toMatch(stopped ? /^skipped after t/ : fails ? 'failed' : 'done');
        expect(begun.includes(newTaskId)).toBe(!stopped);
      }
    }),
  );
});

it('starts items that wait for nothing at once', async () => {
  const begun: string[] = [];
  const never = new Promise<string>(() => undefined);
  const items = ['a', 'b', 'c'].map((newTaskId) => ({ newTaskId, after: newTaskId === 'c' ? ['a'] : [] }));
  void inOrder(
    items,
    ({ newTaskId }) => {
      begun.push(newTaskId);
      return never;
    },
    () => undefined,
    () => '',
  );
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(begun).toEqual(['a', 'b']);
});
