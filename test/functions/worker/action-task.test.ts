import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { readActionTask } from '../../../functions/worker/action-task.ts';
import { HOOK, id, payload } from '../fixtures.ts';
import { actionTask, FULL, QUEUE } from './claim.ts';

const { decision, user } = payload('retrigger', {}, id('target'));
const hookOf = (hookId: string) => ({ hook: { hookGroupId: HOOK.hookGroupId, hookId } });

function refusal(task: ReturnType<typeof actionTask>, queue = QUEUE): [string, string] {
  try {
    readActionTask(task, queue);
  } catch (error) {
    if (error instanceof ApiError) return [error.code, error.message];
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('an action task', () => {
  it('says who requested what, through which hook', () => {
    expect(readActionTask(actionTask(), QUEUE)).toEqual({
      hook: HOOK,
      full: FULL,
      clientId: 'mozilla-auth0/me',
      payload: { decision, user },
    });
  });

  it('may come from a hook that no API call triggered', () => {
    expect(readActionTask(actionTask({ clientId: null }), QUEUE).clientId).toBeNull();
  });

  it('has the decision’s parameters in its extra, but nothing else of the decision', () => {
    const context = { parameters: { level: '1' }, input: 'of no interest' };
    const { payload: read } = readActionTask(actionTask({}, { action: { context } }), QUEUE);
    expect(read.decision).toEqual({ ...decision, parameters: { level: '1' } });
  });

  it.each([
    ['action', { action: null }],
    ['context', { action: { context: null } }],
    ['parameters', { action: { context: { parameters: null } } }],
  ])('has no parameters if the payload had no %s', (_what, extra) => {
    expect(readActionTask(actionTask({}, extra), QUEUE).payload.decision).toEqual(decision);
  });

  it('has no parameters if it has no extra', () => {
    const { extra: _, ...task } = actionTask();
    expect(readActionTask(task, QUEUE).payload.decision).toEqual(decision);
  });
});

describe('an action task that anyone could have created', () => {
  let deep: unknown = [];
  for (let level = 0; level < 150; level++) deep = [deep];

  it.each<[string, ReturnType<typeof actionTask>, [string, string]]>([
    ['is nested too deep', actionTask({}, { deep }), ['MalformedPayload', 'task is nested too deep']],
    [
      'has no payload',
      { ...actionTask(), payload: undefined },
      ['InputValidationError', 'task.payload must be object'],
    ],
    [
      'has a hook with a number for its name',
      actionTask({ hook: { hookGroupId: 1, hookId: 'x' } }),
      ['InputValidationError', 'task.payload/hook/hookGroupId must be string'],
    ],
    [
      'has unknown fields',
      actionTask({ and: 'more' }),
      ['InputValidationError', 'task.payload must NOT have additional properties (and)'],
    ],
    [
      'names a hook for something else',
      actionTask(hookOf('something-else')),
      ['InputError', 'task.payload/hook project-gecko/something-else is not an in-tree action hook'],
    ],
    [
      'names a hook of another level',
      actionTask(hookOf('in-tree-action-3-generic/0123456789')),
      [
        'InputError',
        'task.payload/hook project-gecko/in-tree-action-3-generic/0123456789 does not belong on the queue gecko-1/retrigger',
      ],
    ],
    [
      'is of another task group than its action',
      { ...actionTask(), taskGroupId: id('other') },
      [
        'InputError',
        `payload/user/taskGroupId is ${id('decision')}, but the action task belongs to ${id('other')}`,
      ],
    ],
    [
      'has no action',
      actionTask({ trigger: { decision: {}, user: {} } }),
      ['InputValidationError', "payload/decision must have required property 'action'"],
    ],
  ])('is refused when it %s, with the field', (_what, task, answer) => {
    expect(refusal(task)).toEqual(answer);
  });

  it('is refused on the queue of another level whose name starts like its own', () => {
    expect(refusal(actionTask(), 'gecko-10/retrigger')[0]).toBe('InputError');
    expect(refusal(actionTask(), 'gecko-1x')[0]).toBe('InputError');
  });
});
