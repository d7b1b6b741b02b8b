import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actionTagOf,
  dispatch as dispatchWith,
  isCancellation,
  parsePayload,
} from '../../../functions/actions/dispatch.ts';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import { ApiError } from '../../../functions/platform/api-error.ts';
import {
  callbacksAmong,
  DEFAULT_FAST_ACTIONS,
  FAST_ACTIONS,
} from '../../../functions/platform/fast-actions.ts';
import { id, payload } from '../fixtures.ts';

const target = id('target');

function dispatch(asked: ActionPayload, fast: readonly string[] = DEFAULT_FAST_ACTIONS) {
  return dispatchWith(asked, new Set(fast));
}

/** The error; anything but an ApiError of status 400 is a bug of ours. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 400) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it.each<[string, unknown, string | undefined]>([
  ['retrigger', { times: 2 }, 'retrigger-task'],
  ['retrigger', { downstream: true }, 'retrigger-task'],
  ['retrigger-disabled', { force: true }, 'retrigger-task'],
  ['retrigger-multiple', { requests: [] }, 'retrigger-multiple-task'],
  ['add-new-jobs', { tasks: [] }, undefined],
  ['rerun', {}, undefined],
])('%s with %j has Firefox’s tag', (callback, input, tag) => {
  const dispatched = dispatch(payload(callback, input, target), FAST_ACTIONS);
  expect('fast' in dispatched && actionTagOf(dispatched.fast)).toBe(tag);
});

describe('dispatch to the fast way', () => {
  it.each<[string, unknown, string | null, unknown]>([
    ['retrigger', null, target, { kind: 'task', taskId: target, times: 1 }],
    ['retrigger', {}, target, { kind: 'task', taskId: target, times: 1 }],
    ['retrigger', { times: 100 }, target, { kind: 'task', taskId: target, times: 100 }],
    [
      'retrigger',
      { times: 2, downstream: false, force: false },
      target,
      { kind: 'task', taskId: target, times: 2 },
    ],
    ['retrigger-disabled', { times: 3 }, target, { kind: 'task', taskId: target, times: 3 }],
    ['rerun', null, target, { kind: 'rerun', taskId: target }],
    ['rerun', {}, target, { kind: 'rerun', taskId: target }],
    [
      'retrigger-multiple',
      { requests: [{ tasks: ['a', 'a'], times: 2 }, { tasks: ['b'] }] },
      null,
      {
        kind: 'labels',
        requests: [
          { labels: ['a', 'a'], times: 2 },
          { labels: ['b'], times: 1 },
        ],
      },
    ],
  ])('%s with %j', (callback, input, taskId, fast) => {
    expect(dispatch(payload(callback, input, taskId))).toEqual({ fast });
  });
});

describe('dispatch to the full hook', () => {
  it.each<[string, unknown, string | null, RegExp]>([
    ['retrigger', { times: 2, strategy: 'x' }, target, /unknown field: strategy/],
    ['rerun', { times: 2 }, target, /unknown field: times/],
    ['retrigger-decision', {}, target, /retrigger-decision needs the repository/],
    // A name in the operator's list that is no callback.
    ['graph', null, null, /graph needs the repository/],
    ['Retrigger', null, target, /Retrigger needs/],
    ['', null, null, /needs the repository/],
    ['constructor', null, target, /constructor needs/],
    // We do not judge the input of an action that is not ours.
    ['backfill', 'anything', target, /backfill needs/],
  ])('%s with %j', (callback, input, taskId, reason) => {
    expect(dispatch(payload(callback, input, taskId))).toEqual({
      forward: expect.stringMatching(reason),
      because: 'other-action',
    });
  });

  it.each<[string, unknown, readonly string[], RegExp]>([
    [
      'retrigger',
      { downstream: true },
      DEFAULT_FAST_ACTIONS,
      /^running downstream tasks as well is not among/,
    ],
    [
      'retrigger',
      { downstream: true },
      ['retrigger', 'graph'],
      /^running downstream tasks as well is not among/,
    ],
    ['retrigger', { force: true }, DEFAULT_FAST_ACTIONS, /^a forced retrigger is not among/],
    ['retrigger-disabled', { force: true }, DEFAULT_FAST_ACTIONS, /^a forced retrigger is not among/],
    ['retrigger', {}, ['retrigger-multiple', 'graph'], /^the action retrigger is not among/],
    ['retrigger', { times: 'wrong' }, ['rerun'], /^the action retrigger is not among/],
    ...callbacksAmong(FAST_ACTIONS).map((name): [string, unknown, readonly string[], RegExp] => [
      name,
      'any input',
      FAST_ACTIONS.filter((listed) => listed !== name),
      new RegExp(`^the action ${name} is not among the fast actions of this trust domain$`),
    ]),
  ])('%s with %j, where the operator has listed %j', (callback, input, fast, reason) => {
    expect(dispatch(payload(callback, input, target), fast)).toEqual({
      forward: expect.stringMatching(reason),
      because: 'not-listed',
    });
  });
});

describe('dispatch refuses, and names the field', () => {
  it.each<[string, unknown, string | null, string]>([
    ['retrigger', null, null, 'InputError: payload/user/taskId '],
    ['rerun', null, null, 'InputError: payload/user/taskId '],
    ['retrigger', { times: 0 }, target, 'InputValidationError: payload/user/input/times must be >= 1'],
    ['retrigger', { times: 101 }, target, 'InputValidationError: payload/user/input/times must be <= 100'],
    ['retrigger', { times: 1.5 }, target, 'InputValidationError: payload/user/input/times must be integer'],
    ['retrigger', { times: '3' }, target, 'InputValidationError: payload/user/input/times must be integer'],
    ['retrigger', { downstream: 'yes' }, target, 'InputValidationError: payload/user/input/downstream '],
    ['retrigger', { force: null }, target, 'InputValidationError: payload/user/input/force '],
    ['retrigger', [], target, 'InputValidationError: payload/user/input must be object'],
    ['retrigger', 'x', target, 'InputValidationError: payload/user/input must be object'],
    ['rerun', 7, target, 'InputValidationError: payload/user/input must be object'],
    ['rerun', [], target, 'InputValidationError: payload/user/input must be object'],
    ['rerun', ['x'], target, 'InputValidationError: payload/user/input must be object'],
    ['retrigger-multiple', null, null, 'InputValidationError: payload/user/input must be object'],
    [
      'retrigger-multiple',
      {},
      null,
      "InputValidationError: payload/user/input must have required property 'requests'",
    ],
    ['retrigger-multiple', { requests: {} }, null, 'InputValidationError: payload/user/input/requests '],
    [
      'retrigger-multiple',
      { requests: [{}] },
      null,
      "InputValidationError: payload/user/input/requests/0 must have required property 'tasks'",
    ],
    [
      'retrigger-multiple',
      { requests: [{ tasks: ['a', ''] }] },
      null,
      'InputValidationError: payload/user/input/requests/0/tasks/1 ',
    ],
    [
      'retrigger-multiple',
      { requests: [{ tasks: ['a'] }, { tasks: ['a'], times: 0 }] },
      null,
      'InputValidationError: payload/user/input/requests/1/times ',
    ],
    [
      'retrigger-multiple',
      { requests: [{ tasks: ['a'], force: true }] },
      null,
      'InputValidationError: payload/user/input/requests/0 must NOT have additional properties (force)',
    ],
    [
      'retrigger-multiple',
      { requests: [{ tasks: ['a'] }], times: 2 },
      null,
      'InputValidationError: payload/user/input must NOT have additional properties (times)',
    ],
  ])('%s with %j', (callback, input, taskId, message) => {
    const refused = refusal(() => dispatch(payload(callback, input, taskId)));
    expect(refused.slice(0, message.length)).toBe(message);
  });
});

const dispatchAll = (asked: ActionPayload) => dispatch(asked, FAST_ACTIONS);

describe('dispatch of what an operator has listed', () => {
  const labels = ['a', 'b'];

  it.each<[string, unknown, string | null, unknown]>([
    ['add-new-jobs', { tasks: labels }, null, { fast: { kind: 'new-jobs', labels, times: 1 } }],
    ['add-new-jobs', { tasks: labels, times: 7 }, target, { fast: { kind: 'new-jobs', labels, times: 7 } }],
    ['retrigger', { downstream: true }, target, { fast: { kind: 'downstream', taskId: target, times: 1 } }],
    [
      'retrigger',
      { downstream: true, force: true, times: 2 },
      target,
      { fast: { kind: 'downstream', taskId: target, times: 2, force: true } },
    ],
    ['retrigger', { force: true }, target, { fast: { kind: 'task', taskId: target, times: 1, force: true } }],
    ['cancel', null, target, { cancel: { kind: 'cancel', taskId: target } }],
    ['cancel', {}, target, { cancel: { kind: 'cancel', taskId: target } }],
    ['cancel-all', undefined, null, { cancel: { kind: 'cancel-all' } }],
  ])('%s with %j', (callback, input, taskId, dispatched) => {
    expect(dispatchAll(payload(callback, input, taskId))).toStrictEqual(dispatched);
  });

  it.each([['graph'], ['downstream']])('forces a retrigger with %s alone', (listed) => {
    const asked = payload('retrigger', { force: true }, target);
    expect(dispatch(asked, ['retrigger', listed])).toStrictEqual({
      fast: { kind: 'task', taskId: target, times: 1, force: true },
    });
  });

  it('takes downstream tasks where just that is listed', () => {
    const asked = payload('retrigger', { downstream: true }, target);
    expect(dispatch(asked, ['retrigger', 'downstream'])).toHaveProperty('fast');
  });

  it.each<[string, unknown, string]>([
    ['add-new-jobs', { tasks: labels, force: true }, 'the input has an unknown field: force'],
    ['cancel', { times: 2 }, 'the input has an unknown field: times'],
    ['cancel-all', { all: true }, 'the input has an unknown field: all'],
  ])('leaves %s with %j to the full hook', (callback, input, forward) => {
    expect(dispatchAll(payload(callback, input, target))).toStrictEqual({ forward, because: 'other-action' });
  });

  it.each<[string, unknown, string | null, string]>([
    [
      'add-new-jobs',
      {},
      null,
      "InputValidationError: payload/user/input must have required property 'tasks'",
    ],
    ['add-new-jobs', null, null, 'InputValidationError: payload/user/input must be object'],
    ['cancel', null, null, 'InputError: payload/user/taskId is null, but cancel is an action on one task'],
    ['cancel', 7, target, 'InputValidationError: payload/user/input must be object'],
    ['cancel-all', [], null, 'InputValidationError: payload/user/input must be object'],
  ])('refuses %s with %j on %j', (callback, input, taskId, message) => {
    expect(refusal(() => dispatchAll(payload(callback, input, taskId)))).toBe(message);
  });
});

it('refuses an action on another push than the one it was rendered for', () => {
  const asked = payload('rerun', null, target);
  const other = { ...asked, user: { ...asked.user, taskGroupId: id('other') } };
  expect(refusal(() => parsePayload(other))).toBe(
    `InputError: payload/user/taskGroupId is ${id('other')}, but the action belongs to the push of ` +
      `payload/decision/action/taskGroupId ${asked.decision.action.taskGroupId}`,
  );
  expect(parsePayload(asked)).toBe(asked);
});

it('takes an input that is missing for none', () => {
  const asked = payload('cancel-all');
  const { input: _input, ...user } = asked.user;
  expect(dispatchAll({ ...asked, user: { ...user, input: undefined } })).toStrictEqual({
    cancel: { kind: 'cancel-all' },
  });
});

it('knows what cancels', () => {
  const names = ['cancel', 'cancel-all', 'cancel-some', 'rerun'];
  expect(names.filter((name) => isCancellation(payload(name)))).toStrictEqual(['cancel', 'cancel-all']);
});

it('says what is wrong with a payload', () => {
  const { user: _user, ...without } = payload('rerun', null, target);
  expect(refusal(() => parsePayload(without))).toBe(
    "InputValidationError: payload must have required property 'user'",
  );
  expect(refusal(() => parsePayload({ ...without, user: 7 }))).toBe(
    'InputValidationError: payload/user must be object',
  );
});

describe('any input at all', () => {
  const callbacks = fc.constantFrom(
    'retrigger',
    'retrigger-disabled',
    'retrigger-multiple',
    'rerun',
    'other',
  );
  const inputs = fc.oneof(
    fc.jsonValue(),
    fc.record(
      { times: fc.jsonValue(), downstream: fc.jsonValue(), force: fc.jsonValue(), requests: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.record({ requests: fc.array(fc.record({ tasks: fc.jsonValue(), times: fc.jsonValue() })) }),
  );

  it('is dispatched, forwarded or refused with status 400', () => {
    fc.assert(
      fc.property(callbacks, inputs, fc.constantFrom(target, null), (callback, input, taskId) => {
        const sent = payload(callback, input, taskId);
        const answer = attempted(() => dispatch(sent));
        expect(answer === undefined || 'fast' in answer || 'forward' in answer).toBe(true);
      }),
    );
  });

  it('is forwarded for an action that is not ours', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(target, null), (input, taskId) => {
        expect(dispatch(payload('other', input, taskId))).toHaveProperty('forward');
      }),
    );
  });

  it('is a payload or refused with status 400, whatever replaces it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutilated()), (value) => {
        expect([value, undefined]).toContain(attempted(() => parsePayload(value)));
      }),
    );
  });
});

/** The result, or undefined for a refusal with status 400. */
function attempted<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 400) return undefined;
    throw error;
  }
}

/** A valid payload with one part, at any depth, replaced by any JSON. */
function mutilated(): fc.Arbitrary<unknown> {
  const good = payload('retrigger', { times: 1 }, target);
  return fc
    .tuple(fc.constantFrom(...Object.keys(good)), fc.option(fc.nat(5)), fc.option(fc.nat(5)), fc.jsonValue())
    .map(([field, inner, innermost, value]) => replaceAt(good, [field, inner, innermost], value));
}

/** Replaces the value at the path; a number selects the key at that position, null ends the path. */
function replaceAt(whole: unknown, path: (string | number | null)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || step === null || typeof whole !== 'object' || whole === null) return value;
  const keys = Object.keys(whole);
  const wanted = typeof step === 'number' ? keys[step % keys.length] : step;
  return Object.fromEntries(
    Object.entries(whole).map(([key, part]) => [key, key === wanted ? replaceAt(part, rest, value) : part]),
  );
}
