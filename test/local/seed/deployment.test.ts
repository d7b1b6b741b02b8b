import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import { seededRandom } from '../../../local/push/random.ts';
import { autoland } from '../../../local/push/repository.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import { seedDeployment, type Deployment } from '../../../local/seed/deployment.ts';
import type { Credentials, LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { Hooks, Queue } from '../../../local/treeherder/client.ts';

let tc: LocalTaskcluster;
let deployment: Deployment;
let push: Push;
const random = seededRandom(1);

beforeAll(async () => {
  tc = await startLocalTaskcluster({ longPollMs: 0 });
  deployment = await seedDeployment(tc);
  push = generatePush({ size: 50, rootUrl: tc.rootUrl, now: new Date() });
  tc.loadPush(push);
});
afterAll(() => tc.close());

const queueAs = (credentials: Credentials, authorizedScopes?: string[]) =>
  new Queue({ rootUrl: tc.rootUrl, credentials, ...(authorizedScopes ? { authorizedScopes } : {}) });
const actingAs = ({ hookGroupId, hookId }: { hookGroupId: string; hookId: string }) => [
  `assume:hook-id:${hookGroupId}/${hookId}`,
];
const refused = { statusCode: 403, code: 'InsufficientScopes' };
const byLabel = (pattern: RegExp): { taskId: string; task: Record<string, unknown> } => {
  const found = Object.entries(push.tasks).find(([, { label }]) => pattern.test(label));
  if (!found) throw new Error(`no task ${String(pattern)}`);
  return { taskId: found[0], task: found[1].task };
};
const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

/** The definition as a new task, created now. */
const renewed = (task: Record<string, unknown>): Record<string, unknown> => ({
  ...task,
  created: hoursFromNow(0),
  deadline: hoursFromNow(24),
  expires: hoursFromNow(24 * 28),
});

describe('the client of the direct way', () => {
  it('may clone a test of the push as the hook of its level', async () => {
    const { hook } = deployment.hooks.find(({ level }) => level === 3) ?? {};
    const queue = queueAs(deployment.trigger, actingAs(hook ?? { hookGroupId: '', hookId: '' }));
    const { task } = byLabel(/^test-linux/);
    const taskId = random.slugid();
    expect(await queue.createTask(taskId, renewed(task))).toMatchObject({
      status: { taskId, taskGroupId: push.decisionTaskId },
    });
  });

  it('may rerun a failed build as that hook', async () => {
    const queue = queueAs(deployment.trigger, actingAs(inTreeActionHook(3, 'generic')));
    expect(await queue.rerunTask(byLabel(/^build-win64/).taskId)).toMatchObject({
      status: { state: 'pending' },
    });
  });

  it('may do neither as the hook of level 1', async () => {
    const queue = queueAs(deployment.trigger, actingAs(inTreeActionHook(1, 'generic')));
    const { taskId, task } = byLabel(/^test-linux/);
    await expect(queue.createTask(random.slugid(), renewed(task))).rejects.toMatchObject(refused);
    await expect(queue.rerunTask(taskId)).rejects.toMatchObject(refused);
  });

  it('may do neither in its own name', async () => {
    const { taskId, task } = byLabel(/^test-linux/);
    const queue = queueAs(deployment.trigger, ['hooks:trigger-hook:project-gecko/in-tree-*']);
    await expect(queue.createTask(random.slugid(), renewed(task))).rejects.toMatchObject(refused);
    await expect(queue.rerunTask(taskId)).rejects.toMatchObject(refused);
  });
});

describe('the client of the queued way', () => {
  it('may claim only action tasks for retriggering, of either level', async () => {
    const queue = queueAs(deployment.worker);
    const worker = { workerGroup: 'retrigger-hooks', workerId: 'one', tasks: 1 };
    for (const level of [1, 3]) {
      expect(await queue.claimWork(`gecko-${level}/retrigger`, worker)).toMatchObject({ tasks: [] });
    }
    await expect(queue.claimWork('gecko-3/decision', worker)).rejects.toMatchObject(refused);
    const other = { ...worker, workerGroup: 'elsewhere' };
    await expect(queue.claimWork('gecko-3/retrigger', other)).rejects.toMatchObject(refused);
  });
});

it('lets the developer trigger only generic hooks and their full copies', async () => {
  const hooks = new Hooks({ rootUrl: tc.rootUrl, credentials: deployment.user });
  const trigger = (name: { hookGroupId: string; hookId: string }) =>
    hooks.triggerHook(name.hookGroupId, name.hookId, {});
  for (const { hook, full } of deployment.hooks) {
    // It is allowed, so the payload is what fails.
    for (const name of [hook, full]) await expect(trigger(name)).rejects.toMatchObject({ statusCode: 400 });
  }
  await expect(trigger(inTreeActionHook(3, 'release-promotion'))).rejects.toMatchObject(refused);
});

it('can serve only one repository', async () => {
  const other = await startLocalTaskcluster({});
  try {
    const { hooks } = await seedDeployment(other, { repositories: [autoland] });
    expect(hooks).toStrictEqual([
      {
        level: 3,
        hook: inTreeActionHook(3, 'generic'),
        full: { hookGroupId: 'project-gecko', hookId: `${inTreeActionHook(3, 'generic').hookId}/full` },
      },
    ]);
  } finally {
    await other.close();
  }
});
