import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { CREATED, definition, id, named, NOW, status } from '../fixtures.ts';
import {
  attempt,
  broken,
  conflict,
  forbidden,
  lint,
  lost,
  ofLint,
  ofTest1,
  test1,
  type Failures,
} from './attempt.ts';
import { smallPush } from './memory-push.ts';

function resultsOf(items: ItemOutcome[]): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => [
      `${item.label} ${item.copy ?? ''}`.trim(),
      item.result + (item.earlier ? ' earlier' : ''),
    ]),
  );
}

const ALL_WELL = {
  'test-linux/opt-1 1': 'created',
  'test-linux/opt-1 2': 'created',
  'source-lint 1': 'created',
  'source-lint 2': 'created',
  'upload-symbols': 'rerun',
  'upload-docs': 'noop',
  cut: 'refused',
};

describe('act', () => {
  it('writes each item of the plan once, reruns first', async () => {
    const { outcome, written, push } = await attempt({});
    expect(resultsOf(outcome.items)).toEqual(ALL_WELL);
    expect(written).toEqual([
      `rerunTask ${id('upload')} 1`,
      ...[ofTest1(1), ofTest1(2), ofLint(1), ofLint(2)].map((taskId) => `createTask ${taskId}`),
    ]);
    expect(push.tasks.get(ofTest1(2))).toEqual({
      ...definition({ metadata: named('test-linux/opt-1') }),
      ...push.tasks.get(test1),
      created: NOW.toISOString(),
      deadline: '2026-05-02T12:30:00.250Z',
      expires: '2026-05-29T12:30:00.250Z',
      tags: { kind: 'test', retrigger: 'true', action: 'retrigger-multiple-task' },
    });
  });

  it('makes clones children of the action task, if there is one', async () => {
    const { push } = await attempt({ changes: { parent: id('action') } });
    expect(push.tasks.get(ofLint(1))?.extra).toEqual({ parent: id('action') });
  });

  it('reports which taskId was cloned to which', async () => {
    const { outcome } = await attempt({});
    expect(outcome.items[0]).toEqual({
      label: 'test-linux/opt-1',
      taskId: test1,
      newTaskId: ofTest1(1),
      copy: 1,
      result: 'created',
      reason: 'tags.retrigger is true',
    });
  });

  it('passes on the warnings of the plan', async () => {
    const { outcome } = await attempt({ planned: (plan) => ({ ...plan, warnings: ['take care'] }) });
    expect(outcome.warnings).toEqual(['take care']);
  });

  it.each<[string, Failures, Record<string, string>, string]>([
    [
      'clone',
      { [ofTest1(1)]: forbidden },
      { 'test-linux/opt-1 1': 'refused' },
      'createTask: InsufficientScopes: no scopes',
    ],
    [
      'rerun',
      {
        [id('upload')]: new TaskclusterError({
          method: 'rerunTask',
          statusCode: 409,
          code: 'RequestConflict',
          message: 'deadline',
        }),
      },
      { 'upload-symbols': 'refused' },
      'rerunTask: RequestConflict: deadline',
    ],
    [
      'clone of a sealed task group',
      { [ofLint(2)]: conflict },
      { 'source-lint 2': 'refused' },
      'createTask: RequestConflict: taskId already used',
    ],
    [
      'clone because of a bug of ours',
      { [ofLint(1)]: new TypeError('secret internals') },
      { 'source-lint 1': 'refused' },
      'an unexpected error on our side; it has been logged',
    ],
  ])('goes on after a refused %s, and says why', async (_what, failures, results, reason) => {
    const { outcome, said } = await attempt({ failures });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, ...results });
    const [error] = Object.values(failures);
    expect(said.filter(([, cause]) => cause === error).map(([item]) => item.reason)).toEqual([reason]);
  });
});

describe('a taskId that is taken', () => {
  const ours = definition({ ...smallPush().tasks.get(lint), created: NOW.toISOString() });
  const taken = new Map<string, [Partial<typeof ours>, string]>([
    ['by our clone', [{}, 'created earlier']],
    ['by our clone of another moment', [{ created: CREATED, deadline: CREATED }, 'created earlier']],
    ['by another label', [{ metadata: named('source-test') }, 'refused']],
    ['in another task group', [{ taskGroupId: id('foreign') }, 'refused']],
    ['under another scheduler', [{ schedulerId: 'gecko-level-3' }, 'refused']],
    ['by another action', [{ extra: { parent: id('other') } }, 'refused']],
  ]);

  it.each([...taken])('%s, as only the conflict tells', async (_what, [changes, result]) => {
    const push = smallPush();
    const takenMeanwhile = () => {
      push.tasks.set(ofLint(1), { ...ours, ...changes });
      push.statuses.set(ofLint(1), status(ofLint(1), 'pending'));
      throw conflict;
    };
    const { outcome } = await attempt({ push, failures: { [ofLint(1)]: takenMeanwhile } });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'source-lint 1': result });
  });

  it.each([...taken])('%s, as the plan knows: nothing is written', async (_what, [changes, result]) => {
    const push = smallPush();
    push.tasks.set(ofLint(1), { ...ours, ...changes });
    const { outcome, written } = await attempt({
      push,
      planned: (plan) => ({
        ...plan,
        clones: plan.clones.map((clone) => ({ ...clone, exists: clone.newTaskId === ofLint(1) })),
      }),
    });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'source-lint 1': result });
    expect(written).not.toContain(`createTask ${ofLint(1)}`);
  });

  it('is in doubt if the task cannot be read', async () => {
    const { outcome } = await attempt({ failures: { [ofLint(1)]: conflict }, readable: false });
    expect(outcome.items).toContainEqual(
      expect.objectContaining({
        label: 'source-lint',
        copy: 1,
        newTaskId: ofLint(1),
        result: 'unknown',
        reason: 'createTask: RequestConflict: taskId already used',
      }),
    );
  });
});

describe('a write that got no answer', () => {
  const failures = { [ofTest1(1)]: lost, [ofLint(2)]: lost, [id('upload')]: lost };
  const inDoubt = {
    'test-linux/opt-1 1': 'unknown',
    'source-lint 2': 'unknown',
    'upload-symbols': 'unknown',
  };

  it('is done if a look shows that', async () => {
    const { outcome, reads } = await attempt({ failures, arrives: true });
    expect(resultsOf(outcome.items)).toEqual(ALL_WELL);
    // One batch read for all of them.
    expect(reads).toEqual([`statuses ${[ofTest1(1), ofLint(2), id('upload')].toSorted().join(' ')}`]);
  });

  it('is in doubt if a look does not show that', async () => {
    const { outcome } = await attempt({ failures });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, ...inDoubt });
    expect(outcome.items[0]).toMatchObject({ newTaskId: ofTest1(1), reason: 'createTask: ECONNRESET: lost' });
  });

  it('is in doubt if looking fails', async () => {
    const { outcome } = await attempt({ failures, readable: false });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, ...inDoubt });
  });
});

describe('a write that failed in the service', () => {
  const failures = { [ofTest1(1)]: broken, [id('upload')]: broken };

  it.each([
    ['is done if a look shows that', true, true, {}],
    ['was not done if a look does not show it', true, false, 'refused'],
    ['is in doubt if looking fails', false, true, 'unknown'],
  ])('%s', async (_what, readable, arrives, result) => {
    const { outcome } = await attempt({ failures, readable, arrives });
    const changed =
      typeof result === 'string' ? { 'test-linux/opt-1 1': result, 'upload-symbols': result } : {};
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, ...changed });
  });

  it('after a try that was not answered may yet be done', async () => {
    const { outcome } = await attempt({ failures: { [ofTest1(1)]: forbidden.afterUnanswered() } });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'test-linux/opt-1 1': 'unknown' });
  });
});

it('does not repeat a rerun that an earlier attempt has done', async () => {
  const { outcome, written } = await attempt({
    planned: (plan) => ({ ...plan, reruns: plan.reruns.map((item) => ({ ...item, done: true })) }),
  });
  expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'upload-symbols': 'rerun earlier' });
  expect(written.filter((call) => call.startsWith('rerunTask'))).toEqual([]);
});

/** A push, and the answers to the creation of a clone, which the queue only stores at the first one. */
function stored(...answers: (Error | undefined)[]) {
  const push = smallPush();
  const store = () => {
    push.tasks.set(ofLint(1), definition({ ...push.tasks.get(lint), created: NOW.toISOString() }));
    push.statuses.set(ofLint(1), status(ofLint(1), 'unscheduled', { runs: [] }));
  };
  const create = () => {
    if (!push.tasks.has(ofLint(1))) store();
    const error = answers.shift();
    if (error) throw error;
  };
  return { push, store, failures: { [ofLint(1)]: create } };
}
const creations = (written: string[]) => written.filter((call) => call === `createTask ${ofLint(1)}`).length;

describe('a clone that the queue has stored but not scheduled', () => {
  it.each<[string, TaskclusterError | undefined, string]>([
    ['is created again', undefined, 'created'],
    ['is in doubt if that fails', broken, 'unknown'],
    ['is created again, even if the queue does not take it a second time', forbidden, 'created'],
  ])('%s', async (_what, second, result) => {
    const { push, failures } = stored(broken, second);
    const { outcome, written } = await attempt({ push, failures });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'source-lint 1': result });
    expect(creations(written)).toBe(2);
  });

  it('does not hide a bug of ours', async () => {
    const { push, failures } = stored(broken, new TypeError('a bug'));
    await expect(attempt({ push, failures })).rejects.toThrow('a bug');
  });

  it('by an earlier attempt is created again', async () => {
    const { push, store, failures } = stored();
    store();
    const { outcome, written } = await attempt({
      push,
      failures,
      planned: (plan) => ({
        ...plan,
        clones: plan.clones.map((clone) => ({ ...clone, exists: clone.newTaskId === ofLint(1) })),
      }),
    });
    expect(resultsOf(outcome.items)).toEqual({ ...ALL_WELL, 'source-lint 1': 'created earlier' });
    expect(creations(written)).toBe(1);
    expect(push.statuses.get(ofLint(1))?.state).toBe('pending');
  });
});
