import { describe, expect, it } from 'vitest';
import { create, findExisting, isSame } from '../../../functions/actions/create.ts';
import { inOrder } from '../../../functions/actions/in-order.ts';
import type { Action, Clone } from '../../../functions/actions/plan.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { action, definition, failedCall, id, named } from '../fixtures.ts';
import { attempt, broken, conflict, forbidden, lint, lost, ofLint, type Failures } from './attempt.ts';
import { graphPush } from './graph-push.ts';
import { readerOf, smallPush } from './memory-push.ts';

type Attempt = Parameters<typeof attempt>[0];

/** Everything that is reported about the items of one label. */
async function said(label: string, options: Attempt) {
  const { outcome } = await attempt(options);
  return outcome.items.filter((item) => item.label === label);
}

const clone = { label: 'source-lint', taskId: lint, copy: 1 };
const rerun = { label: 'upload-symbols', taskId: id('upload') };
const one: Action['request'] = { kind: 'labels', requests: [{ labels: ['source-lint'], times: 1 }] };
const why = { reason: 'tags.retrigger is true' };

describe('of a clone, act reports', () => {
  it.each<[string, Attempt, object]>([
    ['that it was made', {}, { newTaskId: ofLint(1), result: 'created', ...why }],
    [
      'that it was made, though the answer was lost',
      { failures: { [ofLint(1)]: lost }, arrives: true },
      { newTaskId: ofLint(1), result: 'created', ...why },
    ],
    [
      'that it was refused',
      { failures: { [ofLint(1)]: forbidden } },
      { result: 'refused', reason: 'createTask: InsufficientScopes: no scopes' },
    ],
    [
      'that it may exist, and where',
      { failures: { [ofLint(1)]: lost } },
      { newTaskId: ofLint(1), result: 'unknown', reason: 'createTask: ECONNRESET: lost' },
    ],
    [
      'that an earlier attempt made it, if only the conflict shows it',
      { failures: { [ofLint(1)]: conflict }, arrives: true },
      { newTaskId: ofLint(1), result: 'created', earlier: true, ...why },
    ],
  ])('%s', async (_what, options, expected) => {
    expect(await said('source-lint', { asked: one, ...options })).toStrictEqual([{ ...clone, ...expected }]);
  });

  it('that its taskId is taken, whether the plan knew that or not', async () => {
    const reason = `the taskId ${ofLint(1)} is taken by another task`;
    const push = smallPush();
    push.tasks.set(ofLint(1), definition({ metadata: named('other') }));
    const known: Attempt = {
      push,
      asked: one,
      planned: (work) => ({ ...work, clones: work.clones.map((each) => ({ ...each, exists: true })) }),
    };
    expect(await said('source-lint', known)).toStrictEqual([{ ...clone, result: 'refused', reason }]);
    const meanwhile: Failures = {
      [ofLint(1)]: () => {
        push.statuses.set(ofLint(1), { ...status(), taskId: ofLint(1) });
        throw conflict;
      },
    };
    expect(await said('source-lint', { push, asked: one, failures: meanwhile })).toStrictEqual([
      { ...clone, result: 'refused', reason },
    ]);
  });
});

function status() {
  const [any] = smallPush().statuses.values();
  if (!any) throw new Error('the push has tasks');
  return any;
}

describe('of a rerun, act reports', () => {
  it.each<[string, Attempt, object]>([
    ['that it was done', {}, { result: 'rerun', reason: 'tags.retrigger is false, and it is failed' }],
    [
      'that it was done, though the answer was lost',
      { failures: { [id('upload')]: lost }, arrives: true },
      { result: 'rerun', reason: 'tags.retrigger is false, and it is failed' },
    ],
    [
      'that it was refused',
      { failures: { [id('upload')]: broken } },
      { result: 'refused', reason: 'createTask: InternalServerError: broken' },
    ],
    [
      'that it may have been done',
      { failures: { [id('upload')]: lost } },
      { result: 'unknown', reason: 'createTask: ECONNRESET: lost' },
    ],
    [
      'that an earlier attempt has done it',
      { planned: (work) => ({ ...work, reruns: work.reruns.map((each) => ({ ...each, done: true })) }) },
      { result: 'rerun', earlier: true, reason: 'tags.retrigger is false, and it is failed' },
    ],
  ])('%s', async (_what, options, expected) => {
    expect(await said('upload-symbols', options)).toStrictEqual([{ ...rerun, ...expected }]);
  });
});

describe('of a new job, act reports', () => {
  const asked: Action['request'] = { kind: 'new-jobs', labels: ['image'], times: 1 };
  const image = newTaskId(id('action'), '0', 'image', 1);
  const job = { label: 'image', copy: 1 };

  it.each<[string, Failures, object]>([
    ['that it was made', {}, { newTaskId: image, result: 'created', reason: 'it was requested' }],
    [
      'that it was refused',
      { [image]: forbidden },
      { result: 'refused', reason: 'createTask: InsufficientScopes: no scopes' },
    ],
    [
      'that it may exist, and where',
      { [image]: lost },
      { newTaskId: image, result: 'unknown', reason: 'createTask: ECONNRESET: lost' },
    ],
  ])('%s', async (_what, failures, expected) => {
    expect(await said('image', { push: graphPush(), asked, failures })).toStrictEqual([
      { ...job, ...expected },
    ]);
  });
});

it('reads nothing after an action that succeeded', async () => {
  expect((await attempt({ asked: one })).reads).toStrictEqual([]);
});

describe('the same task', () => {
  const found = definition();

  it.each<[string, ReturnType<typeof definition>, boolean]>([
    ['has the same parent', definition(), true],
    ['may have none', { ...found, extra: {} }, false],
    ['has not another one', definition({ extra: { parent: id('other') } }), false],
    ['is at another time', definition({ created: '2020-01-01T00:00:00.000Z' }), true],
    ['has not another label', definition({ metadata: named('other') }), false],
    ['is not of another group', definition({ taskGroupId: id('other') }), false],
    ['is not of another scheduler', definition({ schedulerId: 'other' }), false],
  ])('%s', (_what, planned, same) => {
    expect(isSame(found, planned)).toBe(same);
    expect(isSame(planned, found)).toBe(same);
  });

  it('need not have any extra', () => {
    const { extra: _extra, ...without } = found;
    expect([isSame(without, without), isSame(without, found), isSame(found, without)]).toStrictEqual([
      true,
      false,
      false,
    ]);
  });
});

/** Creates a clone with a queue that answers with these errors by priority; returns the priorities tried. */
async function prioritiesOf(original: string | undefined, errors: Record<string, Error>): Promise<unknown[]> {
  const { priority: _, ...others } = definition();
  const item: Clone = {
    label: 'a',
    taskId: lint,
    definition: original === undefined ? others : { ...others, priority: original },
    reason: '',
    copy: 1,
    newTaskId: ofLint(1),
    replacements: new Map(),
    after: [],
    exists: false,
  };
  const tried: unknown[] = [];
  const createTask = async (_taskId: string, { priority }: TaskDefinition) => {
    tried.push(priority);
    const error = errors[String(priority)];
    if (error) throw error;
  };
  const writer = { createTask, rerunTask: fail, cancelTask: fail };
  return create(action(one), item, undefined, writer).then(
    () => tried,
    (error: unknown) => [...tried, error],
  );
}

const tooHigh = (priority: string) =>
  new TaskclusterError({
    method: 'createTask',
    statusCode: 403,
    code: 'InsufficientScopes',
    message: `missing queue:create-task:${priority}:gecko-t/t-linux`,
  });

const withHighPriority: Attempt['planned'] = (plan) => ({
  ...plan,
  creations: plan.creations.map((item) => ({
    ...item,
    definition: { ...item.definition, priority: 'high' },
  })),
});

describe('a clone of which the hook may not give the original’s priority', () => {
  const [high, medium, lowest] = [tooHigh('high'), tooHigh('medium'), tooHigh('lowest')];
  const other = failedCall('createTask', 403);
  const mentioned = new TaskclusterError({
    method: 'createTask',
    statusCode: 400,
    code: 'InputError',
    message: 'payload: queue:create-task:high:gecko-t/t-linux',
  });
  const all = { high, medium, low: tooHigh('low'), 'very-low': tooHigh('very-low'), lowest };

  it.each<[string, string | undefined, Record<string, Error>, unknown[]]>([
    ['has the highest one that it may give', 'high', { high, medium }, ['high', 'medium', 'low']],
    ['fails for the first reason if it may give none', 'high', all, [...Object.keys(all), high]],
    [
      'may fall from the highest',
      'highest',
      { highest: high, 'very-high': high },
      ['highest', 'very-high', 'high'],
    ],
    ['fails if something else is wrong as well', 'high', { high, medium: other }, ['high', 'medium', other]],
    ['is not tried again if only something else is wrong', 'high', { high: other }, ['high', other]],
    ['is not tried again if it has none', undefined, { undefined: high }, [undefined, high]],
    ['cannot be lower than the lowest', 'lowest', { lowest }, ['lowest', lowest]],
    ['is not tried again if scopes are only mentioned', 'high', { high: mentioned }, ['high', mentioned]],
  ])('%s', async (_what, original, errors, tried) => {
    expect(await prioritiesOf(original, errors)).toStrictEqual(tried);
  });

  it('is no new task, whose priority is the graph’s', async () => {
    const push = graphPush();
    const asked: Action['request'] = { kind: 'new-jobs', labels: ['source-lint'], times: 1 };
    const failures: Failures = { [newTaskId(id('action'), '0', 'source-lint', 1)]: high };
    const { written } = await attempt({ push, asked, failures, planned: withHighPriority });
    expect(written.filter((call) => call.startsWith('createTask'))).toHaveLength(1);
  });

  it('keeps the priority that may be given', async () => {
    expect(await prioritiesOf('high', {})).toStrictEqual(['high']);
    expect(await prioritiesOf(undefined, {})).toStrictEqual([undefined]);
  });
});

function fail(): never {
  throw new Error('only creating is tried');
}

it('does what comes after an item that is not in the plan', async () => {
  const done = await inOrder(
    [{ newTaskId: 'a', after: ['nowhere'] }],
    async ({ newTaskId: taskId }) => taskId,
    () => undefined,
    (_item, reason) => reason,
  );
  expect(done).toStrictEqual(['a']);
});

const tasks = async () => new Map([[ofLint(1), definition()]]);
const unreadable = () => Promise.reject(failedCall('a read', 503));

describe('what exists already', () => {
  const item: Clone = {
    ...clone,
    definition: definition(),
    newTaskId: ofLint(1),
    replacements: new Map(),
    after: [],
    exists: true,
    ...why,
  };
  it('has no known state if the queue does not tell', async () => {
    const reader = { ...readerOf(smallPush()), tasks, statuses: async () => new Map() };
    expect(await findExisting([item], reader)).toStrictEqual(
      new Map([[ofLint(1), { definition: definition(), state: undefined }]]),
    );
  });

  it('has no known state if that cannot be read', async () => {
    const found = await findExisting([item], { ...readerOf(smallPush()), tasks, statuses: unreadable });
    expect(found.get(ofLint(1))).toStrictEqual({ definition: definition(), state: undefined });
  });

  it('is nothing if it cannot be read', async () => {
    const found = await findExisting([item], { ...readerOf(smallPush()), tasks: unreadable });
    expect(found).toStrictEqual(new Map());
  });
});
