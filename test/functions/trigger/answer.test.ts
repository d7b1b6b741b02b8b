import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import { noWork } from '../../../functions/actions/plan.ts';
import type { Result } from '../../../functions/actions/perform.ts';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { answer } from '../../../functions/trigger/answer.ts';
import { action, CLONED, HOOK, id } from '../fixtures.ts';

const created: ItemOutcome = CLONED;
const rerun: ItemOutcome = { label: 'b', taskId: id('b'), result: 'rerun', reason: 'r' };
const nothing: ItemOutcome = {
  label: 'c',
  taskId: id('c'),
  result: 'noop',
  reason: 'it is already running',
};
const refused: ItemOutcome = { label: 'd', taskId: id('d'), result: 'refused', reason: 'no scopes' };
const unknown: ItemOutcome = { label: 'e', result: 'refused', reason: 'no such label' };

const performed = (...items: ItemOutcome[]): Result => ({
  kind: 'performed',
  action: action({ kind: 'rerun', taskId: id('a') }),
  plan: noWork(),
  outcome: { items, warnings: [] },
});
const forwarded = (given: { taskId?: string } | undefined): Result => ({
  kind: 'forwarded',
  plan: { kind: 'forward', because: 'unmarked', reason: 'r' },
  answer: given,
});

function refusal(result: Result): ApiError {
  try {
    answer(result, HOOK);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('answer', () => {
  it.each<[string, ItemOutcome[], string]>([
    ['the clone', [created], id('copy')],
    ['the first of several', [created, rerun], id('copy')],
    ['the task that runs again', [nothing, rerun], id('b')],
  ])('names %s, as the hooks service would its task', (_what, items, taskId) => {
    expect(answer(performed(...items), HOOK)).toEqual({ taskId, status: { taskId } });
  });

  it('passes on the full hook’s answer', () => {
    expect(answer(forwarded({ taskId: id('x') }), HOOK)).toEqual({ taskId: id('x') });
    expect(answer(forwarded({}), HOOK)).toEqual({});
  });

  it('says that there is no such hook', () => {
    const { statusCode, message } = refusal(forwarded(undefined));
    expect([statusCode, message]).toEqual([
      404,
      'No such hook: project-gecko/in-tree-action-1-generic/0123456789',
    ]);
  });

  it('says that there was nothing to do', () => {
    const { statusCode, message } = refusal(performed(nothing));
    expect([statusCode, message]).toEqual([
      409,
      `There was nothing to run again:\n- c (${id('c')}): it is already running`,
    ]);
  });

  it('says that nothing was asked for', () => {
    const { statusCode, message } = refusal(performed());
    expect([statusCode, message]).toEqual([409, 'There was nothing to run again: the request names no task']);
  });

  it('speaks of a cancellation as such', () => {
    const items: ItemOutcome[] = [{ ...nothing, result: 'refused' }];
    const canceled: Result = {
      kind: 'canceled',
      action: action({ kind: 'rerun', taskId: id('a') }),
      plan: { kind: 'cancellation', cancels: [], earlier: [], noops: [], refused: [], wholeGroup: false },
      outcome: { items, warnings: [] },
    };
    expect(refusal(canceled).message).toMatch(/^Nothing was canceled:\n/);
  });

  it('says that nothing was run again', () => {
    const { statusCode, message } = refusal(performed(nothing, refused, unknown));
    expect([statusCode, message]).toEqual([
      400,
      `Nothing was run again:\n- d (${id('d')}): no scopes\n- e: no such label`,
    ]);
  });

  it('does not name a task with an unknown label twice', () => {
    const { message } = refusal(performed({ ...refused, label: id('d') }));
    expect(message).toBe(`Nothing was run again:\n- ${id('d')}: no scopes`);
  });

  it('lists what was refused and what was made, never as a 5xx', () => {
    const { statusCode, message } = refusal(performed(created, rerun, refused));
    expect(statusCode).toBe(400);
    expect(message).toBe(
      `Not everything was run again. Refused:\n- d (${id('d')}): no scopes\n\n` +
        `These were run again. Do not retrigger them a second time:\n- a: ${id('copy')}\n- b: ${id('b')}`,
    );
  });
});

describe('an answer about what may exist', () => {
  const mayExist: ItemOutcome = { ...created, result: 'unknown', reason: 'no answer' };
  const mayRun: ItemOutcome = { ...rerun, result: 'unknown', reason: 'no answer' };
  const doubts =
    'Taskcluster did not say what became of these. Check the push before you retrigger them:\n' +
    `- a: may exist: ${id('copy')} (no answer)\n` +
    `- b: ${id('b')} may have a new run (no answer)`;

  it('says what to look for', () => {
    expect(refusal(performed(mayExist, mayRun)).message).toBe(doubts);
  });

  it('tells that apart from what was refused', () => {
    expect(refusal(performed(mayExist, refused, mayRun)).message).toBe(
      `Not everything was run again. Refused:\n- d (${id('d')}): no scopes\n\n${doubts}`,
    );
  });
});

const many = (item: ItemOutcome): ItemOutcome[] =>
  Array.from({ length: 1_000 }, (_, nth) => ({ ...item, label: `${item.label}${nth}` }));

describe('an answer about many and long items', () => {
  it.each<[string, ItemOutcome[], RegExp]>([
    ['refused', many(refused), /Nothing was run again:\n- d0 .*… and \d+ more$/s],
    ['created beside one refused', [refused, ...many(created)], /Do not retrigger.*- a0: .*… and \d+ more$/s],
    ['unclear', many({ ...created, result: 'unknown' }), /- a0: may exist: .*… and \d+ more$/s],
    ['without anything to do', many(nothing), /- c0 .*… and \d+ more$/s],
  ])('shows some of those %s, and says how many there are besides', (_, items, message) => {
    const { message: said } = refusal(performed(...items));
    expect(said).toMatch(message);
    expect(said.length).toBeLessThan(9_000);
  });

  it('cuts labels and reasons', () => {
    const { message } = refusal(
      performed({ ...refused, label: '"'.repeat(4_600_000), reason: 'r'.repeat(100_000) }, created),
    );
    expect(message.length).toBeLessThan(2_000);
    expect(message).toContain(`Do not retrigger them a second time:\n- a: ${id('copy')}`);
  });
});
