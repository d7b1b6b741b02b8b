import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import { clients, definition, newTask, record, refusal, start } from '../support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the API over HTTP', () => {
  test('answers errors in the services’ form', async () => {
    const local = await start();
    const taskId = taskcluster.slugid();
    const answer = await fetch(`${local.rootUrl}/api/queue/v1/task/${taskId}/status`);
    const text =
      'does not correspond to a task that exists.\nAre you sure this task exists?\n\n---\n\n* method:     status\n';
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      code: 'ResourceNotFound',
      message: expect.stringContaining(text),
      requestInfo: { method: 'status', params: { taskId }, payload: {}, time: expect.any(String) },
    });
  });

  test('answers an unknown route with 404 and no code', async () => {
    const local = await start();
    for (const path of ['/api/queue/v1/nothing', '/api/nobody/v1/ping', '/']) {
      const answer = await fetch(local.rootUrl + path);
      expect([answer.status, await answer.json()]).toEqual([404, { error: 'Not found' }]);
    }
  });

  test('allows browsers', async () => {
    const local = await start();
    const url = `${local.rootUrl}/api/queue/v1/task/${taskcluster.slugid()}`;
    const preflight = await fetch(url, { method: 'OPTIONS' });
    expect(preflight.status).toBe(200);
    for (const answer of [preflight, await fetch(url)]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization');
      expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    }
  });

  test.each([
    ['{"a":', 'Failed to parse JSON: '],
    ['1', 'Must be an object or array'],
  ])('refuses the body %s as malformed', async (body, message) => {
    const local = await start();
    const url = `${local.rootUrl}/api/queue/v1/tasks`;
    const answer = await fetch(url, { method: 'POST', headers: JSON_TYPE, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'MalformedPayload',
      message: expect.stringContaining(message),
    });
  });

  test.each(['[', '{"a":'])('refuses %s nested 40,000 deep as malformed, and keeps working', async (open) => {
    const local = await start();
    const close = open === '[' ? ']' : '}';
    const bodies = [open.repeat(40_000), `${open.repeat(40_000)}1${close.repeat(40_000)}`];
    for (const body of bodies) {
      const url = `${local.rootUrl}/api/queue/v1/tasks`;
      const answer = await fetch(url, { method: 'POST', headers: JSON_TYPE, body });
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'MalformedPayload' }]);
    }
    const calls = await fetch(`${local.rootUrl}/local/calls`);
    expect(await calls.json()).toHaveLength(2);
  });

  test('ignores brackets in strings', async () => {
    const local = await start();
    const description = `${'['.repeat(500)}"\\"{`;
    const { metadata } = definition();
    const taskId = await newTask(local, { metadata: { ...record(metadata), description } });
    expect(await clients(local).queue.task(taskId)).toMatchObject({ metadata: { description } });
  });

  test('refuses a body that is not declared as JSON', async () => {
    const local = await start();
    const answer = await fetch(`${local.rootUrl}/api/queue/v1/tasks`, { method: 'POST', body: '{}' });
    expect(await answer.json()).toMatchObject({ code: 'MalformedPayload' });
  });

  test('answers a body over 10 MB with an internal error', async () => {
    const local = await start();
    const payload = { text: 'x'.repeat(11 * 1024 * 1024) };
    const error = await refusal(
      clients(local).queue.createTask(taskcluster.slugid(), definition({ payload })),
    );
    expect(error).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
  });

  test('checks parameters of the path and the query', async () => {
    const local = await start();
    const { queue } = clients(local);
    const badId = await refusal(queue.status('abc'));
    expect(badId).toMatchObject({ statusCode: 400, code: 'InvalidRequestArguments' });
    expect(badId.message).toContain("URL parameter 'taskId' given as 'abc' must match");
    const url = `${local.rootUrl}/api/queue/v1/task/${await newTask(local)}/status?what=1`;
    const answer = await fetch(url);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('what is not supported') });
  });

  test('checks scopes before anything that is not in the URL', async () => {
    const local = await start();
    const url = `${local.rootUrl}/api/index/v1/task/p..a`;
    const answer = await fetch(url, { method: 'PUT', headers: JSON_TYPE, body: '{}' });
    expect(await answer.json()).toMatchObject({ code: 'InsufficientScopes' });
  });

  test('asks for credentials if there are none, and otherwise lists the missing scopes', async () => {
    const local = await start();
    const taskId = await newTask(local);
    const anonymous = await refusal(clients(local, null).queue.cancelTask(taskId));
    expect(anonymous).toMatchObject({ statusCode: 403, code: 'InsufficientScopes' });
    expect(anonymous.message).toContain('This request requires Taskcluster credentials that satisfy');
    const user = await refusal(clients(local, local.createClient('user', [])).queue.cancelTask(taskId));
    expect(user.message).toContain('Client ID user does not have sufficient scopes and is missing');
    expect(user.message).toContain(`queue:cancel-task:gecko-level-1/${taskId}/${taskId}`);
  });

  test('pings and answers HEAD without a body', async () => {
    const local = await start();
    for (const service of ['auth', 'queue', 'index', 'hooks'] as const) {
      expect(await clients(local)[service].ping()).toMatchObject({ alive: true });
      const head = await fetch(`${local.rootUrl}/api/${service}/v1/ping`, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
    }
  });
});
