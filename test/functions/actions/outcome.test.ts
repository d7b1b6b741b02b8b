import { describe, expect, it } from 'vitest';
import { firstTaskId, unfinishedItems, type ItemOutcome } from '../../../functions/actions/outcome.ts';

const item = (
  result: ItemOutcome['result'],
  ids: Partial<ItemOutcome> = { taskId: result },
): ItemOutcome => ({
  label: 'a',
  reason: 'b',
  result,
  ...ids,
});

describe('the first task that runs because of an action', () => {
  it.each<[string, ItemOutcome[], string | undefined]>([
    ['is a clone, by its own taskId', [item('created', { taskId: 'old', newTaskId: 'new' })], 'new'],
    ['is what was rerun', [item('rerun')], 'rerun'],
    ['is what was canceled', [item('canceled')], 'canceled'],
    ['is the first of those', [item('noop'), item('rerun'), item('created')], 'rerun'],
    ['is nothing else', [item('noop'), item('refused'), item('unknown')], undefined],
    ['may be none', [], undefined],
  ])('%s', (_what, items, expected) => {
    expect(firstTaskId({ items, warnings: [] })).toBe(expected);
  });
});

it('refused and unknown items are unfinished', () => {
  const results = ['created', 'refused', 'rerun', 'canceled', 'unknown', 'noop'] as const;
  expect(unfinishedItems({ items: results.map((result) => item(result)) })).toStrictEqual([
    item('refused'),
    item('unknown'),
  ]);
});
