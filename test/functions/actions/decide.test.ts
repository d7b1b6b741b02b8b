import { describe, expect, it } from 'vitest';
import { decide } from '../../../functions/actions/decide.ts';
import type { Action } from '../../../functions/actions/plan.ts';
import { numberCopies, type Target, type Targets } from '../../../functions/actions/targets.ts';
import type { TaskDefinition, TaskStatus } from '../../../functions/tasks/definition.ts';
import { action, DECISION, definition, id, NOW, status } from '../fixtures.ts';

const [one, other] = [id('one'), id('other')];
const byLabel: Action['request'] = { kind: 'labels', requests: [{ labels: ['a'], times: 1 }] };

function target(changes: Partial<Target> = {}, task: Partial<TaskDefinition> = {}): Target {
  return {
    label: 'a',
    taskId: one,
    definition: definition({ dependencies: [], ...task }),
    times: 1,
    request: 0,
    original: true,
    ...changes,
  };
}

function decided(
  targets: Target[],
  statuses: TaskStatus[] = [status(one, 'failed')],
  asked: Action = action(byLabel),
  others: Partial<Targets> = {},
) {
  return decide(
    asked,
    { targets, refused: [], beyond: [], ...others },
    {
      copies: numberCopies(asked.id, targets),
      statuses: new Map(statuses.map((known) => [known.taskId, known])),
      candidatesOf: (taskId) => [taskId],
    },
  );
}

describe('a decision', () => {
  it('is forwarded if something is beyond us', () => {
    const beyond = { kind: 'forward', because: 'no-task', reason: 'no' } as const;
    expect(decided([target()], [], action(byLabel), { beyond: [beyond] })).toBe(beyond);
  });

  it('refuses what was refused before, and a task without a status, once', () => {
    const refused = [{ label: 'b', reason: 'no' }];
    expect(decided([target(), target()], [], action(byLabel), { refused })).toMatchObject({
      kind: 'work',
      refused: [...refused, { label: 'a', taskId: one, reason: 'the queue no longer has this task' }],
    });
  });

  it('is forwarded if a rerun also affects a task of another group', () => {
    const rerunnable = target({ elsewhere: other }, { tags: { retrigger: 'false' } });
    expect(decided([rerunnable])).toStrictEqual({
      kind: 'forward',
      because: 'other-group',
      reason: `a also has task ${other}, in another task group`,
    });
  });

  it('refuses a single task that may only be rerun, unless it is forced', () => {
    const unmarked = target({}, { tags: {}, extra: { retrigger: false } });
    const single: Action['request'] = { kind: 'task', taskId: one, times: 1 };
    expect(decided([unmarked])).toMatchObject({ reruns: [{ taskId: one }] });
    expect(decided([unmarked], undefined, action({ ...single, force: true }))).toMatchObject({
      clones: [{ taskId: one }],
    });
  });
});

describe('a clone', () => {
  // The original's deadline was a day after its creation; so is the clone's.
  const deadline = NOW.getTime() + 24 * 3_600_000;
  const dependent = target({}, { dependencies: [other] });
  const expiring = (ms: number) => status(other, 'completed', { expires: new Date(ms).toISOString() });

  it('needs its dependencies until its own deadline', () => {
    expect(decided([dependent], [status(one), expiring(deadline)])).toMatchObject({
      clones: [{ taskId: one }],
    });
    expect(decided([dependent], [status(one), expiring(deadline - 1)])).toStrictEqual({
      kind: 'forward',
      because: 'missing-dependency',
      reason: `a (${one}): its dependency ${other} is gone or expires too soon`,
    });
    expect(decided([dependent], [status(one)])).toMatchObject({ because: 'missing-dependency' });
  });

  it('is made only of the first task of its label', () => {
    expect(decided([target({ original: false })])).toMatchObject({ kind: 'work', clones: [] });
    // So nothing is wanted of what the others depend on.
    const second = target({ original: false }, { dependencies: [other] });
    expect(decided([second], [status(one)])).toMatchObject({ kind: 'work', clones: [], warnings: [] });
  });

  it('exists if its taskId does', () => {
    const [copy] = [...numberCopies(id('action'), [target()]).values()].flat();
    const newTaskId = copy?.newTaskId ?? '';
    expect(decided([target()], [status(one), status(newTaskId)])).toMatchObject({
      clones: [{ newTaskId, exists: true }],
    });
  });

  it('warns of at most five failed dependencies, and counts the others', () => {
    const failed = Array.from({ length: 7 }, (_, index) => id(`failed${index}`));
    const warningsOf = (count: number, task: Partial<TaskDefinition> = {}) => {
      const dependencies = failed.slice(0, count);
      const statuses = [status(one), ...dependencies.map((taskId) => status(taskId, 'failed'))];
      return decided([target({}, { dependencies, ...task })], statuses);
    };
    const warnings = failed.map(
      (taskId) =>
        `a depends on ${taskId}, which is failed: the new task waits until that one is rerun and completes`,
    );
    expect(warningsOf(5)).toMatchObject({ warnings: warnings.slice(0, 5) });
    expect(warningsOf(7)).toMatchObject({
      warnings: [...warnings.slice(0, 5), 'a depends on 2 more failed tasks'],
    });
    expect(warningsOf(7, { requires: 'all-resolved' })).toMatchObject({ warnings: [] });
  });

  it('warns once, however often it is made', () => {
    const statuses = [status(one), status(other, 'failed')];
    expect(decided([dependent, { ...dependent }], statuses)).toMatchObject({
      clones: [{ copy: 1 }, { copy: 2 }],
      warnings: [expect.stringMatching(/which is failed/)],
    });
  });
});

describe('a rerun that may have been done', () => {
  const requested = NOW.toISOString();
  const rerunAt = (scheduled: string, reasonCreated = 'rerun') =>
    status(one, 'pending', {
      runs: [
        { runId: 0, state: 'failed', reasonCreated: 'scheduled', scheduled: definition().created },
        { runId: 1, state: 'pending', reasonCreated, scheduled },
      ],
    });
  const asked = action({ kind: 'rerun', taskId: one }, { repeated: true, requested });
  const before = new Date(NOW.getTime() - 1).toISOString();

  it.each<[string, TaskStatus, Action, object]>([
    [
      'is done by a rerun since the request',
      rerunAt(requested),
      asked,
      { reruns: [{ done: true, knownRuns: 2 }] },
    ],
    ['is not by one before', rerunAt(before), asked, { reruns: [], noops: [{ taskId: one }] }],
    ['is not by a retry', rerunAt(requested, 'retry'), asked, { reruns: [], noops: [{ taskId: one }] }],
    [
      'is not if this is the first attempt',
      rerunAt(requested),
      action({ kind: 'rerun', taskId: one }, { requested }),
      { reruns: [], noops: [{ taskId: one }] },
    ],
  ])('%s', (_what, known, repeated, expected) => {
    expect(decided([target()], [known], repeated)).toMatchObject(expected);
  });

  it('never touches the decision task', () => {
    const decision = target({ taskId: DECISION });
    expect(
      decided([decision], [status(DECISION, 'failed')], action({ kind: 'rerun', taskId: DECISION })),
    ).toMatchObject({
      kind: 'forward',
      because: 'protected',
    });
  });
});
