import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { actionList } from '../../../local/push/action-list.ts';
import { actionPayload, type ActionsSource } from '../../../local/push/actions.ts';
import { autoland } from '../../../local/push/repository.ts';
import { actionHookTemplate, inTreeActionHook, renderTask } from '../../../local/push/taskcluster-yml.ts';
import { triggerSchema } from '../../../local/seed/trigger-schema.ts';
import { breaches } from '../push/create-task-rules.ts';

const source: ActionsSource = {
  decisionTaskId: 'FNKzJoiJTeKjmKci4KtdGg',
  repository: autoland,
  revision: 'c'.repeat(40),
  baseRevision: 'd'.repeat(40),
  pushlogId: '4711',
  hook: inTreeActionHook(3, 'generic'),
};
const ownTaskId = 'WxqiF4bPSMyNqsOhtlt7yA';
const context = {
  taskId: ownTaskId,
  now: '2026-11-22T12:00:00.123Z',
  clientId: 'me',
  firedBy: 'triggerHook',
};

// Compiled as by the hooks service: strict, and with formats.
const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(triggerSchema);

describe.each(actionList)('$cbName', ({ cbName, title, permission }) => {
  const payload = actionPayload(source, cbName, { input: { times: 2 }, taskId: null });

  it('passes the trigger schema', () => {
    validate(payload);
    expect(validate.errors).toBeNull();
  });

  it('renders to an action task in the group of the push, with only the role of the action', () => {
    const task = renderTask(actionHookTemplate(permission), { ...context, payload });
    expect(breaches(ownTaskId, task)).toStrictEqual([]);
    expect(task).toMatchObject({
      taskQueueId: 'gecko-3/decision',
      taskGroupId: source.decisionTaskId,
      scopes: [`assume:repo:hg.mozilla.org/integration/autoland:action:${permission}`],
      metadata: { name: `Action: ${title}` },
      tags: { kind: 'action-callback' },
      routes: expect.arrayContaining([`index.gecko.v2.autoland.pushlog-id.4711.actions.${ownTaskId}`]),
      payload: { env: { ACTION_CALLBACK: cbName, ACTION_INPUT: '{"times":2}', ACTION_TASK_ID: 'null' } },
      extra: {
        parent: source.decisionTaskId,
        action: {
          context: { clientId: 'me', input: { times: 2 }, taskId: null, taskGroupId: source.decisionTaskId },
        },
        treeherder: { groupSymbol: 'AC' },
      },
    });
  });
});

it('accepts the payloads of older taskgraphs, with fewer or more fields', () => {
  const payload = {
    decision: {
      action: { name: 'a', title: 'A', description: 'a', taskGroupId: 'x', cb_name: 'a', symbol: 'a' },
      push: { owner: 'me', revision: 'abc', pushlog_id: '' },
      repository: { url: 'https://hg.mozilla.org/try', project: 'try', level: '1' },
      parameters: { anything: [] },
    },
    user: { input: null, taskId: null, taskGroupId: 'x' },
  };
  validate(payload);
  expect(validate.errors).toBeNull();
});

describe('the trigger schema refuses', () => {
  const good = actionPayload(source, 'retrigger', { input: null, taskId: ownTaskId });
  const { decision, user } = good;
  it.each([
    ['nothing', null],
    ['a payload without a user', { decision }],
    ['an unknown field', { ...good, more: 1 }],
    ['a taskId that is not a string', { decision, user: { input: {}, taskGroupId: 'x', taskId: 1 } }],
    ['a decision without an action', { decision: {}, user }],
  ])('%s', (_, payload) => {
    expect(validate(good)).toBe(true);
    expect(validate(payload)).toBe(false);
  });
});
