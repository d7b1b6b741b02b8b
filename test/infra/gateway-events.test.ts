import { readFile } from 'node:fs/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { client as hawk } from 'hawk';
import { describe, expect, it } from 'vitest';
import { Log } from '../../functions/platform/log.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { at } from '../support/json.ts';
import { useDirectWay } from '../support/direct-way.ts';
import { aTest } from '../support/push-tasks.ts';
import { genericHook, requestsPayload } from '../support/requests.ts';

// The events are from AWS's documentation of payload format 2.0, filled in with one of our requests.
type Kind = 'http-api' | 'function-url';
type PathStyle = 'encoded' | 'decoded';

const OWN_HOST: Record<Kind, string> = {
  'http-api': 'https://a1b2c3d4e5.execute-api.us-west-2.amazonaws.com',
  'function-url': 'https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-west-2.on.aws',
};
const CUSTOM_DOMAIN = 'https://retrigger.example.com';
const INGRESS = 'https://firefox-ci-tc.example.com:8443';

const way = useDirectWay();

interface Delivery {
  kind: Kind;
  pathStyle: PathStyle;
  /** The path that the client signed. */
  signedFor: string;
  /** Headers that replace the event's own. */
  headers?: Record<string, string>;
  publicUrls: string[];
}

async function deliver({ kind, pathStyle, signedFor, headers = {}, publicUrls }: Delivery) {
  const push = way().newPush();
  const body = JSON.stringify(requestsPayload(push, [{ tasks: [aTest(push, 'failed').label] }]));
  const { hookGroupId, hookId } = genericHook;
  const path = `/api/hooks/v1/hooks/${hookGroupId}/${encodeURIComponent(hookId)}/trigger`;
  const { user } = way().deployment;
  const { header } = hawk.header(`${signedFor}${path}`, 'POST', {
    credentials: { id: user.clientId, key: user.accessToken, algorithm: 'sha256' },
    payload: body,
    contentType: 'application/json',
  });
  const event = await eventOf(kind, {
    path: pathStyle === 'encoded' ? path : decodeURIComponent(path),
    body,
    headers: { authorization: header, ...headers },
  });
  const settings = { ...way().settings, publicUrls: publicUrls.map((url) => new URL(url)) };
  const handler = createHandler(settings, new Log());
  return handler(event, context());
}

async function eventOf(
  kind: Kind,
  { path, body, headers }: { path: string; body: string; headers: Record<string, string> },
): Promise<APIGatewayProxyEventV2> {
  const event: APIGatewayProxyEventV2 = JSON.parse(await readFile(`test/infra/events/${kind}.json`, 'utf8'));
  const { requestContext } = event;
  return {
    ...event,
    rawPath: path,
    headers: { ...event.headers, 'content-length': String(Buffer.byteLength(body)), ...headers },
    requestContext: { ...requestContext, http: { ...requestContext.http, path } },
    body: event.isBase64Encoded ? Buffer.from(body).toString('base64') : body,
  };
}

function context(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'retrigger-hooks-level3-trigger',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-west-2:123456789012:function:retrigger-hooks-level3-trigger',
    memoryLimitInMB: '512',
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    logGroupName: '/aws/lambda/retrigger-hooks-level3-trigger',
    logStreamName: '2026/03/10/[$LATEST]abcdef',
    getRemainingTimeInMillis: () => 29_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

function outcome({ statusCode, body }: APIGatewayProxyStructuredResultV2): [unknown, unknown] {
  const answer: unknown = JSON.parse(body ?? '{}');
  return [statusCode, at(answer, 'code') ?? typeof at(answer, 'status', 'taskId')];
}

const ACCEPTED = [200, 'string'];
const REFUSED = [401, 'AuthenticationFailed'];

describe.each<Kind>(['http-api', 'function-url'])('an event of a %s', (kind) => {
  describe.each<PathStyle>(['encoded', 'decoded'])('with its path %s', (pathStyle) => {
    const own = OWN_HOST[kind];

    it('is authenticated under its AWS address', async () => {
      const result = await deliver({ kind, pathStyle, signedFor: own, publicUrls: [own] });
      expect(outcome(result)).toEqual(ACCEPTED);
      expect(way().calls('createTask')).toHaveLength(1);
    });

    it('is authenticated behind a custom domain', async () => {
      const headers = { host: 'retrigger.example.com' };
      const delivery = { kind, pathStyle, headers, signedFor: CUSTOM_DOMAIN };
      expect(outcome(await deliver({ ...delivery, publicUrls: [own, CUSTOM_DOMAIN] }))).toEqual(ACCEPTED);
    });

    it.each<[string, Record<string, string>]>([
      ['host and port', { 'x-forwarded-host': 'firefox-ci-tc.example.com:8443' }],
      ['nothing', {}],
    ])('is authenticated behind an ingress that forwards %s', async (_what, headers) => {
      const delivery = { kind, pathStyle, headers, signedFor: INGRESS };
      expect(outcome(await deliver({ ...delivery, publicUrls: [INGRESS] }))).toEqual(ACCEPTED);
    });

    it('is authenticated behind an ingress that forwards host and port separately, among other addresses', async () => {
      const headers = { 'x-forwarded-host': 'firefox-ci-tc.example.com', 'x-forwarded-port': '8443' };
      const publicUrls = [own, 'https://firefox-ci-tc.example.com', INGRESS];
      expect(outcome(await deliver({ kind, pathStyle, headers, signedFor: INGRESS, publicUrls }))).toEqual(
        ACCEPTED,
      );
    });

    it.each<[string, Partial<Delivery>]>([
      ['host', { headers: { host: 'evil.example.com' } }],
      ['forwarded host', { headers: { 'x-forwarded-host': 'evil.example.com' } }],
    ])('is not authenticated for an address that only its %s names', async (_what, changes) => {
      const delivery = { kind, pathStyle, signedFor: 'https://evil.example.com', publicUrls: [own, INGRESS] };
      expect(outcome(await deliver({ ...delivery, ...changes }))).toEqual(REFUSED);
      expect(way().writes()).toEqual([]);
    });

    it('is not authenticated for a port other than the configured one', async () => {
      const signedFor = 'https://firefox-ci-tc.example.com';
      const headers = { 'x-forwarded-host': 'firefox-ci-tc.example.com', 'x-forwarded-port': '443' };
      expect(outcome(await deliver({ kind, pathStyle, headers, signedFor, publicUrls: [INGRESS] }))).toEqual(
        REFUSED,
      );
    });
  });
});
