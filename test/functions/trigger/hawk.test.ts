import taskcluster from 'taskcluster-client';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../local/taskcluster/api.ts';
import { Hooks } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { objectAt } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { genericHook, post, refusal, refusalOf, requestsPayload, trigger } from '../../support/requests.ts';

const way = useDirectWay();

const triggerScope = `hooks:trigger-hook:${genericHook.hookGroupId}/${genericHook.hookId}`;

/** A payload that would create one task. */
const goodPayload = () => {
  const push = way().newPush();
  return requestsPayload(push, [{ tasks: [aTest(push).label] }]);
};

/** Temporary credentials that the user makes. */
const temporary = (options: { scopes?: string[]; minutes?: number; clientId?: string } = {}): Credentials => {
  const { scopes = [triggerScope], minutes = 15, clientId } = options;
  return taskcluster.createTemporaryCredentials({
    credentials: way().deployment.user,
    scopes,
    start: new Date(Date.now() - 3_600_000),
    expiry: new Date(Date.now() + minutes * 60_000),
    ...(clientId === undefined ? {} : { clientId }),
  });
};

const created = () =>
  way()
    .writes()
    .filter(({ method, status }) => method === 'createTask' && status === 200);

interface Attempt {
  credentials?: Credentials;
  authorizedScopes?: string[];
}

describe('accepts', () => {
  const allowed: [string, () => Attempt][] = [
    ['a user with the trigger scope', () => ({})],
    ['a request restricted to the trigger scope', () => ({ authorizedScopes: [triggerScope] })],
    ['temporary credentials', () => ({ credentials: temporary() })],
  ];
  it.each(allowed)('%s', async (_, attempt) => {
    await trigger(way(), goodPayload(), attempt());
    expect(created()).toHaveLength(1);
  });

  it('a caller that signs the payload', async () => {
    const body = JSON.stringify(goodPayload());
    const response = await post(way(), { body, signedPayload: body });
    expect(response.status).toBe(200);
    expect(created()).toHaveLength(1);
  });

  it('a caller that signs a payload with multi-byte characters, with a charset', async () => {
    const payload = goodPayload();
    const body = JSON.stringify({
      ...payload,
      decision: { ...objectAt(payload, 'decision'), parameters: { a: 'ä€😀' } },
    });
    const contentType = 'application/json; charset=utf-8';
    const response = await post(way(), { body, signedPayload: body, contentType });
    expect(response.status).toBe(200);
  });
});

describe('refuses, as the hooks service does,', () => {
  const refusals: [string, () => Attempt, { statusCode: number; code: string; message: RegExp }][] = [
    [
      'a wrong access token',
      () => ({ credentials: { ...way().deployment.user, accessToken: 'x'.repeat(44) } }),
      { statusCode: 401, code: 'AuthenticationFailed', message: /./ },
    ],
    [
      'a client that does not exist',
      () => ({ credentials: { ...way().deployment.user, clientId: 'nobody' } }),
      { statusCode: 401, code: 'AuthenticationFailed', message: /./ },
    ],
    [
      'expired temporary credentials',
      () => ({ credentials: temporary({ minutes: -30 }) }),
      { statusCode: 401, code: 'AuthenticationFailed', message: /expiry/ },
    ],
    [
      'temporary credentials with more scopes than their issuer',
      () => ({ credentials: temporary({ scopes: ['*'] }) }),
      { statusCode: 401, code: 'AuthenticationFailed', message: /./ },
    ],
    [
      'authorizedScopes beyond those of the client',
      () => ({ authorizedScopes: ['hooks:trigger-hook:*'] }),
      { statusCode: 401, code: 'AuthenticationFailed', message: /./ },
    ],
    [
      'authorizedScopes without the trigger scope',
      () => ({ authorizedScopes: [] }),
      { statusCode: 403, code: 'InsufficientScopes', message: new RegExp(triggerScope) },
    ],
    [
      'temporary credentials without the trigger scope',
      () => ({
        credentials: temporary({ scopes: ['hooks:trigger-hook:project-gecko/in-tree-action-1-generic/x'] }),
      }),
      { statusCode: 403, code: 'InsufficientScopes', message: new RegExp(triggerScope) },
    ],
    [
      'a client without the trigger scope',
      () => ({
        credentials: way().tc.createClient('guest', ['hooks:trigger-hook:project-gecko/in-tree-action-1-*']),
      }),
      { statusCode: 403, code: 'InsufficientScopes', message: new RegExp(`guest[^]*${triggerScope}`) },
    ],
  ];
  it.each(refusals)('%s', async (_, attempt, { statusCode, code, message }) => {
    const payload = goodPayload();
    const options = attempt();
    const refused = await refusal(trigger(way(), payload, options));
    expect(refused).toStrictEqual({ statusCode, code, message: expect.stringMatching(message) });
    // The same request without the ingress rule.
    const hooks = new Hooks({
      rootUrl: way().tc.internalRootUrl,
      credentials: way().deployment.user,
      retries: 0,
      ...options,
    });
    const today = await refusal(hooks.triggerHook(genericHook.hookGroupId, genericHook.hookId, payload));
    expect(today).toMatchObject({ statusCode, code });
    expect(created()).toStrictEqual([]);
  });

  it.each([
    ['a request without credentials', { authorization: null }, 403, 'InsufficientScopes'],
    ['an Authorization header of another kind', { authorization: 'Bearer abc' }, 401, 'AuthenticationFailed'],
    ['a malformed Hawk header', { authorization: 'Hawk id="x"' }, 401, 'AuthenticationFailed'],
    [
      'a signature for another host',
      { signedUrl: `https://elsewhere.example.com/api/hooks/v1/hooks/${genericHook.hookGroupId}/` },
      401,
      'AuthenticationFailed',
    ],
    [
      'a signature of an hour ago',
      { timestamp: Math.floor(Date.now() / 1000) - 3600 },
      401,
      'AuthenticationFailed',
    ],
    ['a signature for another payload', { signedPayload: '{}' }, 401, 'AuthenticationFailed'],
  ])('%s', async (_, how, statusCode, code) => {
    const response = await post(way(), { body: JSON.stringify(goodPayload()), ...how });
    expect(await refusalOf(response)).toMatchObject({ statusCode, code });
    way().expectNoWrites();
  });

  it('a signature for another hook', async () => {
    const path = `/api/hooks/v1/hooks/${genericHook.hookGroupId}/${encodeURIComponent('in-tree-action-1-generic/x')}/trigger`;
    const response = await post(way(), {
      body: JSON.stringify(goodPayload()),
      signedUrl: `${way().tc.rootUrl}${path}`,
    });
    expect(response.status).toBe(401);
    way().expectNoWrites();
  });
});

it('recognizes each of several public URLs by the request', async () => {
  way().deploy({ publicUrls: [new URL('https://functions.example.com'), new URL(way().tc.rootUrl)] });
  await trigger(way(), goodPayload());
  expect(created()).toHaveLength(1);
});

it('does not accept a header as the public URL', async () => {
  way().deploy({ publicUrls: [new URL('https://functions.example.com')] });
  expect(await refusal(trigger(way(), goodPayload()))).toMatchObject({ statusCode: 401 });
  way().expectNoWrites();
});
