import { describe, expect, it } from 'vitest';
import { parsePayload } from '../../../functions/actions/dispatch.ts';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { id, payload } from '../fixtures.ts';

const good = payload('retrigger', { times: 1 }, id('target'));
const { decision, user } = good;

function refusal(value: unknown): { code: string; message: string } {
  try {
    parsePayload(value);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The value without one of its fields. */
function without(value: object, field: string): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field));
}

describe('parsePayload takes', () => {
  it.each<[string, ActionPayload]>([
    ['an action on one task', good],
    ['an action on the whole push', payload('retrigger-multiple', { requests: [] })],
    ['a taskId for the action task', { ...good, taskId: id('action') }],
    ['the decision task’s parameters', { ...good, decision: { ...decision, parameters: { level: '1' } } }],
    [
      'the push of a branch',
      { ...good, decision: { ...decision, push: { ...decision.push, branch: 'main', base_revision: '0' } } },
    ],
    ['any input, which is up to the action', payload('other', [1, 'x', null])],
  ])('%s', (_what, value) => {
    expect(parsePayload(value)).toBe(value);
  });
});

describe('parsePayload refuses, and names the field', () => {
  it.each<[string, unknown]>([
    ['payload must be object', null],
    ['payload must be object', 'text'],
    ['payload must be object', [good]],
    ["payload must have required property 'decision'", { user }],
    ["payload must have required property 'user'", { decision }],
    ['payload must NOT have additional properties (extra)', { ...good, extra: 1 }],
    ['payload/taskId must match pattern', { ...good, taskId: 'x' }],
    ['payload/decision must be object', { ...good, decision: null }],
    ["payload/decision must have required property 'push'", { ...good, decision: without(decision, 'push') }],
    [
      "payload/decision/action must have required property 'cb_name'",
      { ...good, decision: { ...decision, action: without(decision.action, 'cb_name') } },
    ],
    [
      'payload/decision/action/cb_name must be string',
      { ...good, decision: { ...decision, action: { ...decision.action, cb_name: 1 } } },
    ],
    [
      'payload/decision/action/taskGroupId must match pattern',
      { ...good, decision: { ...decision, action: { ...decision.action, taskGroupId: '../x' } } },
    ],
    [
      'payload/decision/push/pushlog_id must be string',
      { ...good, decision: { ...decision, push: { ...decision.push, pushlog_id: 1 } } },
    ],
    [
      'payload/decision/repository/url must match pattern',
      { ...good, decision: { ...decision, repository: { ...decision.repository, url: 'https://x/' } } },
    ],
    ['payload/decision/parameters must be object', { ...good, decision: { ...decision, parameters: [] } }],
    ["payload/user must have required property 'input'", { ...good, user: without(user, 'input') }],
    ['payload/user/taskId must', { ...good, user: { ...user, taskId: 'no slugid' } }],
    ['payload/user/taskId must', { ...good, user: { ...user, taskId: 7 } }],
    ['payload/user/taskGroupId must', { ...good, user: { ...user, taskGroupId: null } }],
    [
      'payload/user must NOT have additional properties (clientId)',
      { ...good, user: { ...user, clientId: 'x' } },
    ],
  ])('%s', (message, value) => {
    const refused = refusal(value);
    expect(refused.code).toBe('InputValidationError');
    expect(refused.message.slice(0, message.length)).toBe(message);
  });

  it('the task group of another push', () => {
    const refused = refusal({ ...good, user: { ...user, taskGroupId: id('other') } });
    expect(refused.code).toBe('InputError');
    expect(refused.message).toContain(`payload/user/taskGroupId is ${id('other')}`);
  });
});
