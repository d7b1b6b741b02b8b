import { afterEach, describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { objectAt } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { payloadOf, post, refusal, refusalOf, requestsPayload, trigger } from '../../support/requests.ts';

const way = useDirectWay();

// Whatever is wrong, nothing is written. useDirectWay checks that nothing is logged as an error.
afterEach(() => way().expectNoWrites());

type Payload = Record<string, unknown>;

/** A valid payload with other user fields. */
const user = (push: Push, fields: Payload): Payload => {
  const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
  return { ...payload, user: { ...objectAt(payload, 'user'), ...fields } };
};
const requests = (push: Push, list: unknown): Payload => user(push, { input: { requests: list } });
const single = (push: Push, input: unknown): Payload =>
  payloadOf(push, 'retrigger', { taskId: aTest(push).taskId, input });
const decision = (push: Push, part: string, fields: Payload): Payload => {
  const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
  const parts = objectAt(payload, 'decision');
  return { ...payload, decision: { ...parts, [part]: { ...objectAt(parts, part), ...fields } } };
};

describe('a payload with', () => {
  const cases: [string, (push: Push) => unknown, string][] = [
    [
      'an unknown field',
      (push) => ({ ...user(push, {}), more: 1 }),
      'payload must NOT have additional properties (more)',
    ],
    [
      'an unknown field of the user',
      (push) => user(push, { more: 1 }),
      'payload/user must NOT have additional properties (more)',
    ],
    [
      'no user',
      (push) => ({ decision: user(push, {})['decision'] }),
      "payload must have required property 'user'",
    ],
    [
      'no callback',
      (push) => decision(push, 'action', { cb_name: undefined }),
      "payload/decision/action must have required property 'cb_name'",
    ],
    [
      'a callback of the wrong type',
      (push) => decision(push, 'action', { cb_name: 1 }),
      'payload/decision/action/cb_name must be string',
    ],
    [
      'a repository URL with a slash at its end',
      (push) => decision(push, 'repository', { url: 'https://hg.mozilla.org/' }),
      'payload/decision/repository/url',
    ],
    ['a list instead', () => [], 'payload must be object'],
    ['no fields', () => ({}), "payload must have required property 'decision'"],
    ['a taskId that is not a slugid', (push) => user(push, { taskId: 'not-a-task' }), 'payload/user/taskId'],
    [
      'a taskGroupId that is not a slugid',
      (push) => user(push, { taskGroupId: '*' }),
      'payload/user/taskGroupId',
    ],
    ['an action id that is not a slugid', (push) => ({ ...user(push, {}), taskId: 'x' }), 'payload/taskId'],
    ['no input', (push) => user(push, { input: null }), 'payload/user/input must be object'],
    [
      'no requests',
      (push) => user(push, { input: {} }),
      "payload/user/input must have required property 'requests'",
    ],
    ['an empty label', (push) => requests(push, [{ tasks: [''] }]), 'payload/user/input/requests/0/tasks/0'],
    [
      'a label that is not a string',
      (push) => requests(push, [{ tasks: [7] }]),
      'payload/user/input/requests/0/tasks/0 must be string',
    ],
    [
      'an unknown field of a request',
      (push) => requests(push, [{ tasks: ['a'], force: true }]),
      'payload/user/input/requests/0 must NOT have additional properties (force)',
    ],
    [
      'times 0',
      (push) => requests(push, [{ tasks: ['a'], times: 0 }]),
      'payload/user/input/requests/0/times must be >= 1',
    ],
    [
      'times 101',
      (push) => requests(push, [{ tasks: ['a'], times: 101 }]),
      'payload/user/input/requests/0/times must be <= 100',
    ],
    [
      'times 1.5',
      (push) => requests(push, [{ tasks: ['a'], times: 1.5 }]),
      'payload/user/input/requests/0/times must be integer',
    ],
    ['times 0 for one task', (push) => single(push, { times: 0 }), 'payload/user/input/times must be >= 1'],
    [
      'times 101 for one task',
      (push) => single(push, { times: 101 }),
      'payload/user/input/times must be <= 100',
    ],
    ['times as a string', (push) => single(push, { times: '2' }), 'payload/user/input/times must be integer'],
    [
      'downstream as a string',
      (push) => single(push, { downstream: 'yes' }),
      'payload/user/input/downstream must be boolean',
    ],
    ['input that is a list', (push) => single(push, []), 'payload/user/input must be object'],
    [
      'no task for an action on one task',
      (push) => payloadOf(push, 'retrigger', { input: {} }),
      'payload/user/taskId is null',
    ],
    ['no task for a rerun', (push) => payloadOf(push, 'rerun', { input: {} }), 'payload/user/taskId is null'],
    [
      'a string as input of a rerun',
      (push) => payloadOf(push, 'rerun', { taskId: aTest(push).taskId, input: 'x' }),
      'payload/user/input must be object',
    ],
    [
      'the task group of another push',
      (push) => user(push, { taskGroupId: 'AAAAAAAAQqCaaaaaaaaaaA' }),
      'payload/user/taskGroupId is AAAAAAAAQqCaaaaaaaaaaA',
    ],
  ];
  it.each(cases)('%s', async (_, make, message) => {
    const refused = await refusal(trigger(way(), make(way().newPush())));
    expect(refused).toMatchObject({
      statusCode: 400,
      code: expect.stringMatching(/^Input(Validation)?Error$/),
    });
    expect(refused.message).toContain(message);
  });
});

describe('a body', () => {
  it.each([
    ['that is not JSON', '{"decision":'],
    ['that is empty', ''],
    ['that is text', 'retrigger'],
  ])('%s', async (_, body) => {
    const { statusCode, code } = await refusalOf(await post(way(), { body }));
    expect({ statusCode, code }).toStrictEqual({ statusCode: 400, code: 'MalformedPayload' });
  });

  it('of 10 MB', async () => {
    const push = way().newPush();
    const body = JSON.stringify(user(push, { input: { requests: [], more: 'x'.repeat(10_000_000) } }));
    const { statusCode, code, message } = await refusalOf(await post(way(), { body }));
    expect({ statusCode, code }).toStrictEqual({ statusCode: 413, code: 'InputTooLarge' });
    expect(message).toContain('5000000 bytes');
  });

  it('of bytes that are not text', async () => {
    const body = new Uint8Array([0xff, 0xfe, 0x00]);
    const response = await post(way(), { body, contentType: 'application/octet-stream' });
    expect(await refusalOf(response)).toMatchObject({ statusCode: 400, code: 'MalformedPayload' });
  });
});
