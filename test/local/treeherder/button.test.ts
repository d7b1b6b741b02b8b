import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import { autoland, tryRepository } from '../../../local/push/repository.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { seedDeployment, type Deployment } from '../../../local/seed/deployment.ts';
import { triggerSchema } from '../../../local/seed/trigger-schema.ts';
import type { LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import {
  pressRetrigger,
  submitCustomAction,
  TreeherderNotification,
  type Session,
} from '../../../local/treeherder/button.ts';
import { Hooks, Queue } from '../../../local/treeherder/client.ts';

let tc: LocalTaskcluster;
let deployment: Deployment;
let seed = 0;

beforeAll(async () => {
  tc = await startLocalTaskcluster({});
  deployment = await seedDeployment(tc);
});
afterAll(() => tc.close());
beforeEach(() => tc.clearCalls());

/** A new loaded push for each test. */
const newPush = (
  options: Partial<Parameters<typeof generatePush>[0]> = {},
  change?: (push: Push) => void,
): Push => {
  seed += 1;
  const push = generatePush({ size: 50, seed, rootUrl: tc.rootUrl, now: new Date(), ...options });
  change?.(push);
  tc.loadPush(push);
  return push;
};
const sessionOn = (push: Push, more: Partial<Session> = {}): Session => ({
  rootUrl: tc.rootUrl,
  userCredentials: deployment.user,
  decisionTaskId: push.decisionTaskId,
  ...more,
});
const taskIdOf = (push: Push, pattern: RegExp): string => {
  const found = Object.entries(push.tasks).find(([, { label }]) => pattern.test(label));
  if (!found) throw new Error(`no task ${String(pattern)}`);
  return found[0];
};
const methods = () =>
  tc.calls().flatMap(({ service, method }) => (service === 'artifact-data' ? [] : [method]));
const notification = async (attempt: Promise<unknown>): Promise<TreeherderNotification> => {
  const failure = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof TreeherderNotification) return failure;
  throw new Error('Treeherder shows no error', { cause: failure });
};
/** An artifact of a push that is not loaded yet, which the test may change. */
const actionsOf = (push: Push): Record<string, unknown> => {
  const actions = push.artifacts[push.decisionTaskId]?.['public/actions.json'];
  if (!isObject(actions)) throw new Error('no actions.json');
  return actions;
};

describe('the retrigger button', () => {
  const labels = ['test-linux2404-64/opt-mochitest-plain', 'build-linux64/opt'];

  it('creates an action task for retriggering the labels', async () => {
    const push = newPush();
    const { taskId, status } = await pressRetrigger(sessionOn(push), { labels, times: 3 });
    expect(status['taskId']).toBe(taskId);
    expect(await new Queue({ rootUrl: tc.rootUrl }).task(taskId)).toMatchObject({
      taskQueueId: 'gecko-3/decision',
      taskGroupId: push.decisionTaskId,
      scopes: ['assume:repo:hg.mozilla.org/integration/autoland:action:generic'],
      metadata: { name: 'Action: Retrigger' },
      payload: { env: { ACTION_CALLBACK: 'retrigger-multiple', ACTION_TASK_ID: 'null' } },
      extra: {
        action: {
          name: 'retrigger-multiple',
          context: {
            clientId: deployment.user.clientId,
            taskId: null,
            input: { requests: [{ tasks: labels, times: 3 }] },
          },
        },
      },
    });
  });

  it('makes Treeherder’s calls, with the credentials of the user, and reports their times', async () => {
    const push = newPush();
    const steps: [string, number][] = [];
    await pressRetrigger(sessionOn(push, { onStep: (step, ms) => steps.push([step, ms]) }), { labels });
    expect(methods()).toStrictEqual(['getLatestArtifact', 'task', 'expandScopes', 'triggerHook']);
    expect(tc.calls().find(({ method }) => method === 'triggerHook')).toMatchObject({
      clientId: deployment.user.clientId,
      body: { user: { taskGroupId: push.decisionTaskId, taskId: null } },
    });
    expect(steps.map(([step]) => step)).toStrictEqual([
      'actions.json',
      'decision task',
      'expandScopes',
      'triggerHook',
    ]);
    const times = steps.map(([, ms]) => ms);
    expect(times).toStrictEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(0);
  });

  it('sends the trigger elsewhere if told so', async () => {
    const push = newPush();
    tc.setFunctionsUrl('http://127.0.0.1:1'); // whatever comes by way of the root URL is lost
    try {
      await pressRetrigger(sessionOn(push, { hooksRootUrl: tc.internalRootUrl }), { labels });
    } finally {
      tc.setFunctionsUrl(undefined);
    }
    expect(methods()).toStrictEqual(['getLatestArtifact', 'task', 'expandScopes', 'triggerHook']);
  });

  it('falls back to add-new-jobs on an old push', async () => {
    const push = newPush({}, (loaded) => {
      const actions = actionsOf(loaded);
      const list = Array.isArray(actions['actions']) ? actions['actions'].filter(isObject) : [];
      actions['actions'] = list.filter(({ name }) => name !== 'retrigger-multiple');
    });
    const { taskId } = await pressRetrigger(sessionOn(push), { labels });
    expect(await new Queue({ rootUrl: tc.rootUrl }).task(taskId)).toMatchObject({
      extra: { action: { name: 'add-new-jobs', context: { input: { tasks: labels } } } },
    });
  });

  it('does not use an action that is meant for single tasks', async () => {
    const push = newPush({}, (loaded) => {
      const { actions } = actionsOf(loaded);
      const list = Array.isArray(actions) ? actions.filter(isObject) : [];
      for (const action of list) if (action['name'] === 'retrigger-multiple') action['context'] = [{}];
    });
    const { taskId } = await pressRetrigger(sessionOn(push), { labels });
    expect(await new Queue({ rootUrl: tc.rootUrl }).task(taskId)).toMatchObject({
      extra: { action: { name: 'add-new-jobs' } },
    });
  });

  it('is refused to a user without the trigger scope', async () => {
    const push = newPush();
    const userCredentials = tc.createClient('mozilla-auth0/ad|Mozilla-LDAP|guest/treeherder', []);
    const { message, cause } = await notification(
      pressRetrigger(sessionOn(push, { userCredentials }), { labels }),
    );
    expect(message).toContain(`Retrigger failed with Decision task: ${push.decisionTaskId}: Error: `);
    expect(cause).toMatchObject({ statusCode: 403, code: 'InsufficientScopes' });
  });

  it('is refused when the decision task may not name the hook', async () => {
    const push = newPush({}, ({ tasks, decisionTaskId }) => {
      const decision = tasks[decisionTaskId]?.task;
      if (decision) decision['scopes'] = ['assume:repo:hg.mozilla.org/integration/autoland:action:generic'];
    });
    const { message } = await notification(pressRetrigger(sessionOn(push), { labels }));
    expect(message).toContain(
      "Action is misconfigured: decision task's scopes do not satisfy in-tree:hook-action:",
    );
    expect(methods()).not.toContain('triggerHook');
  });

  it('does not run a level-3 hook on a try push', async () => {
    const push = newPush({ repository: tryRepository, hook: inTreeActionHook(autoland.level, 'generic') });
    const { message } = await notification(pressRetrigger(sessionOn(push), { labels }));
    expect(message).toContain('Action is misconfigured');
    expect(methods()).not.toContain('triggerHook');
  });

  it('works on a try push with the hook of its level', async () => {
    const push = newPush({ repository: tryRepository });
    const { taskId } = await pressRetrigger(sessionOn(push), { labels });
    expect(await new Queue({ rootUrl: tc.rootUrl }).task(taskId)).toMatchObject({
      taskQueueId: 'gecko-1/decision',
    });
  });

  it('says so if the push has no actions', async () => {
    const push = newPush({}, (loaded) => {
      loaded.artifacts = {};
    });
    const { message } = await notification(pressRetrigger(sessionOn(push), { labels }));
    expect(message).toBe('Wrong version of actions.json, unable to continue');
  });

  it('fails as Treeherder does if the hook makes no task', async () => {
    const hook = inTreeActionHook(3, 'generic');
    const silent = { ...hook, hookId: `${hook.hookId}-silent` };
    await new Hooks({ rootUrl: tc.rootUrl, credentials: tc.credentials }).createHook(
      silent.hookGroupId,
      silent.hookId,
      {
        metadata: { name: 'silent', description: 'makes no task', owner: 'me@mozilla.com' },
        task: { $eval: 'null' },
        triggerSchema,
      },
    );
    const { message } = await notification(pressRetrigger(sessionOn(newPush({ hook: silent })), { labels }));
    expect(message).toContain("TypeError: Cannot read properties of undefined (reading 'taskId')");
  });
});

/** Submits an action on a task and returns the action task. */
const callback = async (push: Push, name: string, label: RegExp, input: unknown = {}): Promise<unknown> => {
  const target = taskIdOf(push, label);
  const { taskId } = await submitCustomAction(sessionOn(push), { name, taskId: target, input });
  const task = await new Queue({ rootUrl: tc.rootUrl }).task(taskId);
  expect(task).toMatchObject({ payload: { env: { ACTION_TASK_ID: JSON.stringify(target) } } });
  return task;
};

describe('a custom action on a task', () => {
  it('uses the callback whose context the task matches', async () => {
    const push = newPush();
    const on = { retrigger: /^test-/, 'retrigger-disabled': /^build-linux64/ };
    for (const [cbName, label] of Object.entries(on)) {
      expect(await callback(push, 'retrigger', label, { times: 2 })).toMatchObject({
        payload: { env: { ACTION_CALLBACK: cbName, ACTION_INPUT: '{"times":2}' } },
      });
    }
    expect(await callback(push, 'rerun', /^build-win64/)).toMatchObject({
      payload: { env: { ACTION_CALLBACK: 'rerun' } },
    });
  });

  it('is refused on a decision task, which needs another permission', async () => {
    const push = newPush();
    const request = { name: 'retrigger', taskId: push.decisionTaskId, input: {} };
    const { message, cause } = await notification(submitCustomAction(sessionOn(push), request));
    expect(cause).toMatchObject({ statusCode: 403 });
    expect(message).toMatch(/^Taskcluster: Client ID .* does not have sufficient scopes/);
  });

  it('shows an error up to the first rule in it', async () => {
    const push = newPush();
    const request = { name: 'not----there', taskId: taskIdOf(push, /^test-/), input: {} };
    expect((await notification(submitCustomAction(sessionOn(push), request))).message).toBe(
      "Taskcluster: 'not",
    );
  });

  it('lists the available actions if it is not among them', async () => {
    const push = newPush();
    const request = { name: 'retrigger-multiple', taskId: taskIdOf(push, /^test-/), input: {} };
    const { message } = await notification(submitCustomAction(sessionOn(push), request));
    expect(message).toBe(
      "Taskcluster: 'retrigger-multiple' action is not available for this task.  Available: " +
        'retrigger, create-interactive, backfill, rerun, cancel, purge-caches',
    );
  });
});
