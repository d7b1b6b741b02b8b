import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { answerCancellation } from '../../../functions/trigger/cancel-answer.ts';
import { id } from '../fixtures.ts';

const canceled: ItemOutcome = {
  label: 'a',
  taskId: id('a'),
  result: 'canceled',
  reason: 'it was pending',
};
const ended: ItemOutcome = { label: 'b', taskId: id('b'), result: 'noop', reason: 'it has already ended' };
const refused: ItemOutcome = { label: 'c', taskId: id('c'), result: 'refused', reason: 'no scopes' };
const unknown: ItemOutcome = { label: 'd', taskId: id('d'), result: 'unknown', reason: 'no answer' };

function refusal(...items: ItemOutcome[]): [number, string] {
  try {
    answerCancellation({ items, warnings: [] });
  } catch (error) {
    if (error instanceof ApiError) return [error.statusCode, error.message];
    throw error;
  }
  throw new Error('nothing was thrown');
}

const NOT_SAID = 'Taskcluster did not say what became of these; they may still run:';

describe('the answer to a cancellation', () => {
  it('names the first task that was canceled', () => {
    const taskId = id('a');
    expect(answerCancellation({ items: [ended, canceled], warnings: [] })).toEqual({
      taskId,
      status: { taskId },
    });
  });

  it.each<[string, ItemOutcome[], [number, string]]>([
    ['no task was left', [], [409, 'There was nothing to cancel: every task in this push has ended']],
    [
      'the task has ended',
      [ended],
      [409, `There was nothing to cancel:\n- b (${id('b')}): it has already ended`],
    ],
    ['all were refused', [ended, refused], [400, `Nothing was canceled:\n- c (${id('c')}): no scopes`]],
    [
      'one of two was refused',
      [canceled, refused],
      [400, `1 task was canceled.\n\nThese were not canceled:\n- c (${id('c')}): no scopes`],
    ],
    [
      'one of three was refused',
      [canceled, refused, canceled],
      [400, `2 tasks were canceled.\n\nThese were not canceled:\n- c (${id('c')}): no scopes`],
    ],
    ['no answer came', [unknown], [400, `${NOT_SAID}\n- d (${id('d')}): no answer`]],
    [
      'no answer came for one of two',
      [canceled, unknown],
      [400, `1 task was canceled.\n\n${NOT_SAID}\n- d (${id('d')}): no answer`],
    ],
    [
      'one was refused, and no answer came for another',
      [refused, unknown],
      [
        400,
        `These were not canceled:\n- c (${id('c')}): no scopes\n\n${NOT_SAID}\n- d (${id('d')}): no answer`,
      ],
    ],
  ])('says what to know when %s, never as a 5xx', (_what, items, answer) => {
    expect(refusal(...items)).toEqual(answer);
  });

  it('names a task once if only its taskId or only its label is known', () => {
    expect(refusal({ ...refused, label: id('c') })[1]).toBe(`Nothing was canceled:\n- ${id('c')}: no scopes`);
    const { taskId: _, ...labeled } = refused;
    expect(refusal(labeled)[1]).toBe('Nothing was canceled:\n- c: no scopes');
  });

  it('says that others may still run after thousands of refused tasks with labels and reasons of any length', () => {
    const items = Array.from({ length: 1_000 }, (_, nth) => ({
      ...refused,
      label: `${nth} ${'"'.repeat(100_000)}`,
      reason: 'r'.repeat(100_000),
    }));
    const [, message] = refusal(canceled, ...items, unknown);
    expect(message.length).toBeLessThan(8_000);
    expect(message).toMatch(/^- 0 "+ … \(\d+ characters more\) .*… and 99\d more$/ms);
    expect(message).toContain(`\n\n${NOT_SAID}\n- d (${id('d')}): no answer`);
  });
});
