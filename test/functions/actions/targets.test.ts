import { describe, expect, it } from 'vitest';
import type { Action } from '../../../functions/actions/plan.ts';
import { PushLabels } from '../../../functions/actions/push-labels.ts';
import { findTargets, foreign, numberCopies, type Target } from '../../../functions/actions/targets.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { action, DECISION, definition, HOOK, id, named } from '../fixtures.ts';
import { add, emptyPush, readerOf, smallPush, times, type MemoryPush } from './memory-push.ts';

const CUT = 'l'.repeat(139);
const labels = (...asked: string[]): Action['request'] => ({
  kind: 'labels',
  requests: [{ labels: asked, times: 2 }],
});

async function find(request: Action['request'], push: MemoryPush, inGraph?: (label: string) => boolean) {
  const known = await PushLabels.read(readerOf(push), DECISION);
  return findTargets(action(request), known, push.tasks, inGraph);
}

const nothing = { targets: [], refused: [], beyond: [] };

describe('targets', () => {
  it('are none for new jobs', () => {
    const request: Action['request'] = { kind: 'new-jobs', labels: ['a'], times: 1 };
    expect(findTargets(action(request), undefined, new Map())).toStrictEqual(nothing);
  });

  it('are rerun once', async () => {
    const push = smallPush();
    expect(await find({ kind: 'rerun', taskId: id('lint') }, push)).toStrictEqual({
      ...nothing,
      targets: [
        {
          label: 'source-lint',
          taskId: id('lint'),
          definition: push.tasks.get(id('lint')),
          times: 1,
          request: 0,
          original: true,
        },
      ],
    });
  });

  it('have the label of the push’s map, or their own if named by taskId', async () => {
    const push = smallPush();
    push.labels.set(DECISION, { 'called-so': id('lint') });
    const byLabel = await find(labels('called-so'), push);
    expect(byLabel.targets).toMatchObject([{ label: 'called-so', taskId: id('lint'), times: 2 }]);
    const byTaskId = await find({ kind: 'task', taskId: id('lint'), times: 3 }, push);
    expect(byTaskId.targets).toMatchObject([{ label: 'source-lint', taskId: id('lint'), times: 3 }]);
  });

  it('of one label created at the same time have the decision task’s as the original', async () => {
    const push = smallPush();
    push.labels.set(id('action'), { 'source-lint': id('lint2') });
    push.tasks.set(id('lint2'), definition({ metadata: named('source-lint') }));
    push.indexed.push({ namespace: '', taskId: id('action'), data: undefined });
    const known = await PushLabels.read(readerOf(push), DECISION);
    known?.add(push.indexed);
    await known?.refresh(['source-lint']);
    const { targets } = findTargets(action(labels('source-lint')), known, push.tasks);
    expect(targets.map(({ taskId, original }) => [taskId, original])).toStrictEqual([
      [id('lint'), true],
      [id('lint2'), false],
    ]);
  });
});

describe('a label that the push does not have', () => {
  it('is ambiguous if Treeherder cut several labels to it', async () => {
    const push = emptyPush();
    add(push, id('one'), `${CUT}1`);
    add(push, id('two'), `${CUT}2`);
    const reason =
      'several labels of this push start like this one, which Treeherder cut short; retrigger the task on its own';
    expect(await find(labels(CUT), push)).toStrictEqual({ ...nothing, refused: [{ label: CUT, reason }] });
    expect(await find(labels(CUT), push, () => true)).toMatchObject({ refused: [{ reason }] });
  });

  it('is forwarded if the graph was not read, and refused if the graph lacks it too', async () => {
    const push = smallPush();
    expect(await find(labels('nonsense'), push)).toStrictEqual({
      ...nothing,
      beyond: [
        {
          kind: 'forward',
          because: 'no-task',
          reason: 'nonsense: this push has no task with that label, but its graph may',
        },
      ],
    });
    expect(await find(labels('nonsense'), push, () => true)).toStrictEqual(nothing);
    expect(await find(labels('nonsense'), push, (label) => label !== 'nonsense')).toStrictEqual({
      ...nothing,
      refused: [{ label: 'nonsense', reason: 'there is no such label in this push or in its graph' }],
    });
  });
});

describe('out of reach', () => {
  it('is a task of another group, and one of another trust domain or level', () => {
    expect(foreign({ taskGroupId: DECISION, hook: HOOK }, definition())).toBeUndefined();
    expect(
      foreign({ taskGroupId: DECISION, hook: HOOK }, definition({ taskGroupId: id('other') })),
    ).toStrictEqual({
      otherGroup: true,
      reason: `it belongs to task group ${id('other')}, but this action belongs to ${DECISION}`,
    });
    expect(
      foreign({ taskGroupId: DECISION, hook: HOOK }, definition({ schedulerId: 'gecko-level-3' })),
    ).toStrictEqual({
      otherGroup: false,
      reason: 'its schedulerId is gecko-level-3, but this hook serves gecko-level-1',
    });
  });
});

const target = (name: string, changes: Partial<Target> = {}): Target => ({
  label: name,
  taskId: id(name),
  definition: definition(times(0)),
  times: 1,
  request: 0,
  original: true,
  ...changes,
});

const numbered = (targets: Target[], duplicatesOf?: (label: string) => number) =>
  [...numberCopies(id('action'), targets, duplicatesOf).values()].map((copies) =>
    copies.map(({ copy }) => copy),
  );

describe('copies', () => {
  it('belong to one of the rounds of their request', () => {
    const targets = [target('a', { times: 2 }), target('a', { times: 1, request: 1 })];
    const copies = [...numberCopies(id('action'), targets, () => 2).values()].flat();
    expect(copies.map(({ copy, round }) => [copy, round])).toStrictEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 0],
      [6, 0],
    ]);
  });

  it('are numbered across all requests for one task', () => {
    const targets = [target('a', { times: 2 }), target('b'), target('a')];
    expect(numbered(targets)).toStrictEqual([[1, 2], [1], [3]]);
  });

  it('are made only of the first task of a label', () => {
    expect(numbered([target('a'), target('a2', { original: false, times: 3 })])).toStrictEqual([[1], []]);
  });

  it('are as many tasks as the label’s duplicates', () => {
    expect(
      numbered([target('a', { times: 2 }), target('b')], (label) => (label === 'a' ? 2 : 1)),
    ).toStrictEqual([[1, 2, 3, 4], [1]]);
  });

  it('have derived taskIds', () => {
    const [copies] = numberCopies(id('action'), [target('a', { times: 2 })]).values();
    expect(copies).toStrictEqual(
      [1, 2].map((copy) => ({ copy, round: copy - 1, newTaskId: cloneTaskId(id('action'), id('a'), copy) })),
    );
  });
});
