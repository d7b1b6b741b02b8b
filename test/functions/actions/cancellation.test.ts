import { describe, expect, it } from 'vitest';
import {
  canceledAt,
  countByState,
  inOrder,
  isOpen,
  planCancellation,
  type Cancellation,
} from '../../../functions/actions/cancellation.ts';
import type { Action, Forward } from '../../../functions/actions/plan.ts';
import type { GroupTask, Reader } from '../../../functions/ports/reader.ts';
import type { TaskRun, TaskState } from '../../../functions/tasks/definition.ts';
import { action, DECISION, definition, HOOK, id, NOW, status } from '../fixtures.ts';
import { emptyPush, readerOf, smallPush, type MemoryPush } from './memory-push.ts';

const LATER = new Date(NOW.getTime() + 1).toISOString();
const BEFORE = new Date(NOW.getTime() - 1).toISOString();
const AT_ONCE = NOW.toISOString();

function asked(changes: Partial<Action> = {}) {
  const { request: _request, readsGraph: _readsGraph, ...known } = action({ kind: 'rerun', taskId: '' });
  return { ...known, ...changes };
}

function canceledRun(resolved: string): TaskRun {
  return {
    runId: 0,
    state: 'exception',
    reasonCreated: 'scheduled',
    scheduled: NOW.toISOString(),
    reasonResolved: 'canceled',
    resolved,
  };
}

function cancelOne(push: MemoryPush, taskId: string, changes: Partial<Action> = {}) {
  return planCancellation(asked(changes), { kind: 'cancel', taskId }, readerOf(push));
}

const inState = (name: string, state: TaskState, others: Partial<GroupTask> = {}): GroupTask => ({
  taskId: id(name),
  schedulerId: HOOK.schedulerId,
  state,
  canceled: undefined,
  ...others,
});

/** Plans to cancel a group that is listed in these pages. */
function cancelAll(
  pages: readonly (readonly GroupTask[])[],
  changes: Partial<Action> = {},
): Promise<Cancellation | Forward> {
  const reader: Reader = {
    ...readerOf(emptyPush()),
    listTaskGroup: async function* (group) {
      if (group === DECISION) yield* pages;
    },
  };
  return planCancellation(asked(changes), { kind: 'cancel-all' }, reader);
}

const pageOf = (count: number) =>
  Array.from({ length: count }, (_, index) => inState(`t${index}`, 'pending'));

const empty = { kind: 'cancellation', cancels: [], earlier: [], noops: [], refused: [], wholeGroup: false };

describe('cancel', () => {
  it.each<TaskState>(['unscheduled', 'pending', 'running', 'completed', 'failed', 'exception'])(
    'cancels a task that is %s',
    async (state) => {
      const push = smallPush();
      push.statuses.set(id('lint'), status(id('lint'), state));
      expect(await cancelOne(push, id('lint'))).toStrictEqual({
        ...empty,
        cancels: [{ label: 'source-lint', taskId: id('lint'), state }],
      });
    },
  );

  it('refuses a task of which the queue has no definition, or no status', async () => {
    const refused = [{ label: id('lint'), taskId: id('lint'), reason: 'the queue no longer has this task' }];
    for (const forgotten of ['tasks', 'statuses'] as const) {
      const push = smallPush();
      push[forgotten].delete(id('lint'));
      expect(await cancelOne(push, id('lint'))).toStrictEqual({ ...empty, refused });
    }
  });

  it('refuses a task of another group', async () => {
    const push = smallPush();
    push.tasks.set(id('lint'), definition({ ...push.tasks.get(id('lint')), taskGroupId: id('foreign') }));
    expect(await cancelOne(push, id('lint'))).toStrictEqual({
      ...empty,
      refused: [
        {
          label: 'source-lint',
          taskId: id('lint'),
          reason: `it belongs to task group ${id('foreign')}, but this action belongs to ${DECISION}`,
        },
      ],
    });
  });

  it.each<[string, string, Partial<Action>, 'earlier' | 'cancels']>([
    ['a repeated action has canceled itself', LATER, { repeated: true }, 'earlier'],
    ['was canceled at the very moment of the request', AT_ONCE, { repeated: true }, 'earlier'],
    ['was canceled before the request', BEFORE, { repeated: true }, 'cancels'],
    ['someone else has canceled, for a first attempt', LATER, {}, 'cancels'],
  ])('tells what %s', async (_what, resolved, changes, where) => {
    const push = smallPush();
    push.statuses.set(id('lint'), status(id('lint'), 'exception', { runs: [canceledRun(resolved)] }));
    const task = { label: 'source-lint', taskId: id('lint'), state: 'exception' };
    expect(await cancelOne(push, id('lint'), changes)).toStrictEqual({ ...empty, [where]: [task] });
  });

  it('cancels a repeated action’s task that was not canceled', async () => {
    const plan = await cancelOne(smallPush(), id('lint'), { repeated: true });
    expect(plan).toMatchObject({ cancels: [{ taskId: id('lint') }], earlier: [] });
  });
});

describe('cancel-all', () => {
  const everyState = ['completed', 'running', 'pending', 'failed', 'unscheduled', 'exception'] as const;

  it('cancels what can still run, from all pages: waiting tasks first, running ones last', async () => {
    const pages = [
      everyState.map((state) => inState(`a_${state.slice(0, 5)}`, state)),
      everyState.map((state) => inState(`b_${state.slice(0, 5)}`, state)),
    ];
    expect(await cancelAll(pages)).toStrictEqual({
      ...empty,
      wholeGroup: true,
      cancels: ['unscheduled', 'pending', 'running'].flatMap((state) =>
        ['a', 'b'].map((page) => {
          const taskId = id(`${page}_${state.slice(0, 5)}`);
          return { label: taskId, taskId, state };
        }),
      ),
    });
  });

  it('leaves its own action task alone', async () => {
    const pages = [[inState('parent', 'running'), inState('other', 'running')]];
    const plan = await cancelAll(pages, { parent: id('parent') });
    expect(plan).toMatchObject({ cancels: [{ taskId: id('other') }], earlier: [] });
  });

  it.each<[string, string | undefined, Partial<Action>, string[]]>([
    ['since the request, by an earlier attempt', LATER, { repeated: true }, [id('one')]],
    ['before the request', BEFORE, { repeated: true }, []],
    ['since the request, and this is the first attempt', LATER, {}, []],
    ['never', undefined, { repeated: true }, []],
  ])('tells of a task that was canceled %s', async (_when, canceled, changes, earlier) => {
    const plan = await cancelAll([[inState('one', 'exception', { canceled })]], changes);
    expect(plan).toStrictEqual({
      ...empty,
      wholeGroup: true,
      earlier: earlier.map((taskId) => ({ label: taskId, taskId, state: 'exception' })),
    });
  });

  it('refuses a group of another trust domain or level, and cancels none of it', async () => {
    const pages = [[inState('one', 'running', { schedulerId: 'gecko-level-3' }), inState('two', 'running')]];
    const reason = 'its schedulerId is gecko-level-3, but this hook serves gecko-level-1';
    expect(await cancelAll(pages)).toStrictEqual({
      ...empty,
      wholeGroup: true,
      refused: [{ label: DECISION, reason }],
    });
  });

  describe('of a large group', () => {
    it('cancels up to 5,000 tasks in one request, and forwards more', async () => {
      expect(await cancelAll([pageOf(4_999), pageOf(1)])).toMatchObject({ kind: 'cancellation' });
      expect(await cancelAll([pageOf(4_999), pageOf(2)])).toStrictEqual({
        kind: 'forward',
        because: 'too-large',
        reason: '5001 tasks to cancel at once; the fast way takes up to 5000',
      });
    });

    it('cancels any number in an action task', async () => {
      const plan = await cancelAll([pageOf(5_001)], { parent: id('parent') });
      expect(plan).toMatchObject({ kind: 'cancellation' });
    });

    it('forwards a group of more than 200,000 tasks', async () => {
      const one = [inState('ended', 'completed')];
      const ended = Array.from({ length: 200_000 }, () => one[0]).filter((task) => task !== undefined);
      let askedForMore = false;
      const listTaskGroup: Reader['listTaskGroup'] = async function* () {
        yield await Promise.resolve(ended);
        askedForMore = true;
        yield one;
      };
      const reader = { ...readerOf(emptyPush()), listTaskGroup };
      const plan = await planCancellation(asked(), { kind: 'cancel-all' }, reader);
      expect(askedForMore).toBe(true);
      expect(plan).toStrictEqual({
        kind: 'forward',
        because: 'too-large',
        reason: 'the task group has more than 200000 tasks',
      });
    });
  });
});

it('a task can still run until it has ended', () => {
  const states = ['unscheduled', 'pending', 'running', 'completed', 'failed', 'exception'] as const;
  expect(states.filter((state) => isOpen({ state }))).toStrictEqual(['unscheduled', 'pending', 'running']);
  expect(
    states
      .slice(0, 3)
      .map((state) => ({ state }))
      .toReversed()
      .toSorted(inOrder),
  ).toStrictEqual([{ state: 'unscheduled' }, { state: 'pending' }, { state: 'running' }]);
});

it('a task was canceled if its last run ended so', () => {
  const run = canceledRun(LATER);
  expect(canceledAt([run])).toBe(LATER);
  expect(canceledAt([])).toBeUndefined();
  expect(canceledAt([run, { ...run, runId: 1, state: 'pending' }])).toBeUndefined();
  expect(canceledAt([{ ...run, reasonResolved: 'claim-expired' }])).toBeUndefined();
  expect(canceledAt([{ ...run, state: 'failed' }])).toBeUndefined();
});

it('a cancellation is counted by state, running tasks first', () => {
  const cancels = (['pending', 'unscheduled', 'running', 'pending'] as const).map((state) => ({
    label: 'a',
    taskId: id('a'),
    state,
  }));
  expect(countByState(cancels)).toBe('1 running, 2 pending, 1 unscheduled');
});
