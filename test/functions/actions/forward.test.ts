import { describe, expect, it } from 'vitest';
import { forwardAction, wasForwarded, type ForwardTarget } from '../../../functions/actions/forward.ts';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { NO_DEADLINES, timeLeft, type Deadlines } from '../../../functions/platform/deadline.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { HookAnswer } from '../../../functions/ports/hook-trigger.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { hookPath } from '../../../functions/tasks/hook-name.ts';
import { DECISION, definition, failedCall, HOOK, id, payload, status } from '../fixtures.ts';

const { hookGroupId, hookId } = HOOK;
const hooks = [
  { hookGroupId, hookId: `${hookId}/full` },
  { hookGroupId, hookId },
];
const [FULL, ITSELF] = hooks.map((hook) => hookPath(hook));
const full = id('full');
const asked = payload('backfill', { times: 2 }, id('test1'));
const named = { ...asked, taskId: full };

/** What the full hook makes from the payload. */
function actionTask(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  return definition({
    tags: { kind: 'action-callback' },
    extra: { action: { name: 'backfill', context: { taskId: id('test1'), input: { times: 2 } } } },
    ...changes,
  });
}

function withoutExtra(): TaskDefinition {
  const { extra: _extra, ...without } = actionTask();
  return without;
}

interface Attempt {
  sent?: typeof named | typeof asked;
  targets?: ForwardTarget[];
  /** The result of triggering the hook; undefined means that there is no such hook. */
  answers?: Record<string, HookAnswer | Error>;
  tasks?: Record<string, TaskDefinition> | Error;
  statuses?: string[] | Error;
  deadlines?: Deadlines;
}

/** Forwards, and returns which hooks were triggered with what. */
async function attempt({
  sent = asked,
  targets = hooks,
  answers = {},
  tasks = {},
  statuses = [],
  deadlines = NO_DEADLINES,
}: Attempt) {
  const triggered: unknown[] = [];
  const left: Record<string, number> = {};
  const forwarding = forwardAction(
    sent,
    {
      targets,
      hooks: {
        triggerHook: async (hook, body, taskId) => {
          left['triggerHook'] = timeLeft();
          triggered.push([hookPath(hook), body === sent, taskId]);
          const answer = answers[hookPath(hook)];
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
    },
    {
      tasks: async (taskIds) => {
        left['tasks'] = timeLeft();
        if (tasks instanceof Error) throw tasks;
        return new Map(Object.entries(tasks).filter(([taskId]) => taskIds.includes(taskId)));
      },
      statuses: async (taskIds) => {
        left['statuses'] = timeLeft();
        if (statuses instanceof Error) throw statuses;
        return new Map(statuses.filter((one) => taskIds.includes(one)).map((one) => [one, status(one)]));
      },
    },
    deadlines,
  );
  const settled = await forwarding.then(
    (answer) => ({ answer, error: undefined }),
    (error: unknown) => ({ answer: undefined, error }),
  );
  return { ...settled, triggered, left };
}

const there = { taskId: full, status: { taskId: full } };
const lost = failedCall('triggerHook', 'no answer');

describe('an action is forwarded', () => {
  it('to the first hook that exists, whole and once', async () => {
    const answer = { taskId: full };
    expect(await attempt({ answers: { [FULL ?? '']: answer, [ITSELF ?? '']: {} } })).toMatchObject({
      answer,
      triggered: [[FULL, true, undefined]],
    });
    expect(await attempt({ answers: { [ITSELF ?? '']: answer } })).toMatchObject({
      answer,
      triggered: [
        [FULL, true, undefined],
        [ITSELF, true, undefined],
      ],
    });
  });

  it('to nothing if there is no hook', async () => {
    const { answer, triggered } = await attempt({});
    expect(answer).toBeUndefined();
    expect(triggered).toHaveLength(2);
  });

  it('under the taskId of its target', async () => {
    const [first, second] = hooks;
    if (!first || !second) throw new Error('two hooks');
    const targets = [{ ...first, taskId: full }, second];
    const { triggered } = await attempt({ targets });
    expect(triggered).toStrictEqual([
      [FULL, true, full],
      [ITSELF, true, undefined],
    ]);
  });

  it('to no further hook if one refuses it, or after a bug of ours', async () => {
    for (const error of [failedCall('triggerHook', 403), new TypeError('oh')]) {
      const attempted = await attempt({ answers: { [FULL ?? '']: error, [ITSELF ?? '']: {} } });
      expect(attempted.error).toBe(error);
      expect(attempted.triggered).toHaveLength(1);
    }
  });
});

describe('a forward without an answer', () => {
  const targets = hooks.map((hook) => ({ ...hook, taskId: full }));

  it('is done if its task exists', async () => {
    const { answer, triggered } = await attempt({
      targets,
      answers: { [FULL ?? '']: lost },
      statuses: [full],
    });
    expect(answer).toStrictEqual(there);
    expect(triggered).toHaveLength(1);
  });

  it.each<[string, string[] | Error]>([
    ['is not there', []],
    ['cannot be looked for', failedCall('statuses', 500)],
  ])('is in doubt if its task %s, and says where that would be', async (_what, statuses) => {
    const { error } = await attempt({ targets, answers: { [FULL ?? '']: lost }, statuses });
    expect(error).toBeInstanceOf(TaskclusterError);
    expect(error).toMatchObject({
      method: 'triggerHook',
      kind: 'no-answer',
      code: 'X',
      unanswered: true,
      cause: lost,
      message: `the full action task may or may not be running as ${full}: X: no answer`,
    });
  });

  it('is in doubt if its task would have any taskId', async () => {
    const { error, left } = await attempt({ answers: { [FULL ?? '']: lost }, statuses: [full] });
    expect(left).toStrictEqual({ triggerHook: Infinity });
    expect(error).toMatchObject({
      unanswered: true,
      message: 'the full action task may or may not be running in this push: X: no answer',
    });
  });

  it('is tried until one deadline, and looked up until another', async () => {
    const now = Date.now();
    const { left } = await attempt({
      sent: named,
      targets,
      answers: { [FULL ?? '']: lost },
      deadlines: { reading: now, writing: now + 100_000, looking: now + 200_000 },
    });
    const { tasks = 0, triggerHook = 0, statuses = 0 } = left;
    for (const writing of [tasks, triggerHook]) {
      expect(writing).toBeGreaterThan(0);
      expect(writing).toBeLessThanOrEqual(100_000);
    }
    expect(statuses).toBeGreaterThan(100_000);
  });
});

describe('a task with the taskId from the caller', () => {
  const FORWARDED = { answer: there, error: undefined, triggered: 0 };
  const NOT_THERE = { answer: undefined, error: undefined, triggered: 2 };
  const taken = `payload/taskId ${full} is taken by another task`;
  const OTHER = { answer: undefined, error: new ApiError('RequestConflict', taken), triggered: 0 };

  it.each<[string, TaskDefinition | undefined, object]>([
    ['is what the hook makes of it', actionTask(), FORWARDED],
    ['is an action task that says nothing of the action', actionTask({ extra: {} }), FORWARDED],
    ['is an action task without any extra', withoutExtra(), FORWARDED],
    ['says nothing of the context', actionTask({ extra: { action: { name: 'backfill' } } }), FORWARDED],
    ['is not there', undefined, NOT_THERE],
    ['is of another group', actionTask({ taskGroupId: id('foreign') }), OTHER],
    ['is an ordinary task', actionTask({ tags: { kind: 'test' }, extra: {} }), OTHER],
    ['is of another action', actionTask({ extra: { action: { name: 'other' } } }), OTHER],
    [
      'is about another task',
      actionTask({
        extra: { action: { name: 'backfill', context: { taskId: id('test2'), input: { times: 2 } } } },
      }),
      OTHER,
    ],
    [
      'has another input',
      actionTask({
        extra: { action: { name: 'backfill', context: { taskId: id('test1'), input: { times: 3 } } } },
      }),
      OTHER,
    ],
  ])('and %s', async (_what, task, becomes) => {
    const { answer, error, triggered } = await attempt({ sent: named, tasks: task ? { [full]: task } : {} });
    expect({ answer, error, triggered: triggered.length }).toStrictEqual(becomes);
  });

  it('is taken if it is the decision task', async () => {
    const sent = { ...asked, taskId: DECISION };
    const { error } = await attempt({ sent, tasks: { [DECISION]: actionTask({ extra: {} }) } });
    expect(error).toMatchObject({ code: 'RequestConflict' });
  });

  it('is left to the hook if it cannot be read', async () => {
    const { error, triggered } = await attempt({ sent: named, tasks: failedCall('tasks', 500) });
    expect(error).toBeUndefined();
    expect(triggered).toHaveLength(2);
  });
});

describe('an earlier attempt has forwarded an action', () => {
  const [first = { hookGroupId, hookId }, second = { hookGroupId, hookId }] = hooks;
  const other = id('other');

  it.each<[string, ForwardTarget[], Record<string, TaskDefinition>, boolean]>([
    ['if its task is there', [{ ...first, taskId: full }, second], { [full]: actionTask() }, true],
    [
      'if any of its tasks is',
      [
        { ...first, taskId: other },
        { ...second, taskId: full },
      ],
      { [full]: actionTask() },
      true,
    ],
    [
      'if one is, next to a foreign task',
      [
        { ...first, taskId: other },
        { ...second, taskId: full },
      ],
      { [other]: definition(), [full]: actionTask() },
      true,
    ],
    ['not if it is not there', [{ ...first, taskId: full }, second], {}, false],
    ['not if it is another task', [{ ...first, taskId: full }], { [full]: definition() }, false],
    ['not if that is not known without taskIds', [first, second], { [full]: actionTask() }, false],
  ])('%s', async (_what, targets, tasks, expected) => {
    const asks: (readonly string[])[] = [];
    const before = await wasForwarded(asked, targets, {
      tasks: async (taskIds) => {
        asks.push(taskIds);
        return new Map(Object.entries(tasks).filter(([taskId]) => taskIds.includes(taskId)));
      },
    });
    expect(before).toBe(expected);
    const taskIds = targets.flatMap(({ taskId }) => taskId ?? []);
    expect(asks).toStrictEqual(taskIds.length === 0 ? [] : [taskIds]);
  });
});
