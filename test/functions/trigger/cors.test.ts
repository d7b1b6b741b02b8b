import { expect, it } from 'vitest';
import { useDirectWay } from '../../support/direct-way.ts';
import { at } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { genericHook, post, refusalOf, requestsPayload } from '../../support/requests.ts';

const way = useDirectWay();

const path = `/api/hooks/v1/hooks/${genericHook.hookGroupId}/${encodeURIComponent(genericHook.hookId)}/trigger`;
const words = (list: string | null) => (list ?? '').toLowerCase().split(/, */);

it('answers a preflight request', async () => {
  const response = await fetch(`${way().tc.rootUrl}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://treeherder.mozilla.org',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(response.ok).toBe(true);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(words(response.headers.get('access-control-allow-methods'))).toContain('post');
  expect(words(response.headers.get('access-control-allow-headers'))).toStrictEqual(
    expect.arrayContaining(['authorization', 'content-type']),
  );
  expect(response.headers.get('access-control-max-age')).toBe('900');
});

it('lets a browser read the answer', async () => {
  const push = way().newPush();
  const body = JSON.stringify(requestsPayload(push, [{ tasks: [aTest(push).label] }]));
  const response = await post(way(), { body });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('content-type')).toContain('application/json');
  const answer: unknown = await response.json();
  const taskId = at(answer, 'taskId');
  expect(answer).toStrictEqual({ taskId, status: { taskId } });
});

it.each([
  ['a refusal', { body: '{}' }, 400],
  ['a failed signature', { body: '{}', authorization: 'Hawk id="x"' }, 401],
  ['missing credentials', { body: '{}', authorization: null }, 403],
  [
    'a hook that does not exist',
    { body: '{}', hook: { hookGroupId: 'project-gecko', hookId: 'in-tree-action-9' } },
    403,
  ],
])('lets a browser read %s', async (_, request, statusCode) => {
  const response = await post(way(), request);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(await refusalOf(response)).toMatchObject({ statusCode });
});

it('lets a browser read that a call to Taskcluster failed, which is not our error', async () => {
  way().tc.setFaults([{ method: 'authenticateHawk', status: 500, times: 99 }]);
  const response = await post(way(), { body: '{}' });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(await refusalOf(response)).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
  expect(way().records).toContainEqual(
    expect.objectContaining({ event: 'taskcluster-failed', method: 'authenticateHawk', level: 'warn' }),
  );
});
