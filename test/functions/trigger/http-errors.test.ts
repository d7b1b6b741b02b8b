import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { Log } from '../../../functions/platform/log.ts';
import { taskclusterErrors } from '../../../functions/trigger/http-errors.ts';
import { at } from '../../support/json.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { failedCall } from '../fixtures.ts';
import { event } from './event.ts';

const PARAMS = { hookGroupId: 'project-gecko', hookId: 'h'.repeat(300) };
const SHOWN = { hookGroupId: 'project-gecko', hookId: `${'h'.repeat(255)} … (45 characters more)` };

/** How an error is answered, and what is logged of it. */
async function answerTo(
  error: Error,
  request = event({ body: '{"a":1}' }),
  paramsOf: () => object | undefined = () => PARAMS,
) {
  const records: Record<string, unknown>[] = [];
  const log = new Log((level, record) => records.push({ level, ...record }));
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(taskclusterErrors('triggerHook', log, paramsOf))
    .handler(() => {
      throw error;
    });
  const { body, ...head } = await handler(request, lambdaContext('trigger', 29_000));
  const shown: unknown = JSON.parse(body ?? '');
  const response = {
    ...head,
    code: at(shown, 'code'),
    message: String(at(shown, 'message')),
    info: at(shown, 'requestInfo'),
  };
  return { response, records };
}

describe('an error of the caller’s', () => {
  it('is answered as a Taskcluster service does, and logged', async () => {
    const { response, records } = await answerTo(new ApiError('InputError', 'this is wrong'));
    expect(response).toEqual({
      statusCode: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      code: 'InputError',
      message: expect.stringMatching(
        /^this is wrong\n\n---\n\n\* method: {5}triggerHook\n\* errorCode: {2}InputError\n\* statusCode: 400\n\* time: {7}20\d\d-.*Z$/,
      ),
      info: {
        method: 'triggerHook',
        params: SHOWN,
        payload: { a: 1 },
        time: expect.stringMatching(/^20.*Z$/),
      },
    });
    expect(records).toEqual([
      expect.objectContaining({
        event: 'request-refused',
        code: 'InputError',
        statusCode: 400,
        message: 'this is wrong',
      }),
    ]);
  });

  it('has no parameters where the path has none, and no payload without a body', async () => {
    const { body: _, ...bodiless } = event();
    const { response } = await answerTo(
      new ApiError('ResourceNotFound', 'nothing'),
      bodiless,
      () => undefined,
    );
    expect(response.info).toMatchObject({ params: {}, payload: {} });
  });

  it('has no payload where the gateway says null for a body', async () => {
    const bodiless: APIGatewayProxyEventV2 = JSON.parse(JSON.stringify({ ...event(), body: null }));
    const { response, records } = await answerTo(new ApiError('InputError', 'x'), bodiless);
    expect(response.info).toMatchObject({ payload: {} });
    expect(records).toEqual([expect.objectContaining({ event: 'request-refused' })]);
  });

  it.each<[string, Partial<APIGatewayProxyEventV2>, unknown]>([
    ['in full', { body: '"x"' }, 'x'],
    ['up to a length', { body: `"${'x'.repeat(3_998)}"` }, 'x'.repeat(3_998)],
    ['not if it is longer', { body: `"${'x'.repeat(3_999)}"` }, {}],
    ['not if it is no JSON', { body: '{' }, {}],
    ['not if it is empty', { body: '' }, {}],
    ['not if it is encoded', { body: '1234', isBase64Encoded: true }, {}],
  ])('is answered with the payload %s', async (_what, changes, payload) => {
    const { response } = await answerTo(new ApiError('InputError', 'x'), event(changes));
    expect(at(response.info, 'payload')).toStrictEqual(payload);
  });
});

describe('an error that is not the caller’s', () => {
  it('of a call is answered without details, and logged with them', async () => {
    const { response, records } = await answerTo(failedCall('expandScopes', 503));
    const [record] = records;
    expect(records).toEqual([
      expect.objectContaining({
        event: 'taskcluster-failed',
        method: 'expandScopes',
        statusCode: 503,
        code: 'X',
      }),
    ]);
    expect(response).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
    expect(response.message.split('\n')[0]).toBe(
      'A call to Taskcluster failed (expandScopes: X). Nothing was done, so please retry. ' +
        `If it keeps failing, report incidentId ${String(record?.['incidentId'])}.`,
    );
  });

  it('of ours is answered with nothing but its number', async () => {
    const { response, records } = await answerTo(new TypeError('a secret'));
    const [record] = records;
    expect(records).toEqual([
      expect.objectContaining({ event: 'unexpected-error', error: 'TypeError: a secret' }),
    ]);
    expect(response).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
    expect(response.message.split('\n')[0]).toBe(
      `Internal Server Error, incidentId ${String(record?.['incidentId'])}.`,
    );
  });
});
