import { describe, expect, it } from 'vitest';
import { DEFAULT_FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import { wrapSeededHooks } from '../../../local/seed/wrap-hooks.ts';
import { Hooks } from '../../../local/treeherder/client.ts';
import type { Push } from '../../../local/push/push.ts';
import { objectAt } from '../../support/json.ts';
import { aTest, unmark } from '../../support/push-tasks.ts';
import { shutdownAt, useQueuedWay } from '../../support/queued-way.ts';
import {
  artifactJson,
  isFullAction,
  logLines,
  taskNow,
  tasksInGroup,
  type QueuedTask,
} from '../../support/task-group.ts';

const way = useQueuedWay();

/** A push with an unmarked test, and its label. */
function unmarked(): { push: Push; label: string } {
  let label = '';
  const push = way().newPush((fresh) => {
    label = unmark(fresh, aTest(fresh, 'failed'));
  });
  return { push, label };
}

async function fullActions(push: Push): Promise<QueuedTask[]> {
  const group = await tasksInGroup(way().tc, push.decisionTaskId);
  return group.filter((task) => isFullAction(task) && !(task.taskId in push.tasks));
}

const full = { ...inTreeActionHook(3, 'generic'), hookId: `${inTreeActionHook(3, 'generic').hookId}/full` };

/** Changes the /full hook, and restores it after the test. */
async function withFullHook<T>(
  alter: (hook: Record<string, unknown>) => Record<string, unknown> | undefined,
  part: () => Promise<T>,
): Promise<T> {
  const { rootUrl, credentials } = way().tc;
  const service = new Hooks({ rootUrl, credentials });
  const { metadata, task, triggerSchema } = objectAt(await service.hook(full.hookGroupId, full.hookId));
  const before = { metadata, task, triggerSchema, schedule: [], bindings: [] };
  const altered = alter(before);
  if (altered) await service.updateHook(full.hookGroupId, full.hookId, altered);
  else await service.removeHook(full.hookGroupId, full.hookId);
  try {
    return await part();
  } finally {
    if (altered) await service.updateHook(full.hookGroupId, full.hookId, before);
    else await service.createHook(full.hookGroupId, full.hookId, before);
  }
}

describe('a target that does not say whether it may be cloned', () => {
  it('is forwarded once, and the log links to the full action task', async () => {
    const { push, label } = unmarked();
    const action = await way().press(push, [label]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    const [made, ...more] = await fullActions(push);
    expect(more).toStrictEqual([]);
    const log = (await logLines(way().tc, action)).join('\n');
    expect(log).toContain('its definition does not say whether it may be cloned');
    expect(log).toContain(`${way().tc.rootUrl}/tasks/${made?.taskId}`);
    expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
    expect(await artifactJson(way().tc, action, 'public/label-to-taskid.json')).toStrictEqual({});
  });

  it('reaches the full hook with the payload that the user sent, parameters included', async () => {
    const { push, label } = unmarked();
    const action = await way().press(push, [label], 3);
    await way().work();
    const asked = way()
      .calls('triggerHook')
      .map(({ body }) => objectAt(body));
    expect(asked).toHaveLength(2);
    const { taskId, ...forwarded } = asked[1] ?? {};
    expect(forwarded).toStrictEqual(asked[0]);
    const [made] = await fullActions(push);
    expect(taskId).toBe(made?.taskId);
    const ours = await taskNow(way().tc, action);
    expect(objectAt(made?.task, 'extra', 'action', 'context', 'input')).toStrictEqual(
      objectAt(ours.task, 'extra', 'action', 'context', 'input'),
    );
  });
});

describe('a worker that ends between forward and report', () => {
  it('has forwarded the action, and the next one does not do it again', async () => {
    const { push, label } = unmarked();
    const action = await way().press(push, [label]);
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'put', times: 100, until: stored }]);
    expect(await way().work({ shutdown: shutdownAt(way(), 'put', 1) })).toMatchObject({ shutdown: 1 });
    store();
    const [made] = await fullActions(push);
    way().tc.setFaults([]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect((await fullActions(push)).map(({ taskId }) => taskId)).toStrictEqual([made?.taskId]);
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
      forward: { taskId: made?.taskId },
    });
  });
});

describe('an action', () => {
  it('is forwarded if the decision task has no labels', async () => {
    const push = way().newPush((fresh) => {
      delete fresh.artifacts[fresh.decisionTaskId]?.['public/label-to-taskid.json'];
    });
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await way().work();
    expect(await fullActions(push)).toHaveLength(1);
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
      result: 'forwarded',
      forward: { because: 'no-labels' },
    });
  });

  it('is forwarded if nothing can be read', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    way().tc.setFaults([{ method: 'listTasks', times: 1_000, status: 500 }]);
    expect(await way().work()).toMatchObject({ completed: 1 });
    expect(await fullActions(push)).toHaveLength(1);
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
      forward: { because: 'unreadable' },
    });
  });

  it('is forwarded and logged if the hooks list it and the worker does not', async () => {
    const { tc, deployment } = way();
    await wrapSeededHooks(tc, deployment, [...DEFAULT_FAST_ACTIONS, 'cancel']);
    try {
      const push = way().newPush();
      const action = await way().custom(push, 'cancel', aTest(push).taskId);
      expect(await way().work()).toMatchObject({ completed: 1 });
      expect(await fullActions(push)).toHaveLength(1);
      expect(way().records).toContainEqual(
        expect.objectContaining({
          event: 'fast-actions-differ',
          level: 'warn',
          actionId: action,
          callback: 'cancel',
          reason: 'the action cancel is not among the fast actions of this trust domain',
        }),
      );
    } finally {
      await wrapSeededHooks(tc, deployment);
    }
  });

  it('is forwarded while the fast way is switched off', async () => {
    const push = way().newPush();
    await way().press(push, [aTest(push, 'failed').label]);
    // The decision task cannot be read either, but nothing waits for it then.
    way().tc.setFaults([{ method: 'task', times: 1_000, status: 500 }]);
    expect(await way().work({ killSwitch: new Set(['gecko-3']) })).toMatchObject({ completed: 1 });
    expect(
      way()
        .calls('task')
        .some(({ status }) => status === 500),
    ).toBe(true);
    expect(await fullActions(push)).toHaveLength(1);
    expect(way().records.filter(({ event }) => event === 'fast-actions-differ')).toStrictEqual([]);
  });
});

const withoutTaskId = (hook: Record<string, unknown>) => {
  const { taskId: _, ...properties } = objectAt(hook, 'triggerSchema', 'properties');
  return { ...hook, triggerSchema: { ...objectAt(hook, 'triggerSchema'), properties } };
};

describe('a full hook', () => {
  it('whose schema has no taskId is triggered without one', async () => {
    const { push, label } = unmarked();
    await withFullHook(withoutTaskId, async () => {
      const action = await way().press(push, [label]);
      expect(await way().work()).toMatchObject({ completed: 1 });
      const [made, ...more] = await fullActions(push);
      expect(more).toStrictEqual([]);
      expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
        forward: { taskId: made?.taskId },
      });
    });
  });

  it('that is gone fails the action, and the log says whom to ask', async () => {
    const { push, label } = unmarked();
    await withFullHook(
      () => undefined,
      async () => {
        const action = await way().press(push, [label]);
        expect(await way().work()).toMatchObject({ failed: 1 });
        expect((await logLines(way().tc, action)).at(-1)).toMatch(/no full hook to forward it to\. Ask/);
        expect(await taskNow(way().tc, action)).toMatchObject({ state: 'failed' });
      },
    );
  });

  it('that refuses the action fails it, with the reason', async () => {
    const { push, label } = unmarked();
    await withFullHook(
      (hook) => ({ ...hook, task: { ...objectAt(hook, 'task'), in: { $eval: 'nothing.of.the.kind' } } }),
      async () => {
        const action = await way().press(push, [label]);
        expect(await way().work()).toMatchObject({ failed: 1 });
        const log = await logLines(way().tc, action);
        expect(log.at(-2)).toMatch(/^failed: triggerHook: InputError: While firing hook/);
        expect(log.at(-1)).toMatch(/^Nothing was run again\./);
      },
    );
  });
});
