import { once } from 'node:events';
import http from 'node:http';
import { client as hawk } from 'hawk';
import { afterEach, describe, expect, it } from 'vitest';
import { randomTaskId } from '../../../functions/tasks/task-id.ts';
import type { Push } from '../../../local/push/push.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { aTest } from '../../support/push-tasks.ts';
import {
  genericHook,
  payloadOf,
  post,
  refusal,
  refusalOf,
  requestsPayload,
  trigger,
  type RawRequest,
} from '../../support/requests.ts';

const way = useDirectWay();

const DEEP = 20_000;
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
/** An answer may quote a few KB of foreign text in our own text. */
const MOST_BYTES = 32_000;

async function answerTo(request: RawRequest): Promise<{ bytes: number; statusCode: number; code: string }> {
  const response = await post(way(), request);
  const text = await response.clone().text();
  const { statusCode, code } = await refusalOf(response);
  return { bytes: Buffer.byteLength(text), statusCode, code };
}

describe('JSON that is nested too deep', () => {
  afterEach(() => way().expectNoWrites());

  it.each([
    ['that is whole', nested(DEEP)],
    ['that does not end', '['.repeat(DEEP)],
    ['of objects', '{"a":'.repeat(DEEP)],
  ])('%s is refused, signed or not', async (_, body) => {
    for (const authorization of [undefined, null]) {
      const request = { body, ...(authorization === null ? { authorization } : {}) };
      const { statusCode } = await refusalOf(await post(way(), request));
      expect(statusCode).toBe(authorization === null ? 403 : 400);
    }
  });

  it.each(['retrigger-multiple', 'backfill', 'retrigger', 'rerun'])(
    'in the input of %s is refused as malformed',
    async (callback) => {
      const push = way().newPush();
      const payload = payloadOf(push, callback, { taskId: aTest(push).taskId, input: 'HERE' });
      const body = JSON.stringify(payload).replace('"HERE"', nested(2 * DEEP));
      expect(await refusalOf(await post(way(), { body }))).toMatchObject({
        statusCode: 400,
        code: 'MalformedPayload',
        message: expect.stringContaining('nested deeper than 100 levels'),
      });
    },
  );
});

describe('an answer', () => {
  it('is short, whatever was requested', async () => {
    const push = way().newPush();
    const payload = requestsPayload(push, [{ tasks: [aTest(push).label, '"'.repeat(2_200_000)] }]);
    const response = await post(way(), { body: JSON.stringify(payload) });
    expect(response.status).toBeLessThan(500);
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(MOST_BYTES);
  });

  it.each<[string, (body: string) => string]>([
    ['no JSON', () => '"'.repeat(4_000_000)],
    ['an unknown field', (body) => body.replace('{', `{"${'x'.repeat(4_000_000)}":1,`)],
    ['an unknown taskGroupId', (body) => body.replaceAll(/"taskGroupId":"[^"]+"/g, '"taskGroupId":"x"')],
    ['control characters', (body) => body.replace('{', `{"${'\\u0001'.repeat(600_000)}":1,`)],
  ])('is short for a long body with %s', async (_, change) => {
    const push = way().newPush();
    const body = change(JSON.stringify(requestsPayload(push, [{ tasks: [aTest(push).label] }])));
    const answer = await answerTo({ body });
    expect(answer).toMatchObject({ statusCode: 400 });
    expect(answer.bytes).toBeLessThan(MOST_BYTES);
    way().expectNoWrites();
  });
});

describe('a request', () => {
  const path = `/api/hooks/v1/hooks/${genericHook.hookGroupId}/${encodeURIComponent(genericHook.hookId)}/trigger`;

  it.each(['GET', 'PUT', 'DELETE'])('of method %s finds nothing, even if signed for it', async (method) => {
    const push = way().newPush();
    const { clientId: id, accessToken: key } = way().deployment.user;
    const { header } = hawk.header(`${way().tc.rootUrl}${path}`, method, {
      credentials: { id, key, algorithm: 'sha256' },
    });
    const body = JSON.stringify(requestsPayload(push, [{ tasks: [aTest(push).label] }]));
    const headers = {
      authorization: header,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const request = http.request(`${way().gateway.url}${path}`, { method, headers }).end(body);
    const [response]: unknown[] = await once(request, 'response');
    expect(response).toMatchObject({ statusCode: 404 });
    way().expectNoWrites();
  });

  it.each(['text/plain', '', 'application/json-seq', 'multipart/form-data; boundary=application/json'])(
    'of content-type %j is malformed, as for the hooks service',
    async (contentType) => {
      const push = way().newPush();
      const body = JSON.stringify(requestsPayload(push, [{ tasks: [aTest(push).label] }]));
      expect(await refusalOf(await post(way(), { body, contentType }))).toMatchObject({
        statusCode: 400,
        code: 'MalformedPayload',
        message: `Payload must be JSON with content-type: application/json got content-type: ${contentType || 'null'}`,
      });
      way().expectNoWrites();
    },
  );
});

const backfill = (taskId: string, push: Push) => ({
  ...payloadOf(push, 'backfill', { taskId: aTest(push).taskId, input: { depth: 5 } }),
  taskId,
});

describe('an action id chosen by the caller', () => {
  it('is refused if it belongs to another task: the forwarded action would only seem to run', async () => {
    const push = way().newPush();
    for (const taken of [aTest(push).taskId, push.decisionTaskId]) {
      expect(await refusal(trigger(way(), backfill(taken, push)))).toStrictEqual({
        statusCode: 409,
        code: 'RequestConflict',
        message: `payload/taskId ${taken} is taken by another task`,
      });
    }
    way().expectNoWrites();
  });

  it('is refused if it belongs to another action task, and gives the result if it is the action’s own', async () => {
    const push = way().newPush();
    const taskId = randomTaskId();
    const first = await trigger(way(), backfill(taskId, push));
    expect(first).toMatchObject({ taskId });
    expect(await trigger(way(), backfill(taskId, push))).toStrictEqual(first);
    const other = payloadOf(push, 'backfill', { taskId: aTest(push).taskId, input: { depth: 6 } });
    expect(await refusal(trigger(way(), { ...other, taskId }))).toMatchObject({ statusCode: 409 });
    expect(way().writes()).toHaveLength(1);
  });
});
