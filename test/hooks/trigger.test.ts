import taskcluster from 'taskcluster-client';
import { afterEach, describe, expect, it } from 'vitest';
import { applyCommand } from '../../hooks/commands.ts';
import { OK } from '../../hooks/session.ts';
import { isObject, type JsonObject } from '../../hooks/read/definition.ts';
import { globalHook } from '../../hooks/render/global.ts';
import { families } from '../../hooks/read/families.ts';
import { snippet } from '../../hooks/render/snippet.ts';
import { parse } from 'yaml';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { DECISION_TASK_ID, hgHook, payload } from './hooks.ts';
import { CONFIG, deployment, session, startDeployment, WORKER } from './service.ts';

// What the hooks service renders from a wrapped hook, and what a worker can do with that task.

let tc: LocalTaskcluster;
afterEach(() => tc.close());

const GROUP = 'project-gecko';
const HOOK_ID = hgHook().hookId;
const user = () => connected(tc.createClient('user', [`hooks:trigger-hook:${GROUP}/*`]));
const connected = (credentials: { clientId: string; accessToken: string; certificate?: string }) =>
  new taskcluster.Hooks({ rootUrl: tc.rootUrl, credentials, retries: 0 });

async function trigger(hookId: string, body: JsonObject): Promise<JsonObject> {
  const answer = await user().triggerHook(GROUP, hookId, body);
  if (!isObject(answer) || typeof answer.taskId !== 'string') throw new Error('no task');
  const task = await new taskcluster.Queue({ rootUrl: tc.rootUrl }).task(answer.taskId);
  if (!isObject(task)) throw new Error('no definition');
  return task;
}

async function claim() {
  const credentials = tc.createClient(WORKER, [
    'queue:claim-work:gecko-1/retrigger',
    'queue:worker-id:retrigger/*',
  ]);
  const queue = new taskcluster.Queue({ rootUrl: tc.rootUrl, credentials });
  const answer = await queue.claimWork('gecko-1/retrigger', {
    workerGroup: 'retrigger',
    workerId: 'w',
    tasks: 1,
  });
  const [claimed] = isObject(answer) && Array.isArray(answer.tasks) ? answer.tasks : [];
  const found = isObject(claimed) && isObject(claimed.credentials) ? claimed.credentials : {};
  const { clientId, accessToken, certificate } = found;
  if (typeof clientId !== 'string' || typeof accessToken !== 'string' || typeof certificate !== 'string') {
    throw new Error('nothing to claim');
  }
  return connected({ clientId, accessToken, certificate });
}

async function startWrapped() {
  const started = await startDeployment([hgHook()]);
  tc = started.tc;
  expect(await applyCommand(session(tc).session)).toBe(OK);
  return started;
}

describe('a wrapped hook in a Taskcluster', () => {
  it('makes the worker’s task for a fast action, within the role’s scopes of today', async () => {
    await startWrapped();
    const task = await trigger(HOOK_ID, payload({ parameters: { level: '1' } }));
    expect(task).toMatchObject({
      taskQueueId: 'gecko-1/retrigger',
      taskGroupId: DECISION_TASK_ID,
      schedulerId: 'gecko-level-1',
      payload: { clientId: 'user', trigger: payload() },
      extra: { action: { context: { parameters: { level: '1' } } } },
    });
  });

  it('makes today’s task for every other action', async () => {
    await startWrapped();
    const task = await trigger(HOOK_ID, payload({ cbName: 'backfill' }));
    expect(task).toMatchObject({ taskQueueId: 'gecko-1/decision', payload: { image: 'decision' } });
  });

  it('lets the claim’s credentials forward, but not trigger the hook again: no loops', async () => {
    await startWrapped();
    await trigger(HOOK_ID, payload());
    const hooks = await claim();
    await expect(hooks.triggerHook(GROUP, HOOK_ID, payload())).rejects.toMatchObject({ statusCode: 403 });
    const answer = await hooks.triggerHook(GROUP, `${HOOK_ID}/full`, payload());
    const taskId = isObject(answer) && typeof answer.taskId === 'string' ? answer.taskId : '';
    const task = await new taskcluster.Queue({ rootUrl: tc.rootUrl }).task(taskId);
    expect(task).toMatchObject({
      taskQueueId: 'gecko-1/decision',
      payload: { env: { ACTION_CALLBACK: 'retrigger' } },
    });
  });
});

describe('a hook in snippet mode', () => {
  it('leaves the decision to the repository', async () => {
    const plain = hgHook('0123456789');
    const text: unknown = parse(snippet());
    const inTree: JsonObject = {
      $let: { originalTask: plain.task.in ?? null },
      in: isObject(text) ? text : null,
    };
    const started = await startDeployment([{ ...hgHook(), task: { ...hgHook().task, in: inTree } }, plain]);
    tc = started.tc;
    expect(await trigger(HOOK_ID, payload())).toMatchObject({ taskQueueId: 'gecko-1/decision' });
    const config = deployment(`${CONFIG}mode: snippet\n`);
    expect(await applyCommand(session(tc, { deployment: config }).session)).toBe(OK);
    expect(await trigger(HOOK_ID, payload())).toMatchObject({ taskQueueId: 'gecko-1/retrigger' });
    expect(await trigger(HOOK_ID, payload({ cbName: 'backfill' }))).toMatchObject({
      taskQueueId: 'gecko-1/decision',
    });
    expect(await trigger(`${HOOK_ID}/full`, payload())).toMatchObject({ taskQueueId: 'gecko-1/decision' });
    expect(await trigger(plain.hookId, payload())).toMatchObject({ taskQueueId: 'gecko-1/decision' });
  });
});

describe('a global hook in a Taskcluster', () => {
  it('works without wrapping the in-tree hook, and forwards to it', async () => {
    const started = await startDeployment([hgHook()]);
    tc = started.tc;
    const config = deployment(`${CONFIG}mode: global\nowner: releng@example.com\nmanageRoles: true\n`);
    expect(await applyCommand(session(tc, { deployment: config }).session)).toBe(OK);
    const [family] = families(config);
    if (family === undefined) throw new Error('no family');
    expect(await started.admin.hook({ hookGroupId: GROUP, hookId: 'retrigger-1' })).toEqual(
      globalHook(family, 'releng@example.com'),
    );
    const body = { ...payload({ parameters: { level: '1' } }), full: { hookId: HOOK_ID } };
    const task = await trigger('retrigger-1', body);
    expect(task).toMatchObject({
      taskQueueId: 'gecko-1/retrigger',
      metadata: { name: 'Action: Retrigger' },
      scopes: ['assume:repo:hg.mozilla.org/try:action:generic', `hooks:trigger-hook:${GROUP}/${HOOK_ID}`],
      payload: {
        hook: { hookGroupId: GROUP, hookId: HOOK_ID },
        full: { hookGroupId: GROUP, hookId: HOOK_ID },
        trigger: payload(),
      },
      extra: { action: { context: { parameters: { level: '1' } } }, treeherder: { groupSymbol: 'AC' } },
    });
    const hooks = await claim();
    await expect(hooks.triggerHook(GROUP, HOOK_ID, payload())).resolves.toHaveProperty('taskId');
    await expect(hooks.triggerHook(GROUP, 'retrigger-1', body)).rejects.toMatchObject({ statusCode: 403 });
    await expect(trigger('retrigger-1', { ...body, full: { hookId: 'retrigger-1' } })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});
