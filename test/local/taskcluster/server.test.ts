import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import {
  claimOne,
  clients,
  DAY_MS,
  definition,
  fromNow,
  newTask,
  record,
  refusal,
  start,
  stateOf,
} from './support.ts';

describe('calls', () => {
  test('are recorded in order of arrival, as they were sent', async () => {
    const local = await start();
    const taskId = taskcluster.slugid();
    const task = JSON.parse(JSON.stringify(definition()));
    await clients(local).queue.createTask(taskId, task);
    await refusal(clients(local, null).queue.cancelTask(taskId));
    await fetch(`${local.rootUrl}/api/queue/v1/nothing?a=b`);
    const [created, canceled, unknown] = local.calls();
    expect(created).toEqual({
      service: 'queue',
      method: 'createTask',
      httpMethod: 'PUT',
      path: `/api/queue/v1/task/${taskId}`,
      clientId: 'static/taskcluster/root',
      body: task,
      status: 200,
      bytes: expect.any(Number),
      startMs: expect.any(Number),
      endMs: expect.any(Number),
    });
    expect(canceled).toMatchObject({ method: 'cancelTask', status: 403 });
    expect(canceled).not.toHaveProperty('clientId');
    expect(unknown).toMatchObject({
      service: 'queue',
      method: 'unknown',
      status: 404,
      path: '/api/queue/v1/nothing?a=b',
    });
    local.clearCalls();
    expect(local.calls()).toEqual([]);
  });

  test('keep their answers if requested', async () => {
    const local = await start({ recordResponses: true });
    const answer = await clients(local).queue.ping();
    expect(local.calls()[0]?.response).toEqual(answer);
  });

  test('include those for the data of artifacts', async () => {
    const local = await start();
    await fetch(`${local.rootUrl}/artifact-data/x/0/public/y`);
    expect(local.calls()).toMatchObject([{ service: 'artifact-data', method: 'get', status: 404 }]);
  });
});

describe('faults', () => {
  test('fail the chosen calls, without performing them', async () => {
    const local = await start();
    local.setFaults([{ method: 'createTask', nth: 2, times: 2, status: 503 }]);
    const ids = [1, 2, 3, 4].map(() => taskcluster.slugid());
    const { queue } = clients(local);
    const outcomes: unknown[] = [];
    for (const taskId of ids) {
      outcomes.push(
        await queue.createTask(taskId, definition()).then(
          () => 200,
          ({ statusCode }) => statusCode,
        ),
      );
    }
    expect(outcomes).toEqual([200, 503, 503, 200]);
    expect(await refusal(queue.status(ids[1]))).toMatchObject({ statusCode: 404 });
    local.setFaults([]);
    await queue.createTask(ids[1], definition());
  });

  test('have the form of the services’ errors', async () => {
    const local = await start();
    local.setFaults([{ method: '*', status: 429 }]);
    const error = await refusal(clients(local).queue.ping());
    expect(error).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
    expect(error.message).toContain('* method:     ping');
  });

  test('cut the connection before or after the call was performed', async () => {
    const local = await start();
    const { queue } = clients(local);
    for (const [drop, performed] of [
      ['before', false],
      ['after', true],
    ] as const) {
      local.setFaults([{ method: 'createTask', drop }]);
      const taskId = taskcluster.slugid();
      await expect(queue.createTask(taskId, definition())).rejects.toThrow('socket hang up');
      expect(local.calls().at(-1)).toMatchObject({ method: 'createTask', status: 0 });
      const exists = await queue.status(taskId).then(
        () => true,
        () => false,
      );
      expect(exists).toBe(performed);
    }
  });

  test('are retried by the client', async () => {
    const local = await start();
    local.setFaults([{ method: 'createTask', drop: 'after' }]);
    const taskId = taskcluster.slugid();
    const { rootUrl, credentials } = local;
    const patient = new taskcluster.Queue({ rootUrl, credentials, retries: 1 });
    await patient.createTask(taskId, definition());
    expect(local.calls().map(({ status }) => status)).toEqual([0, 200]);
  });

  test('and latency make calls slow', async () => {
    const local = await start();
    const { queue } = clients(local);
    local.setLatency(40);
    await queue.ping();
    local.setLatency(0);
    local.setFaults([{ method: 'ping', delayMs: 40 }]);
    await queue.ping();
    for (const { startMs, endMs } of local.calls()) expect(endMs - startMs).toBeGreaterThan(30);
  });
});

describe('faults at artifacts', () => {
  const CONTENT = 'hello, hello';

  async function withArtifacts() {
    const local = await start();
    await newTask(local);
    const { taskId, credentials } = await claimOne(local);
    const { queue } = clients(local, credentials);
    const put = async (name: string): Promise<number> => {
      const expires = fromNow(DAY_MS);
      const answer = await queue.createArtifact(taskId, 0, name, {
        storageType: 's3',
        contentType: 'text/plain',
        expires,
      });
      const headers = { 'content-type': 'text/plain' };
      return (await fetch(String(record(answer)['putUrl']), { method: 'PUT', body: CONTENT, headers }))
        .status;
    };
    const get = async (name: string, ms = 10_000): Promise<[number, string]> => {
      const { url } = record(await queue.getLatestArtifact(taskId, name));
      const answer = await fetch(String(url), { signal: AbortSignal.timeout(ms) });
      return [answer.status, await answer.text()];
    };
    return { local, put, get };
  }

  test('hit GETs and PUTs with a matching path', async () => {
    const { local, put, get } = await withArtifacts();
    local.setFaults([
      { method: 'put', path: '*/public/b', status: 503 },
      { method: '*', path: '/artifact-data/*/public/a', nth: 2, status: 429 },
    ]);
    expect([await put('public/a'), await put('public/b'), await put('public/b')]).toEqual([200, 503, 200]);
    expect([await get('public/b'), await get('public/a')]).toMatchObject([
      [200, CONTENT],
      [429, expect.stringContaining('chosen to fail')],
    ]);
    expect(local.calls().filter(({ faulted }) => faulted)).toMatchObject([
      { method: 'put', status: 503 },
      { method: 'get', status: 429 },
    ]);
  });

  test('cut the connection before the data is stored, after it was, or midway', async () => {
    const { local, put, get } = await withArtifacts();
    for (const [drop, outcome] of [
      ['before', [404, '']],
      ['after', [200, CONTENT]],
    ] as const) {
      local.setFaults([{ method: 'put', drop }]);
      await expect(put(`public/${drop}`)).rejects.toThrow('fetch failed');
      expect(await get(`public/${drop}`)).toEqual(outcome);
    }
    local.setFaults([{ method: 'get', drop: 'midway' }]);
    await expect(get('public/after')).rejects.toThrow('terminated');
    expect(local.calls().at(-1)).toMatchObject({ method: 'get', status: 200 });
  });

  test('leave the caller waiting until it gives up', async () => {
    const { local, put, get } = await withArtifacts();
    await put('public/a');
    for (const hang of ['before', 'midway', 'after'] as const) {
      local.setFaults([{ method: 'get', hang }]);
      await expect(get('public/a', 50)).rejects.toThrow('timeout');
      await expect.poll(() => local.calls().filter(({ startMs, endMs }) => endMs === startMs)).toEqual([]);
    }
    expect(await get('public/a')).toEqual([200, CONTENT]);
  });
});

test('a call can hang after it was performed', async () => {
  const local = await start();
  const { rootUrl, credentials } = local;
  const impatient = new taskcluster.Queue({ rootUrl, credentials, retries: 0, timeout: 50 });
  const taskId = taskcluster.slugid();
  local.setFaults([{ method: 'createTask', hang: 'after' }]);
  await expect(impatient.createTask(taskId, definition())).rejects.toThrow('Timeout');
  expect(await stateOf(local, taskId)).toBe('pending');
});

describe('/local', () => {
  test('does the same over HTTP as the interface, and is not recorded', async () => {
    const local = await start();
    const call = async (method: string, path: string, body?: unknown): Promise<[number, unknown]> => {
      const answer = await fetch(`${local.rootUrl}/local/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return [answer.status, await answer.json()];
    };
    expect(await call('GET', 'ready')).toEqual([200, { ready: true, elapsedMs: expect.any(Number) }]);
    await newTask(local);
    const { taskId } = await claimOne(local);
    expect(await call('POST', 'expire-claims')).toEqual([200, {}]);
    expect(await stateOf(local, taskId)).toBe('pending');
    expect(await call('GET', 'calls')).toEqual([200, local.calls()]);
    const [, ...later] = local.calls();
    const since = later[0]?.startMs ?? 0;
    expect(await call('GET', `calls?since=${since}`)).toEqual([200, later]);
    expect(await call('DELETE', 'calls')).toEqual([200, {}]);
    expect(local.calls()).toEqual([]);
    expect(await call('POST', 'faults', [{ method: 'ping', status: 500 }])).toEqual([200, {}]);
    expect(await refusal(clients(local).queue.ping())).toMatchObject({ statusCode: 500 });
    expect(await call('POST', 'latency', { ms: 1 })).toEqual([200, {}]);
    expect(await call('GET', 'nothing')).toEqual([404, { error: 'Not found' }]);
    expect(local.calls()).toHaveLength(1);
  });

  test.each([
    ['latency', '{"ms":-1}', 'body/ms must be >= 0'],
    ['latency', '{', 'The body is not JSON'],
    ['faults', '{}', 'body must be array'],
    ['faults', '[{"method":"ping","drop":"now"}]', 'body/0/drop must be equal to one of the allowed values'],
  ])('refuses a bad body for %s: %s', async (path, body, message) => {
    const local = await start();
    const answer = await fetch(`${local.rootUrl}/local/${path}`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([400, { error: expect.stringContaining(message) }]);
  });
});

describe('until', () => {
  test('resolves once the condition holds', async () => {
    const local = await start();
    const taskId = await newTask(local);
    const canceled = local.until(async () => (await stateOf(local, taskId)) === 'exception');
    await clients(local).queue.cancelTask(taskId);
    await canceled;
    expect(await stateOf(local, taskId)).toBe('exception');
    await local.until(() => true);
  });

  test('rejects after the timeout, or with the error of the condition', async () => {
    const local = await start();
    await expect(local.until(() => false, 10)).rejects.toThrow('did not hold within 10 ms');
    await expect(local.until(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

describe('untilCalls', () => {
  test('resolves when the calls have arrived and ended', async () => {
    const local = await start();
    const arrived = local.untilCalls(({ length }) => length > 0);
    const ended = local.untilCalls(([call]) => call?.status === 200);
    await clients(local).queue.ping();
    await expect(Promise.all([arrived, ended])).resolves.toHaveLength(2);
  });

  test('resolves when it is aborted, before or while it waits', async () => {
    const local = await start();
    const controller = new AbortController();
    const waiting = local.untilCalls(() => false, { signal: controller.signal });
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
    const tooLate = local.untilCalls(() => false, { signal: controller.signal });
    await expect(tooLate).resolves.toBeUndefined();
  });

  test('rejects after the timeout', async () => {
    const local = await start();
    await expect(local.untilCalls(() => false, { timeoutMs: 10 })).rejects.toThrow(
      'did not hold within 10 ms',
    );
  });
});

test('close ends waiting claims', async () => {
  const local = await start();
  const waiting = clients(local).queue.claimWork('p/q', { workerGroup: 'g', workerId: 'w', tasks: 1 });
  const outcome = waiting.then(
    () => 'answered',
    () => 'cut off',
  );
  while (local.calls()[0]?.body === undefined) await new Promise(setImmediate);
  await local.close();
  expect(['answered', 'cut off']).toContain(await outcome);
});

describe('links to the web UI', () => {
  test('lead to the task or the group in the API', async () => {
    const local = await start();
    const taskId = await newTask(local);
    const task = await fetch(`${local.rootUrl}/tasks/${taskId}`);
    await expect(task.json()).resolves.toMatchObject({ taskGroupId: taskId });
    const group = await fetch(`${local.rootUrl}/tasks/groups/${taskId}`);
    await expect(group.json()).resolves.toMatchObject({ tasks: [{ status: { taskId } }] });
  });

  test('of other forms are not found', async () => {
    const local = await start();
    const answer = await fetch(`${local.rootUrl}/tasks/${taskcluster.slugid()}x`);
    expect(answer.status).toBe(404);
  });
});
