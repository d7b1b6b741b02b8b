import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import type { Result } from '../../../functions/actions/perform.ts';
import { noWork, type Standing } from '../../../functions/actions/plan.ts';
import { ActionLog } from '../../../functions/worker/action-log.ts';
import { readActionTask } from '../../../functions/worker/action-task.ts';
import { action, CLONED, id } from '../fixtures.ts';
import { ACTION, actionTask, claim, QUEUE, ROOT } from './claim.ts';

const created: ItemOutcome = { ...CLONED, reason: 'marked' };
const rerun: ItemOutcome = { label: 'b', taskId: id('b'), result: 'rerun', reason: 'it failed' };
const noop: ItemOutcome = { label: 'c', taskId: id('c'), result: 'noop', reason: 'it runs already' };
const refused: ItemOutcome = { label: 'd', taskId: id('d'), result: 'refused', reason: 'broken' };
const unknown: ItemOutcome = { ...created, label: 'e', result: 'unknown', reason: 'no answer' };
const rerunUnknown: ItemOutcome = { ...rerun, label: 'f', result: 'unknown', reason: 'no answer' };
const canceled: ItemOutcome = { label: 'g', taskId: id('g'), result: 'canceled', reason: 'it was pending' };

const link = (name: string) => `${ROOT}/tasks/${id(name)}`;
const CREATED = `created  a  ${link('copy')}, a clone of ${id('a')}: marked`;
const RERUN = `rerun  b  ${link('b')}: it failed`;
const NOOP = `nothing  c  ${link('c')}: it runs already`;
const REFUSED = `refused  d  ${link('d')}: broken`;
const UNKNOWN = `unknown  e  ${link('copy')}, a clone of ${id('a')}: no answer`;

function performed(items: ItemOutcome[], warnings: string[] = [], rounds: Standing[][] = []): Result {
  return {
    kind: 'performed',
    action: action({ kind: 'rerun', taskId: id('a') }),
    plan: {
      ...noWork(),
      rounds: rounds.map((standing, index) => ({ name: `${index}`, requested: [], standing })),
    },
    outcome: { items, warnings },
  };
}
function cancellation(...items: ItemOutcome[]): Result {
  return {
    kind: 'canceled',
    action: action({ kind: 'rerun', taskId: id('a') }),
    plan: { kind: 'cancellation', cancels: [], earlier: [], noops: [], refused: [], wholeGroup: false },
    outcome: { items, warnings: [] },
  };
}
function forwarded(answer: { taskId?: string } | undefined): Result {
  return {
    kind: 'forwarded',
    plan: { kind: 'forward', because: 'unmarked', reason: 'it has no mark' },
    answer,
  };
}

/** The log's lines after the first, without their times. */
function linesOf(write: (log: ActionLog) => void): string[] {
  const log = new ActionLog(ROOT, claim());
  write(log);
  const lines = log.toString().split('\n');
  expect(lines.at(-1)).toBe('');
  return lines.slice(1, -1).map((line) => line.replace(/^\[ *\d+ ms\] /, ''));
}
const linesAfter = (result: Result) => linesOf((log) => log.ended(result));

describe('the time of each line', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('counts from the claim, in milliseconds', () => {
    vi.advanceTimersByTime(5_000);
    const log = new ActionLog(ROOT, claim({ runId: 2 }));
    vi.advanceTimersByTime(1_234.4);
    log.failed('nothing\nworks', 'Try again.');
    vi.advanceTimersByTime(1_000_000);
    log.ended(cancellation(canceled));
    expect(log.toString()).toBe(
      `[     0 ms] Action: Retrigger: ${ROOT}/tasks/${ACTION}, run 2\n` +
        '[  1234 ms] failed: nothing works\n' +
        '[  1234 ms] Try again.\n' +
        `[1001234 ms] canceled  g  ${link('g')}: it was pending\n` +
        '[1001234 ms] 1 canceled, 0 with nothing to do, 0 not canceled\n',
    );
  });
});

const asked = (changes = {}) => linesOf((log) => log.asked(readActionTask(actionTask(changes), QUEUE)));

describe('the request', () => {
  it('is logged with user, hook, push and input', () => {
    expect(asked()).toEqual([
      'requested by mozilla-auth0/me through project-gecko/in-tree-action-1-generic/0123456789',
      `push: try, ${ROOT}/tasks/groups/${id('decision')}`,
      'action retrigger, input {}',
    ]);
  });

  it('may come from an unknown user', () => {
    expect(asked({ clientId: null })[0]).toMatch(/^requested by an unknown user through /);
  });
});

describe('what was run again', () => {
  it('is logged item by item, with links and a total', () => {
    expect(linesAfter(performed([created, rerun, noop]))).toEqual([
      CREATED,
      RERUN,
      NOOP,
      '1 created, 1 rerun, 1 with nothing to do, 0 refused',
    ]);
  });

  it.each([
    ['created', created, '1 created, 0 rerun, 0 with nothing to do, 0 refused'],
    ['rerun', rerun, '0 created, 1 rerun, 0 with nothing to do, 0 refused'],
  ])('needs no more words where everything was %s', (_what, item, sum) => {
    expect(linesAfter(performed([item])).slice(1)).toEqual([sum]);
  });

  it('is marked if an earlier run of the action task did it', () => {
    expect(linesAfter(performed([{ ...created, earlier: true }]))[0]).toBe(
      `${CREATED} (by an earlier run of this task)`,
    );
  });

  it('has no original if it is a new job', () => {
    const { taskId: _, ...fresh } = created;
    expect(linesAfter(performed([fresh]))[0]).toBe(`created  a  ${link('copy')}: marked`);
  });

  it('comes before the warnings, and after what was found in the index', () => {
    const found = { label: 'i', taskId: id('i'), in: 'index' } as const;
    const here = { label: 'p', taskId: id('p'), in: 'push' } as const;
    expect(linesAfter(performed([created], ['mind this'], [[here, found], [found]]))).toEqual([
      `found  i  ${link('i')}: the index already has it, so it is not created again`,
      CREATED,
      'warning: mind this',
      '1 created, 0 rerun, 0 with nothing to do, 0 refused',
    ]);
  });
});

describe('if nothing was run again', () => {
  it('the log ends with the reasons', () => {
    expect(linesAfter(performed([noop]))).toEqual([
      NOOP,
      '0 created, 0 rerun, 1 with nothing to do, 0 refused',
      'There was nothing to run again:',
      '- c: it runs already',
    ]);
  });

  it('the log says that nothing was requested', () => {
    expect(linesAfter(performed([]))).toEqual([
      '0 created, 0 rerun, 0 with nothing to do, 0 refused',
      'There was nothing to run again: the request names no task',
    ]);
  });
});

describe('what was not run again', () => {
  const later = 'later. If it is refused again, ask in #taskcluster, with a link to this task.';

  it('is listed last, with advice', () => {
    expect(linesAfter(performed([refused]))).toEqual([
      REFUSED,
      '0 created, 0 rerun, 0 with nothing to do, 1 refused',
      'Not everything was run again. What was refused, and why:',
      '- d: broken',
      `Nothing was run again. Retrigger ${later}`,
    ]);
  });

  it('has no link if it is not a task', () => {
    const { taskId: _, ...label } = refused;
    expect(linesAfter(performed([label]))[0]).toBe('refused  d: broken');
  });

  it.each([
    ['created', created],
    ['rerun', rerun],
  ])('alone is to be retriggered if another was %s', (_what, done) => {
    const lines = linesAfter(performed([noop, done, refused, { ...refused, label: 'h' }]));
    expect(lines.slice(-4)).toEqual([
      'Not everything was run again. What was refused, and why:',
      '- d: broken',
      '- h: broken',
      `The other tasks were run again; retrigger only what was refused ${later}`,
    ]);
  });

  it.each([
    [
      'InsufficientScopes: no',
      'once the scopes named above are granted: ask in #firefox-ci, with a link to this task.',
    ],
    ['the group is sealed', 'on a newer push: nothing more can run in this one, so push again.'],
    ['its deadline has passed', 'on a newer push: nothing more can run in this one, so push again.'],
    ['no such label', 'with a label that this push has, or push again.'],
    ['the queue no longer has this task', 'with a label that this push has, or push again.'],
    ['anything else', later],
  ])('because of “%s” is to be retriggered in the way that helps', (reason, advice) => {
    expect(linesAfter(performed([refused, { ...refused, reason }])).at(-1)).toBe(
      `Nothing was run again. Retrigger ${advice}`,
    );
  });

  it('may exist nevertheless if there was no answer', () => {
    expect(linesAfter(performed([rerun, unknown, rerunUnknown])).slice(1)).toEqual([
      UNKNOWN,
      `unknown  f  ${link('b')}: no answer`,
      '0 created, 1 rerun, 0 with nothing to do, 0 refused, 2 unknown',
      'Taskcluster did not say what became of these:',
      `- e: may exist: ${id('copy')}`,
      `- f: ${id('b')} may have a new run`,
      'Check the push before you retrigger them.',
    ]);
  });

  it('is separate from what may exist', () => {
    expect(linesAfter(performed([created, refused, unknown])).slice(3)).toEqual([
      '1 created, 0 rerun, 0 with nothing to do, 1 refused, 1 unknown',
      'Not everything was run again. What was refused, and why:',
      '- d: broken',
      'Taskcluster did not say what became of these:',
      `- e: may exist: ${id('copy')}`,
      'Check the push before you retrigger them.',
      `Retrigger only what was refused, ${later}`,
    ]);
  });
});

describe('a cancellation', () => {
  it('ends with the total', () => {
    expect(linesAfter(cancellation(canceled, noop))).toEqual([
      `canceled  g  ${link('g')}: it was pending`,
      NOOP,
      '1 canceled, 1 with nothing to do, 0 not canceled',
    ]);
  });

  it('says so if everything has ended', () => {
    expect(linesAfter(cancellation(noop))).toEqual([
      NOOP,
      '0 canceled, 1 with nothing to do, 0 not canceled',
      'There was nothing to cancel.',
    ]);
  });

  it('lists what was not canceled, with advice', () => {
    expect(linesAfter(cancellation(canceled, refused, { ...rerunUnknown, label: 'h' })).slice(3)).toEqual([
      '1 canceled, 0 with nothing to do, 2 not canceled',
      '- not canceled: d: broken',
      '- may still run: h: no answer',
      'Cancel the rest later. If it is refused again, ask in #taskcluster, with a link to this task.',
    ]);
  });
});

describe('a forwarded action', () => {
  const why = 'this action needs the full action task: it has no mark (unmarked)';

  it.each<[string, { taskId?: string } | undefined, string]>([
    [
      'to the full action task',
      { taskId: id('full') },
      `it runs as ${link('full')}; see there for the result`,
    ],
    ['to whom to ask, if the hook has created none', {}, 'the full hook created no task'],
    [
      'to whom to ask, if there is no hook',
      undefined,
      'There is no full hook to forward it to. Ask the people who run the hooks to check them (`npm run hooks -- diff`).',
    ],
  ])('leads %s', (_what, answer, line) => {
    expect(linesAfter(forwarded(answer))).toEqual([why, line]);
  });
});
