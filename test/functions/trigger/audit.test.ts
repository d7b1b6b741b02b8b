import taskcluster from 'taskcluster-client';
import { describe, expect, it } from 'vitest';
import { useDirectWay } from '../../support/direct-way.ts';
import { stringsAt } from '../../support/json.ts';
import { aBuild, aTest, change, rename } from '../../support/push-tasks.ts';
import {
  customAction,
  refusal,
  retrigger,
  trigger,
  requestsPayload,
  genericHook,
} from '../../support/requests.ts';

const way = useDirectWay();

const inNameOf = (clientId: string) => `${way().deployment.trigger.clientId}/for/${clientId}`;

describe('what is written in the name of a user', () => {
  it('is signed with that name: tasks created, rerun and forwarded', async () => {
    const push = way().newPush();
    await retrigger(way(), push, [aTest(push).label, aBuild(push, 'failed').label]);
    await customAction(way(), push, 'cancel', aTest(push).taskId);
    const expected = inNameOf(way().deployment.user.clientId);
    expect(
      way()
        .writes()
        .map(({ method, clientId }) => [method, clientId]),
    ).toStrictEqual([
      ['rerunTask', expected],
      ['createTask', expected],
      ['triggerHook', expected],
    ]);
  });

  it('is signed with the name of temporary credentials, if they have one', async () => {
    const push = way().newPush();
    const scope = `hooks:trigger-hook:${genericHook.hookGroupId}/${genericHook.hookId}`;
    const issuer = way().tc.createClient('login', [scope, 'auth:create-client:login/*']);
    const credentials = taskcluster.createTemporaryCredentials({
      credentials: issuer,
      clientId: 'login/developer',
      scopes: [scope],
      expiry: new Date(Date.now() + 900_000),
    });
    await trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]), { credentials });
    expect(way().writes()).toMatchObject([{ method: 'createTask', clientId: inNameOf('login/developer') }]);
  });

  it('is in the log, with what was done', async () => {
    const push = way().newPush();
    const { label, taskId } = aTest(push);
    const answer = await retrigger(way(), push, [label]);
    expect(way().records).toMatchObject([
      {
        event: 'action-received',
        clientId: way().deployment.user.clientId,
        hook: `${genericHook.hookGroupId}/${genericHook.hookId}`,
        callback: 'retrigger-multiple',
        taskGroupId: push.decisionTaskId,
      },
      { event: 'item-done', label, taskId, result: 'created', newTaskId: answer.taskId },
      { event: 'action-done', created: 1 },
    ]);
    expect(new Set(way().records.map(({ actionId }) => actionId)).size).toBe(1);
  });

  it('leaves no secret in the log', async () => {
    const push = way().newPush();
    await retrigger(way(), push, [aTest(push).label]);
    await refusal(trigger(way(), {}));
    const log = JSON.stringify(way().records);
    const { user, trigger: own } = way().deployment;
    for (const secret of [user.accessToken, own.accessToken, 'mac=', 'certificate'])
      expect(log).not.toContain(secret);
  });
});

describe('a hook of level 3', () => {
  const cases: [string, Record<string, unknown>][] = [
    // Our own client may act as the hooks of every level, but this request may not.
    [
      'on a worker pool of another level',
      { taskQueueId: 'gecko-1/b-linux', provisionerId: 'gecko-1', workerType: 'b-linux' },
    ],
    ['with scopes of another level', { scopes: ['secrets:get:project/releng/gecko/build/level-1/x'] }],
    ['with a route of another level', { routes: ['tc-treeherder.v2.try.abc'] }],
    ['with scopes that no hook has', { scopes: ['auth:create-client:root'] }],
  ];
  it.each(cases)('creates no task %s', async (_, task) => {
    const name = `test-${taskcluster.slugid()}`;
    const push = way().newPush((fresh) => {
      const target = aTest(fresh);
      rename(fresh, target, name);
      change(fresh, target.taskId, { task });
    });
    const { statusCode, message } = await refusal(retrigger(way(), push, [name]));
    expect(statusCode).toBe(400);
    expect(message).toContain('createTask: InsufficientScopes');
    const missing = stringsAt(task, 'scopes').concat(stringsAt(task, 'routes'));
    expect(missing.filter((scope) => !message.includes(scope))).toStrictEqual([]);
    const answers = way()
      .writes()
      .map(({ method, status }) => `${method} ${status}`);
    expect(new Set(answers)).toStrictEqual(new Set(['createTask 403']));
  });
});
