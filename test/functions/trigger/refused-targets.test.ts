import { afterEach, describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { tryRepository } from '../../../local/push/repository.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { objectAt } from '../../support/json.ts';
import { aTest, change, tests } from '../../support/push-tasks.ts';
import { genericHook, payloadOf, refusal, requestsPayload, trigger } from '../../support/requests.ts';

const way = useDirectWay();

// Targets out of reach are not written to, nor logged as an error.
afterEach(() => way().expectNoWrites());

/** A valid payload, except for the push that it names. */
const inGroup = (push: Push, taskGroupId: string): Record<string, unknown> => {
  const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
  const decision = objectAt(payload, 'decision');
  return {
    decision: { ...decision, action: { ...objectAt(decision, 'action'), taskGroupId } },
    user: { ...objectAt(payload, 'user'), taskGroupId },
  };
};

describe('a push', () => {
  it('that there is not', async () => {
    const push = way().newPush();
    const nowhere = 'AAAAAAAAQqCaaaaaaaaaaA';
    const attempt = trigger(way(), inGroup(push, nowhere));
    expect(await refusal(attempt)).toStrictEqual({
      statusCode: 400,
      code: 'InputError',
      message: `Decision task ${nowhere} does not exist (payload/user/taskGroupId)`,
    });
  });

  it('that is named by one of its tasks', async () => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    const attempt = trigger(way(), inGroup(push, taskId));
    const { statusCode, message } = await refusal(attempt);
    expect(statusCode).toBe(400);
    expect(message).toBe(`${taskId} (payload/user/taskGroupId) is not a decision task`);
  });

  it('of a lower level than the hook', async () => {
    const push = way().newPush(() => undefined, { repository: tryRepository });
    const { statusCode, code, message } = await refusal(
      trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }])),
    );
    expect({ statusCode, code }).toStrictEqual({ statusCode: 403, code: 'InsufficientScopes' });
    expect(message).toContain(`in-tree:hook-action:${genericHook.hookGroupId}/${genericHook.hookId}`);
  });

  it('of a higher level than the hook', async () => {
    const push = way().newPush();
    const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
    const { statusCode, message } = await refusal(
      trigger(way(), payload, { hook: inTreeActionHook(1, 'generic') }),
    );
    expect(statusCode).toBe(403);
    expect(message).toContain('in-tree:hook-action:project-gecko/in-tree-action-1-generic/');
  });
});

describe('a target', () => {
  it('in another task group, named by its taskId', async () => {
    const other = aTest(way().newPush()).taskId;
    const push = way().newPush();
    const payload = payloadOf(push, 'retrigger', { taskId: other, input: {} });
    const { statusCode, message } = await refusal(trigger(way(), payload));
    expect(statusCode).toBe(400);
    expect(message).toMatch(new RegExp(`${other}.*it belongs to task group .*${push.decisionTaskId}`));
  });

  it('in another task group, by a rerun', async () => {
    const other = aTest(way().newPush(), 'failed').taskId;
    const payload = payloadOf(way().newPush(), 'rerun', { taskId: other, input: {} });
    expect((await refusal(trigger(way(), payload))).message).toContain('it belongs to task group');
  });

  it('of another scheduler', async () => {
    const push = way().newPush((fresh) => {
      // A group has one schedulerId, except groups that are older than this rule.
      for (const { taskId } of tests(fresh, 'failed'))
        change(fresh, taskId, { task: { schedulerId: 'gecko-level-1' } });
    });
    const { taskId } = aTest(push, 'failed');
    const attempt = trigger(way(), payloadOf(push, 'retrigger', { taskId, input: {} }));
    const { statusCode, message } = await refusal(attempt);
    expect(statusCode).toBe(400);
    expect(message).toContain('its schedulerId is gecko-level-1, but this hook serves gecko-level-3');
  });

  it('that there is not', async () => {
    const taskId = 'AAAAAAAAQqCaaaaaaaaaaA';
    const payload = payloadOf(way().newPush(), 'retrigger', { taskId, input: {} });
    expect(await refusal(trigger(way(), payload))).toMatchObject({
      statusCode: 400,
      message: `Nothing was run again:\n- ${taskId}: the queue no longer has this task`,
    });
  });
});

describe('a hook', () => {
  it.each(['in-tree-action-4-generic/abc', 'in-tree-action-3-generic/a/b/c'])(
    'whose name is not that of an in-tree action hook: %s',
    async (hookId) => {
      const push = way().newPush();
      const hook = { hookGroupId: 'project-gecko', hookId };
      const credentials = way().tc.createClient('someone', ['hooks:trigger-hook:*']);
      const payload = requestsPayload(push, [{ tasks: [aTest(push).label] }]);
      const refused = await refusal(trigger(way(), payload, { hook, credentials }));
      expect(refused.statusCode).toBe(404);
      expect(refused.message).toContain(hookId);
    },
  );
});
