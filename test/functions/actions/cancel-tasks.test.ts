import { describe, expect, it } from 'vitest';
import { cancelTasks } from '../../../functions/actions/cancel-tasks.ts';
import type { Cancel, Cancellation } from '../../../functions/actions/cancellation.ts';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import { NO_DEADLINES, timeLeft, within } from '../../../functions/platform/deadline.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { GroupTask } from '../../../functions/ports/reader.ts';
import type { TaskState, TaskStatus } from '../../../functions/tasks/definition.ts';
import { action, DECISION, failedCall, HOOK, id, NOW, status } from '../fixtures.ts';
import { emptyPush, readerOf } from './memory-push.ts';

const [one, two, three] = [id('one'), id('two'), id('three')];
const GIVEN_UP = new TaskclusterError({
  method: 'cancelTask',
  kind: 'closed',
  code: 'Closed',
  message: 'over',
});
const { request: _request, readsGraph: _readsGraph, ...asked } = action({ kind: 'rerun', taskId: one });

const cancelOf = (taskId: string, state: TaskState = 'pending'): Cancel => ({ label: taskId, taskId, state });
const inGroup = (taskId: string, state: TaskState = 'pending'): GroupTask => ({
  taskId,
  schedulerId: HOOK.schedulerId,
  state,
  canceled: undefined,
});

function canceledStatus(taskId: string): TaskStatus {
  return status(taskId, 'exception', {
    runs: [
      {
        runId: 0,
        state: 'exception',
        reasonCreated: 'exception',
        scheduled: NOW.toISOString(),
        reasonResolved: 'canceled',
        resolved: NOW.toISOString(),
      },
    ],
  });
}

interface Attempt {
  plan: Partial<Cancellation>;
  /** The result of canceling some tasks; all others are canceled. */
  answers?: Record<string, Error | TaskStatus>;
  /** What each read of the group finds, in pages; the last one repeats. */
  looks?: (readonly GroupTask[][] | Error)[];
  /** What the queue answers at the end. */
  known?: TaskStatus[] | Error;
  parent?: string;
}

/** Cancels, and returns the calls to the queue and the outcomes. */
async function attempt({ plan, answers = {}, looks = [[]], known = [], parent }: Attempt) {
  const canceled: string[] = [];
  const lookedUp: (readonly string[])[] = [];
  const said: [ItemOutcome, unknown][] = [];
  let look = 0;
  const outcome = cancelTasks({
    action: { ...asked, ...(parent === undefined ? {} : { parent }) },
    plan: {
      kind: 'cancellation',
      cancels: [],
      earlier: [],
      noops: [],
      refused: [],
      wholeGroup: false,
      ...plan,
    },
    reader: {
      ...readerOf(emptyPush()),
      listTaskGroup: async function* (group) {
        expect(group).toBe(DECISION);
        const pages = looks[Math.min(look++, looks.length - 1)] ?? [];
        if (pages instanceof Error) throw pages;
        yield* pages;
      },
      statuses: async (taskIds) => {
        lookedUp.push(taskIds);
        if (known instanceof Error) throw known;
        return new Map(known.map((task) => [task.taskId, task]));
      },
    },
    writer: {
      cancelTask: async (taskId) => {
        canceled.push(taskId);
        const answer = answers[taskId] ?? canceledStatus(taskId);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    onDone: (item, cause) => said.push([item, cause]),
    deadlines: NO_DEADLINES,
  });
  const settled = await outcome.then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  return { ...settled, canceled, lookedUp, said, looks: look };
}

const canceledItem = (taskId: string, state: TaskState = 'pending') => ({
  label: taskId,
  taskId,
  result: 'canceled',
  reason: `it was ${state}`,
});

describe('a planned cancellation', () => {
  it('is done in order, and reported as it is done', async () => {
    const { value, said, canceled, looks, lookedUp } = await attempt({
      plan: { cancels: [cancelOf(one, 'unscheduled'), cancelOf(two, 'running')] },
    });
    const items = [canceledItem(one, 'unscheduled'), canceledItem(two, 'running')];
    expect(value).toStrictEqual({ items, warnings: [] });
    expect(said).toStrictEqual(items.map((item) => [item, undefined]));
    expect(canceled).toStrictEqual([one, two]);
    expect({ looks, lookedUp }).toStrictEqual({ looks: 0, lookedUp: [] });
  });

  it('is also reported if there is nothing to cancel', async () => {
    const { value, said } = await attempt({
      plan: {
        earlier: [cancelOf(one, 'exception')],
        noops: [{ label: 'b', taskId: two, reason: 'done' }],
        refused: [{ label: 'c', taskId: three, reason: 'no' }],
        wholeGroup: true,
      },
    });
    const items = [
      { label: 'c', taskId: three, result: 'refused', reason: 'no' },
      { label: 'b', taskId: two, result: 'noop', reason: 'done' },
      {
        label: one,
        taskId: one,
        result: 'canceled',
        earlier: true,
        reason: 'an earlier attempt at this action canceled it',
      },
    ];
    expect(value).toStrictEqual({ items, warnings: [] });
    expect(said).toStrictEqual(items.map((item) => [item, undefined]));
  });

  it('is a no-op if the task has already ended', async () => {
    const { value } = await attempt({
      plan: { cancels: [cancelOf(one), cancelOf(two, 'exception')] },
      answers: { [one]: status(one, 'completed') },
    });
    expect(value?.items).toStrictEqual([
      { label: one, taskId: one, result: 'noop', reason: 'it has already ended: completed' },
      { label: two, taskId: two, result: 'noop', reason: 'it is already canceled' },
    ]);
  });

  it('is a no-op if the task is past its deadline', async () => {
    const { value, lookedUp } = await attempt({
      plan: { cancels: [cancelOf(one)] },
      answers: { [one]: failedCall('cancelTask', 409) },
    });
    expect(value?.items).toStrictEqual([
      { label: one, taskId: one, result: 'noop', reason: 'it is past its deadline: 409' },
    ]);
    expect(lookedUp).toStrictEqual([]);
  });
});

describe('a cancellation that fails', () => {
  it('does not stop the others, and is refused without a look if the queue refused it', async () => {
    const error = failedCall('cancelTask', 403);
    const { value, said, lookedUp } = await attempt({
      plan: { cancels: [cancelOf(one), cancelOf(two)] },
      answers: { [one]: error },
    });
    const refused = { label: one, taskId: one, result: 'refused', reason: 'cancelTask: X: 403' };
    expect(value?.items).toStrictEqual([canceledItem(two), refused]);
    expect(said).toStrictEqual([
      [canceledItem(two), undefined],
      [refused, error],
    ]);
    expect(lookedUp).toStrictEqual([]);
  });

  it('is looked up if the answer was lost, or the queue failed', async () => {
    const { value, lookedUp } = await attempt({
      plan: { cancels: [cancelOf(one), cancelOf(two), cancelOf(three)] },
      answers: {
        [one]: failedCall('cancelTask', 'no answer'),
        [two]: failedCall('cancelTask', 500),
        [three]: failedCall('cancelTask', 403),
      },
      known: [canceledStatus(one), canceledStatus(two)],
    });
    expect(lookedUp).toStrictEqual([[one, two]]);
    expect(value?.items).toStrictEqual([
      canceledItem(one),
      canceledItem(two),
      { label: three, taskId: three, result: 'refused', reason: 'cancelTask: X: 403' },
    ]);
  });

  it.each<[string, TaskStatus[] | Error]>([
    ['the look finds it not canceled', [status(one, 'pending'), status(two, 'pending')]],
    ['the look does not find it', []],
    ['the look fails as well', failedCall('statuses', 500)],
  ])('is unknown if it was not answered, and refused if it was, where %s', async (_what, known) => {
    const { value } = await attempt({
      plan: { cancels: [cancelOf(one), cancelOf(two)] },
      answers: { [one]: failedCall('cancelTask', 'no answer'), [two]: failedCall('cancelTask', 500) },
      known,
    });
    expect(value?.items).toStrictEqual([
      { label: one, taskId: one, result: 'unknown', reason: 'cancelTask: X: no answer' },
      { label: two, taskId: two, result: 'refused', reason: 'cancelTask: X: 500' },
    ]);
  });

  it('because of a bug of ours is refused, and not looked up', async () => {
    const mistake = new TypeError('oh');
    const { said, lookedUp } = await attempt({
      plan: { cancels: [cancelOf(one)] },
      answers: { [one]: mistake },
    });
    const reason = 'an unexpected error on our side; it has been logged';
    expect(said).toStrictEqual([[{ label: one, taskId: one, result: 'refused', reason }, mistake]]);
    expect(lookedUp).toStrictEqual([]);
  });

  it('is not hidden if a bug of ours breaks the look', async () => {
    const { error } = await attempt({
      plan: { cancels: [cancelOf(one)] },
      answers: { [one]: failedCall('cancelTask', 'no answer') },
      known: new TypeError('oh'),
    });
    expect(error).toBeInstanceOf(TypeError);
  });
});

describe('a claim that is no longer ours', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => cancelOf(id(`t${index}`)));

  it('ends the cancellation, without starting what waits', async () => {
    const { error, canceled } = await attempt({ plan: { cancels: many }, answers: { [id('t0')]: GIVEN_UP } });
    expect(error).toBe(GIVEN_UP);
    expect(canceled.length).toBeLessThan(many.length);
  });

  it('is different from running out of time, which is reported for each task', async () => {
    const { value } = await within(Date.now() - 1, () =>
      attempt({ plan: { cancels: [cancelOf(one)], wholeGroup: true }, answers: { [one]: GIVEN_UP } }),
    );
    expect(value?.items).toMatchObject([
      { taskId: one, result: 'refused', reason: 'cancelTask: Closed: over' },
    ]);
  });

  it('also ends the look for new tasks', async () => {
    const { error } = await attempt({ plan: { wholeGroup: true }, looks: [GIVEN_UP] });
    expect(error).toBe(GIVEN_UP);
  });
});

describe('a whole group', () => {
  it('is read again until nothing new is found', async () => {
    const { value, canceled, looks } = await attempt({
      plan: { cancels: [cancelOf(one)], wholeGroup: true },
      looks: [
        [
          [inGroup(one), inGroup(id('r'), 'running')],
          [inGroup(id('u'), 'unscheduled'), inGroup(id('p'))],
        ],
        [[inGroup(one), inGroup(id('r')), inGroup(two, 'unscheduled'), inGroup(three, 'completed')]],
        [[]],
      ],
    });
    expect(canceled).toStrictEqual([one, id('r'), id('u'), id('p'), two]);
    expect(looks).toBe(3);
    expect(value?.items).toStrictEqual([
      canceledItem(one),
      canceledItem(id('r'), 'running'),
      canceledItem(id('u'), 'unscheduled'),
      canceledItem(id('p')),
      canceledItem(two, 'unscheduled'),
    ]);
  });

  it('is canceled with waiting tasks before running ones', async () => {
    const { canceled } = await attempt({
      plan: { wholeGroup: true },
      looks: [[[inGroup(one, 'running'), inGroup(two, 'pending'), inGroup(three, 'unscheduled')]], [[]]],
    });
    expect(canceled).toStrictEqual([three, two, one]);
  });

  it('is canceled without the action’s own task', async () => {
    const { canceled, looks } = await attempt({
      plan: { wholeGroup: true },
      looks: [[[inGroup(one)]]],
      parent: one,
    });
    expect({ canceled, looks }).toStrictEqual({ canceled: [], looks: 1 });
  });

  it('is not read if it was refused', async () => {
    const refused = [{ label: DECISION, reason: 'no' }];
    expect((await attempt({ plan: { wholeGroup: true, refused } })).looks).toBe(0);
  });

  it('is in doubt while new tasks keep appearing', async () => {
    let made = 0;
    const growing = Array.from({ length: 9 }, () => [[inGroup(id(`new${made++}`))]]);
    const { value, said, canceled, looks } = await attempt({ plan: { wholeGroup: true }, looks: growing });
    const doubt = {
      label: DECISION,
      result: 'unknown',
      reason: 'new tasks keep appearing in this push; check it and cancel again',
    };
    expect(looks).toBe(5);
    expect(canceled).toHaveLength(5);
    expect(value?.items.at(-1)).toStrictEqual(doubt);
    expect(said.at(-1)).toStrictEqual([doubt, undefined]);
  });

  it('is in doubt if it cannot be read again', async () => {
    const { value } = await attempt({
      plan: { wholeGroup: true },
      looks: [failedCall('listTaskGroup', 500)],
    });
    expect(value?.items).toStrictEqual([
      {
        label: DECISION,
        result: 'unknown',
        reason: 'tasks that appeared in the meantime may still run: listTaskGroup: X: 500',
      },
    ]);
  });

  it('does not hide a bug of ours', async () => {
    const { error } = await attempt({ plan: { wholeGroup: true }, looks: [new TypeError('oh')] });
    expect(error).toBeInstanceOf(TypeError);
  });
});

it('writes and reads within its deadlines', async () => {
  const left: number[] = [];
  const now = Date.now();
  await cancelTasks({
    action: asked,
    plan: {
      kind: 'cancellation',
      cancels: [cancelOf(one)],
      earlier: [],
      noops: [],
      refused: [],
      wholeGroup: false,
    },
    reader: {
      ...readerOf(emptyPush()),
      statuses: async () => {
        left.push(timeLeft());
        return new Map();
      },
    },
    writer: {
      cancelTask: async () => {
        left.push(timeLeft());
        throw failedCall('cancelTask', 'no answer');
      },
    },
    onDone: () => undefined,
    deadlines: { reading: now, writing: now + 100_000, looking: now + 200_000 },
  });
  const [writing = 0, looking = 0] = left;
  expect(writing).toBeGreaterThan(0);
  expect(writing).toBeLessThanOrEqual(100_000);
  expect(looking).toBeGreaterThan(100_000);
});
