import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { tryRepository } from '../../../local/push/repository.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import type { Push } from '../../../local/push/push.ts';
import { triggerSchema } from '../../../local/seed/trigger-schema.ts';
import { Hooks, Queue } from '../../../local/treeherder/client.ts';
import { randomTaskId } from '../../../functions/tasks/task-id.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at, objectAt } from '../../support/json.ts';
import {
  aBuild,
  aTest,
  change,
  first,
  labelMap,
  tagsOf,
  tasksOf,
  type Entry,
} from '../../support/push-tasks.ts';
import {
  customAction,
  genericHook,
  payloadOf,
  refusal,
  requestsPayload,
  retrigger,
  trigger,
} from '../../support/requests.ts';

const way = useDirectWay();

const triggerPath = (hookId: string) =>
  `/api/hooks/v1/hooks/project-gecko/${encodeURIComponent(hookId)}/trigger`;
const full = `${genericHook.hookId}/full`;

/** The requests that the ingress sent to the function. */
const received = () =>
  way()
    .tc.calls()
    .filter(({ service }) => service === 'functions');

/** What was written, and whether payload and answer were passed on unchanged. */
const forwarding = (answer: unknown) => {
  const [sent] = received();
  const [forwarded] = way().writes();
  return {
    writes: way()
      .writes()
      .map(({ method, path, status }) => ({ method, path, status })),
    // Only the taskId for the full action task is added.
    payloadUnchanged: isDeepStrictEqual(forwarded?.body, {
      ...Object(sent?.body),
      taskId: at(answer, 'taskId'),
    }),
    answerUnchanged: isDeepStrictEqual(forwarded?.response, answer),
    because: way()
      .records.filter(({ event }) => event === 'action-forwarded')
      .map(({ because }) => because),
  };
};

/** Checks that the full hook was triggered once and nothing else was written. */
const once = (because: string) => ({
  writes: [{ method: 'triggerHook', path: triggerPath(full), status: 200 }],
  payloadUnchanged: true,
  answerUnchanged: true,
  because: [because],
});

/** Marks a task as cloneable. */
const mark = (push: Push, { taskId, task }: Entry, more: Record<string, unknown>): void =>
  change(push, taskId, { task: { tags: { ...tagsOf(task), retrigger: 'true', chosen: 'yes' }, ...more } });

describe('forwards the whole action for', () => {
  const protections: [string, (push: Push) => Entry, Record<string, unknown>][] = [
    ['an index route at level 3', (push) => aBuild(push, 'failed'), {}],
    [
      'a scriptworker pool',
      (push) => aTest(push, 'failed'),
      { taskQueueId: 'scriptworker-k8s/gecko-3-signing' },
    ],
  ];
  it.each(protections)('a retrigger of a task with %s', async (_, choose, more) => {
    const push = way().newPush((fresh) => mark(fresh, choose(fresh), more));
    const chosen = first(
      tasksOf(push).filter(({ task }) => at(task, 'tags', 'chosen') === 'yes'),
      'marked task',
    );
    // Together with one that could be cloned: never half fast, half forwarded.
    expect(forwarding(await retrigger(way(), push, [aTest(push).label, chosen.label]))).toStrictEqual(
      once('protected'),
    );
  });

  it('a retrigger of a task with a route to a shared cache, also at level 1', async () => {
    const routes = ['index.gecko.cache.level-1.toolchains.v3.node.latest'];
    const push = way().newPush((fresh) => mark(fresh, aTest(fresh, 'failed'), { routes }), {
      repository: tryRepository,
    });
    await retrigger(way(), push, [aTest(push, 'failed').label]);
    expect(way().writes()).toMatchObject([
      { path: triggerPath(`${inTreeActionHook(1, 'generic').hookId}/full`), status: 200 },
    ]);
  });

  it('a task that does not say whether it may be cloned', async () => {
    const push = way().newPush((fresh) => {
      const { taskId, task } = aTest(fresh, 'exception');
      const { retrigger: _, ...tags } = tagsOf(task);
      change(fresh, taskId, { task: { tags } });
    });
    const unmarked = first(
      tasksOf(push).filter(({ task }) => at(task, 'tags', 'retrigger') === undefined),
      'unmarked task',
    );
    const answer = await retrigger(way(), push, [unmarked.label, aTest(push).label]);
    expect(forwarding(answer)).toStrictEqual(once('unmarked'));
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).task(answer.taskId)).toMatchObject({
      payload: { env: { ACTION_CALLBACK: 'retrigger-multiple' } },
    });
  });

  it('a label that the push does not have, with another one that could be cloned', async () => {
    const push = way().newPush();
    const answer = await retrigger(way(), push, [aTest(push).label, 'test-optimized/away']);
    expect(forwarding(answer)).toStrictEqual(once('no-task'));
  });

  it('a task of an earlier push, by its label', async () => {
    const push = way().newPush();
    const [label] = first(
      Object.entries(labelMap(push)).filter(
        ([, id]) => push.tasks[String(id)]?.task['taskGroupId'] !== push.decisionTaskId,
      ),
      'task of an earlier push',
    );
    expect(forwarding(await retrigger(way(), push, [label]))).toStrictEqual(once('other-group'));
  });

  it.each([
    ['downstream', { downstream: true, times: 2 }, 'not-listed'],
    ['an unknown input', { times: 1, gently: true }, 'other-action'],
  ])('a retrigger with %s', async (_, input, because) => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    const answer = await customAction(way(), push, 'retrigger', taskId, input);
    expect(forwarding(answer)).toStrictEqual(once(because));
    expect(way().writes()[0]?.body).toStrictEqual({
      ...payloadOf(push, 'retrigger', { taskId, input }),
      taskId: answer.taskId,
    });
  });

  it('a forced retrigger of a task that should be rerun', async () => {
    const push = way().newPush();
    const { taskId } = aBuild(push, 'completed');
    const input = { force: true };
    const answer = await customAction(way(), push, 'retrigger', taskId, input);
    expect(forwarding(answer)).toStrictEqual(once('not-listed'));
    expect(way().writes()[0]?.body).toStrictEqual({
      ...payloadOf(push, 'retrigger-disabled', { taskId, input }),
      taskId: answer.taskId,
    });
  });

  it.each([
    ['cancel', 'not-listed'],
    ['create-interactive', 'other-action'],
  ])('the action %s', async (name, because) => {
    const push = way().newPush();
    const { taskId } = aTest(push);
    const answer = await customAction(way(), push, name, taskId, { notify: 'me@mozilla.com' });
    expect(forwarding(answer)).toStrictEqual(once(because));
  });

  it('more tasks than can be made in seconds', async () => {
    const push = way().newPush();
    const tasks = [aTest(push).label];
    const requests = Array.from({ length: 21 }, () => ({ tasks, times: 100 }));
    expect(forwarding(await trigger(way(), requestsPayload(push, requests)))).toStrictEqual(
      once('too-large'),
    );
  });

  it('everything, while the kill switch is on', async () => {
    way().deploy({ killSwitch: new Set(['gecko-3']) });
    const push = way().newPush();
    expect(forwarding(await retrigger(way(), push, [aTest(push).label]))).toStrictEqual(once('kill-switch'));
    expect(way().calls('tasks')).toStrictEqual([]);
  });

  it('a push without a label-to-taskid.json', async () => {
    const push = way().newPush((fresh) => {
      delete fresh.artifacts[fresh.decisionTaskId]?.['public/label-to-taskid.json'];
    });
    expect(forwarding(await retrigger(way(), push, [aTest(push).label]))).toStrictEqual(once('no-labels'));
  });
});

it('but finishes what was begun before the kill switch was on', async () => {
  const push = way().newPush();
  const payload = {
    ...requestsPayload(push, [{ tasks: [aTest(push).label], times: 2 }]),
    taskId: randomTaskId(),
  };
  const answer = await trigger(way(), payload);
  way().deploy({ killSwitch: new Set(['gecko-3']) });
  expect(await trigger(way(), payload)).toStrictEqual(answer);
  expect(way().calls('createTask')).toHaveLength(2);
  expect(way().calls('triggerHook')).toStrictEqual([]);
});

it('clones a task with its own index route at level 1', async () => {
  const routes = ['index.gecko.v2.try.latest.firefox.linux64'];
  const push = way().newPush((fresh) => mark(fresh, aTest(fresh, 'failed'), { routes }), {
    repository: tryRepository,
  });
  await retrigger(way(), push, [aTest(push, 'failed').label]);
  expect(way().writes()).toMatchObject([{ method: 'createTask', status: 200 }]);
});

it('ignores the kill switch of another level', async () => {
  way().deploy({ killSwitch: new Set(['gecko-1', 'comm-3']) });
  const push = way().newPush();
  await retrigger(way(), push, [aTest(push).label]);
  expect(way().writes()).toMatchObject([{ method: 'createTask', status: 200 }]);
});

describe('without a /full copy', () => {
  const lone = { ...genericHook, hookId: 'in-tree-action-3-generic/0123456789' };
  beforeAll(async () => {
    const hooks = new Hooks({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials });
    const metadata = { name: 'lone', description: 'a hook without a copy', owner: 'me@mozilla.com' };
    const task = at(await hooks.hook(genericHook.hookGroupId, genericHook.hookId), 'task');
    await hooks.createHook(lone.hookGroupId, lone.hookId, { metadata, task, triggerSchema });
  });

  it('triggers the hook itself, bypassing the ingress', async () => {
    const push = way().newPush(() => undefined, { hook: lone });
    const answer = await customAction(way(), push, 'cancel', aTest(push).taskId);
    expect(way().writes()).toMatchObject([
      { path: triggerPath(`${lone.hookId}/full`), status: 404 },
      { path: triggerPath(lone.hookId), status: 200, response: { taskId: answer.taskId } },
    ]);
    expect(received()).toHaveLength(1);
  });

  it('refuses its own forward if that comes back', async () => {
    way().deploy({ hooksRootUrl: way().tc.rootUrl });
    const push = way().newPush(() => undefined, { hook: lone });
    const { statusCode, message } = await refusal(customAction(way(), push, 'cancel', aTest(push).taskId));
    expect(statusCode).toBe(400);
    expect(message).toContain('HOOKS_ROOT_URL');
    expect(received()).toHaveLength(2);
    expect(way().writes()).toMatchObject([{ path: triggerPath(`${lone.hookId}/full`), status: 404 }]);
  });

  it('forwards the payload of an action with another permission', async () => {
    const backfill = inTreeActionHook(3, 'backfill');
    const credentials = way().tc.createClient('someone/else', [
      `hooks:trigger-hook:${backfill.hookGroupId}/${backfill.hookId}`,
    ]);
    const push = way().newPush();
    const payload = payloadOf(push, 'backfill', { taskId: aTest(push).taskId, input: { depth: 5 } });
    await trigger(way(), payload, { hook: backfill, credentials });
    expect(way().writes()).toMatchObject([
      { path: triggerPath(`${backfill.hookId}/full`), status: 404 },
      { path: triggerPath(backfill.hookId), status: 200, body: payload },
    ]);
  });
});

describe('a refusal by the hooks service', () => {
  it('is passed on unchanged', async () => {
    const push = way().newPush();
    const payload = payloadOf(push, 'cancel', { input: null });
    // A repository for which this hook's role has no scopes.
    const decision = objectAt(payload, 'decision');
    const repository = { ...objectAt(decision, 'repository'), url: 'https://hg.mozilla.org/elsewhere' };
    const attempt = trigger(way(), { ...payload, decision: { ...decision, repository } });
    const { statusCode, code, message } = await refusal(attempt);
    expect({ statusCode, code }).toStrictEqual({ statusCode: 403, code: 'InsufficientScopes' });
    expect(message).toContain('hook-id:');
    expect(way().writes()).toMatchObject([{ method: 'triggerHook', status: 403 }]);
  });

  it('says that a hook that does not exist is not found', async () => {
    const push = way().newPush();
    const payload = payloadOf(push, 'cancel', { input: null });
    const hook = { ...genericHook, hookId: 'in-tree-action-3-generic/unheard-of' };
    expect(await refusal(trigger(way(), payload, { hook }))).toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });
});
