import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import type { JsonObject } from '../../../../local/taskcluster/json.ts';
import { clients, definition, record, refusal, start, stateOf } from '../support.ts';

const GROUP = 'project-gecko';
const HOOK = 'in-tree-action-1-generic/abcdef';
const metadata = { name: 'n', description: 'd', owner: 'a@example.com' };
const template = { ...definition(), created: undefined, deadline: undefined };
const triggerSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    user: { type: 'object' },
    taskId: { type: 'string' },
    owner: { type: 'string', format: 'email' },
    n: { type: 'integer', default: 3 },
  },
  additionalProperties: false,
};

/** A hook whose role may create its task. */
async function hook(local: LocalTaskcluster, more: JsonObject = {}): Promise<void> {
  local.createRole(`hook-id:${GROUP}/*`, ['queue:create-task:lowest:gecko-1/*', 'queue:scheduler-id:*']);
  const body = { metadata, schedule: [], bindings: [], task: template, triggerSchema, ...more };
  await clients(local).hooks.createHook(GROUP, HOOK, body);
}

async function trigger(local: LocalTaskcluster, payload: JsonObject = {}): Promise<unknown> {
  return clients(local).hooks.triggerHook(GROUP, HOOK, payload);
}

/** The definition of the task that a hook makes. */
async function made(local: LocalTaskcluster, payload: JsonObject = {}): Promise<JsonObject> {
  return record(await clients(local).queue.task(record(await trigger(local, payload))['taskId']));
}

describe('triggerHook', () => {
  test('creates the task and returns its id twice', async () => {
    const local = await start();
    await hook(local);
    const answer = record(await trigger(local));
    expect(answer).toEqual({ taskId: answer['taskId'], status: { taskId: answer['taskId'] } });
    expect(await stateOf(local, String(answer['taskId']))).toBe('pending');
  });

  test('renders the template with payload, taskId, now, clientId and firedBy', async () => {
    const local = await start();
    const payload = {
      user: { $eval: 'payload.user' },
      id: '${taskId}',
      at: { $eval: 'now' },
      who: '${clientId} by ${firedBy}',
    };
    await hook(local, { task: { ...template, payload } });
    const task = await made(local, { user: { a: [1] } });
    expect(task['payload']).toEqual({
      user: { a: [1] },
      id: task['taskGroupId'],
      at: task['created'],
      who: 'static/taskcluster/root by triggerHook',
    });
  });

  test('sets times and group if the template does not', async () => {
    const now = Date.parse('2030-01-01T00:00:00.000Z');
    const local = await start({ now: () => now });
    local.createRole('anonymous', ['hooks:*', 'assume:hook-id:*', 'queue:*']);
    const { hooks, queue } = clients(local, null);
    await hooks.createHook(GROUP, HOOK, { metadata, task: { ...template, expires: { $fromNow: '9 days' } } });
    const { taskId } = record(await hooks.triggerHook(GROUP, HOOK, {}));
    expect(await queue.task(taskId)).toMatchObject({
      created: '2030-01-01T00:00:00.000Z',
      deadline: '2030-01-02T00:00:00.000Z',
      expires: '2030-01-10T00:00:00.000Z',
      taskGroupId: taskId,
    });
  });

  test('uses the taskId in the payload, once', async () => {
    const local = await start();
    await hook(local);
    const taskId = taskcluster.slugid();
    expect(await trigger(local, { taskId })).toMatchObject({ taskId });
    expect(await refusal(trigger(local, { taskId }))).toMatchObject({ statusCode: 400, code: 'InputError' });
    expect((await refusal(trigger(local, { taskId: 'abc' }))).message).toContain(
      'Invalid taskId format: abc',
    );
  });

  test('answers {} when the template renders to nothing', async () => {
    const local = await start();
    await hook(local, { task: { $switch: { 'payload == 1': template } } });
    expect(await trigger(local)).toEqual({});
  });

  test('shows what is wrong with the payload, and applies no defaults', async () => {
    const local = await start();
    await hook(local, { task: { ...template, payload: { $eval: 'payload' } } });
    const error = await refusal(trigger(local, { user: 1, other: 2, owner: 'nobody' }));
    expect(error).toMatchObject({ statusCode: 400, code: 'InputError' });
    expect(error.message).toMatch(
      /^data must NOT have additional properties; data\/user must be object; data\/owner must match format "email"\n/,
    );
    expect((await made(local))['payload']).toEqual({});
  });

  test('compiles the schema strictly at each trigger', async () => {
    const local = await start();
    await hook(local, { triggerSchema: { type: 'object', unknown: 1 } });
    expect(await refusal(trigger(local))).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
  });

  test("shows JSON-e's errors", async () => {
    const local = await start();
    await hook(local, { task: { ...template, payload: { a: { $eval: 'payload.missing' } } } });
    const error = await refusal(trigger(local));
    expect(error).toMatchObject({ statusCode: 400, code: 'InputError' });
    expect(error.message).toContain('While firing hook:\n\nInterpreterError at template.payload.a');
  });

  test("acts only with its role, whoever triggers it, and shows the queue's refusal", async () => {
    const local = await start();
    await hook(local, { task: { ...template, scopes: ['a:b'] } });
    const error = await refusal(trigger(local));
    expect(error).toMatchObject({ statusCode: 403, code: 'InsufficientScopes' });
    expect(error.message).toContain(`The role \`hook-id:${GROUP}/${HOOK}\` does not have sufficient scopes`);
    expect(error.message).toContain('a:b');
    expect(error.message).toContain('* method:     createTask');
    expect(error.message).toContain('* method:     triggerHook');
  });

  test('passes on other refusals of the queue', async () => {
    const local = await start();
    await hook(local, { task: { ...template, created: '2020-01-01T00:00:00.000Z' } });
    const past = await refusal(trigger(local));
    expect(past).toMatchObject({ statusCode: 400, code: 'InputError' });
    expect(past.message).toContain('While calling createTask: InputError\n\n`created` cannot be in the past');
  });

  test('requires the scope for the hook, and the hook', async () => {
    const local = await start();
    await hook(local);
    const { hooks } = clients(local, local.createClient('user', [`hooks:trigger-hook:${GROUP}/other`]));
    expect(await refusal(hooks.triggerHook(GROUP, HOOK, {}))).toMatchObject({ statusCode: 403 });
    expect(await refusal(hooks.triggerHook(GROUP, 'other', {}))).toMatchObject({ statusCode: 404 });
  });

  test('is remembered', async () => {
    const local = await start();
    await hook(local);
    const { hooks } = clients(local);
    expect(await refusal(hooks.listLastFires(GROUP, HOOK))).toMatchObject({ statusCode: 404 });
    const { taskId } = record(await trigger(local));
    const fire = { taskId, firedBy: 'triggerHook', result: 'success', error: '', taskState: 'pending' };
    expect(await hooks.listLastFires(GROUP, HOOK)).toMatchObject({ lastFires: [fire] });
  });
});

describe('hook definitions', () => {
  test('are created, read, listed, updated and removed', async () => {
    const local = await start();
    await hook(local);
    const { hooks } = clients(local);
    expect(await hooks.listHookGroups()).toEqual({ groups: [GROUP] });
    const read = await hooks.hook(GROUP, HOOK);
    expect(read).toMatchObject({
      hookGroupId: GROUP,
      hookId: HOOK,
      metadata: { emailOnError: true },
      bindings: [],
    });
    expect(await hooks.listHooks(GROUP)).toEqual({ hooks: [read] });
    await hooks.updateHook(GROUP, HOOK, { metadata, task: template });
    expect(await hooks.hook(GROUP, HOOK)).toMatchObject({
      triggerSchema: { additionalProperties: false, type: 'object' },
    });
    expect(await refusal(hooks.updateHook(GROUP, 'other', { metadata, task: template }))).toMatchObject({
      statusCode: 404,
    });
    await hooks.removeHook(GROUP, HOOK);
    expect(await refusal(hooks.hook(GROUP, HOOK))).toMatchObject({ statusCode: 404 });
    expect(await refusal(hooks.listHooks(GROUP))).toMatchObject({ statusCode: 404 });
  });

  test('an identical repeat is fine, a different one is a conflict', async () => {
    const local = await start();
    await hook(local);
    await hook(local);
    expect(await refusal(hook(local, { task: {} }))).toMatchObject({
      statusCode: 409,
      code: 'RequestConflict',
    });
  });

  test('must be well-formed, with a valid schema', async () => {
    const local = await start();
    expect(await refusal(hook(local, { metadata: {} }))).toMatchObject({ code: 'InputValidationError' });
    expect(await refusal(hook(local, { hookId: 'other' }))).toMatchObject({
      statusCode: 400,
      code: 'InputError',
    });
    const error = await refusal(hook(local, { triggerSchema: { type: 'nothing' } }));
    expect(error.message).toContain('triggerSchema is not a valid JSON schema');
  });

  test("may be written only by those who have the hook's role", async () => {
    const local = await start();
    const scopes = [`hooks:modify-hook:${GROUP}/*`];
    const body = { metadata, task: template };
    const without = clients(local, local.createClient('without', scopes)).hooks;
    expect(await refusal(without.createHook(GROUP, HOOK, body))).toMatchObject({ statusCode: 403 });
    const withRole = local.createClient('with', [...scopes, `assume:hook-id:${GROUP}/*`]);
    await clients(local, withRole).hooks.createHook(GROUP, HOOK, body);
  });
});
