import taskcluster from 'taskcluster-client';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Call, LocalTaskcluster } from '../../local/taskcluster/api.ts';
import type { Endpoint } from '../../local/taskcluster/http/endpoint.ts';
import { createServices } from '../../local/taskcluster/services.ts';
import {
  claim,
  claimOne,
  clients,
  DAY_MS,
  definition,
  fromNow,
  newTask,
  record,
  refusal,
  start,
} from '../local/taskcluster/support.ts';
import { loadReferences, type References } from './references.ts';

let references: References;
beforeAll(() => {
  references = loadReferences();
});

const endpoints = createServices({
  now: Date.now,
  longPollMs: 1,
  claimLookMs: 1,
  claimTimeoutMs: 1,
  changed: () => {},
  rootUrl: () => '',
}).endpoints;

describe('the table of methods', () => {
  test.each(endpoints.map((endpoint) => [`${endpoint.service}.${endpoint.name}`, endpoint] as const))(
    '%s',
    (_, ours) => {
      const published = references.method(ours.service, ours.name);
      expect(describeEndpoint(ours)).toEqual({
        method: published?.method,
        route: published?.route,
        query: published?.query.toSorted(),
        scopes: published?.scopes,
      });
    },
  );
});

function describeEndpoint({ method, route, query, scopes }: Endpoint): object {
  return { method, route, query: Object.keys(query).toSorted(), scopes };
}

describe('a tour of all methods', () => {
  test('sends and answers what the published schemas require', async () => {
    const local = await start({ recordResponses: true, longPollMs: 20 });
    await tourAuth(local);
    await tourTasks(local);
    await tourWorker(local);
    await tourIndex(local);
    await tourHooks(local);
    const calls = local.calls().filter(({ service }) => service !== 'artifact-data');
    expect(calls.flatMap((call) => references.checkCall(call, call.response))).toEqual([]);
    const called = new Set(calls.filter(succeeded).map(({ service, method }) => `${service}.${method}`));
    const missed = endpoints
      .map(({ service, name }) => `${service}.${name}`)
      .filter((name) => !called.has(name));
    // Only objects can be finished, which needs an object service.
    expect(missed).toEqual(['queue.finishArtifact']);
  });
});

function succeeded({ status }: Call): boolean {
  return status < 400;
}

async function tourAuth(local: LocalTaskcluster): Promise<void> {
  const { auth, queue, index, hooks } = clients(local);
  for (const service of [auth, queue, index, hooks]) await service.ping();
  const client = { description: 'x', expires: fromNow(DAY_MS), scopes: ['a:b'] };
  await auth.createClient('a/b', client);
  await refusal(auth.createClient('a/b', { ...client, scopes: [] }));
  await refusal(auth.createClient('a/b', {}));
  await auth.client('a/b');
  await auth.listClients({ prefix: 'a/', limit: 1 });
  await auth.deleteClient('a/b');
  const role = { description: 'x', scopes: ['a:<..>'] };
  await auth.createRole('r:*', role);
  await auth.updateRole('r:*', { ...role, scopes: ['b'] });
  await auth.role('r:*');
  await auth.listRoleIds();
  await auth.listRoles2({ limit: 1 });
  await auth.expandScopes({ scopes: ['assume:r:x'] });
  await auth.currentScopes();
  await auth.deleteRole('r:*');
  const request = { method: 'get', resource: '/', host: 'example.com', port: 443 };
  await auth.authenticateHawk(request);
  await auth.authenticateHawk({ ...request, authorization: 'Hawk id="a"', sourceIp: '127.0.0.1' });
  await refusal(clients(local, { clientId: 'nobody', accessToken: 'x' }).auth.currentScopes());
}

async function tourTasks(local: LocalTaskcluster): Promise<void> {
  const { queue } = clients(local);
  const first = await newTask(local, { routes: ['a.b'], tags: { a: 'b' }, extra: { a: [1] } });
  const dependent = await newTask(local, { dependencies: [first], taskGroupId: first });
  await refusal(queue.createTask(taskcluster.slugid(), { ...definition(), deadline: fromNow(-DAY_MS) }));
  await refusal(queue.createTask(taskcluster.slugid(), {}));
  await refusal(clients(local, null).queue.createTask(taskcluster.slugid(), definition()));
  await queue.task(first);
  await queue.status(dependent);
  await queue.tasks({ taskIds: [first, dependent] });
  await queue.statuses({ taskIds: [first, dependent] }, { limit: 1 });
  await queue.listDependentTasks(first);
  await queue.listTaskGroup(first, { limit: 1 });
  await queue.getTaskGroup(first);
  await queue.scheduleTask(dependent);
  await queue.cancelTask(dependent);
  await queue.rerunTask(dependent);
  await refusal(queue.rerunTask(taskcluster.slugid()));
  await queue.listPendingTasks('gecko-1/retrigger');
  await queue.pendingTasks('gecko-1/retrigger');
  await queue.sealTaskGroup(first);
  await queue.cancelTaskGroup(first);
}

async function tourWorker(local: LocalTaskcluster): Promise<void> {
  const { queue } = clients(local);
  await claim(local);
  await newTask(local);
  const { taskId, credentials } = await claimOne(local);
  await queue.listClaimedTasks('gecko-1/retrigger');
  await queue.taskQueueCounts('gecko-1/retrigger');
  const run = clients(local, credentials).queue;
  await run.reclaimTask(taskId, 0);
  const expires = fromNow(DAY_MS / 2);
  const contentType = 'text/plain';
  await run.createArtifact(taskId, 0, 'public/s3', { storageType: 's3', contentType, expires });
  await run.createArtifact(taskId, 0, 'public/link', { storageType: 'link', artifact: 'public/s3', expires });
  const url = 'https://example.com';
  await run.createArtifact(taskId, 0, 'public/reference', {
    storageType: 'reference',
    contentType,
    url,
    expires,
  });
  const reason = 'too-large-file-on-worker';
  await run.createArtifact(taskId, 0, 'public/error', {
    storageType: 'error',
    reason,
    message: 'x',
    expires,
  });
  await refusal(run.finishArtifact(taskId, 0, 'public/s3', { uploadId: taskId }));
  for (const name of ['public/s3', 'public/link', 'public/reference']) {
    await queue.getArtifact(taskId, 0, name);
    await queue.getLatestArtifact(taskId, name);
  }
  for (const name of ['public/s3', 'public/reference', 'public/error']) {
    await queue.artifact(taskId, 0, name);
    await queue.latestArtifact(taskId, name);
  }
  const root = `${local.rootUrl}/api/queue/v1/task/${taskId}`;
  for (const path of [
    'runs/0/artifact-info/public/s3',
    'artifact-info/public/s3',
    'artifacts/public/error',
  ]) {
    await fetch(`${root}/${path}`);
  }
  await queue.listArtifacts(taskId, 0);
  await queue.listLatestArtifacts(taskId);
  await run.reportCompleted(taskId, 0);
  await refusal(run.reportFailed(taskId, 0));
  for (const report of ['failed', 'exception', 'expired'] as const) {
    const other = await newTask(local);
    await claimOne(local);
    if (report === 'failed') await queue.reportFailed(other, 0);
    else if (report === 'exception') await queue.reportException(other, 0, { reason: 'worker-shutdown' });
    else local.expireClaims();
    await queue.status(other);
  }
}

async function tourIndex(local: LocalTaskcluster): Promise<void> {
  const { index } = clients(local);
  const entry = { taskId: taskcluster.slugid(), rank: 1, data: { a: 1 }, expires: fromNow(DAY_MS) };
  await index.insertTask('p.q.r', entry);
  await index.insertTask('top', entry);
  await index.findTask('p.q.r');
  await refusal(index.findTask('p.q.s'));
  await index.findTasksAtIndex({ indexes: ['p.q.r', 'top'] });
  await index.listTasks('p.q');
  await index.listNamespaces('p');
  for (const path of ['tasks', 'namespaces', 'task/p.q.r/artifacts/public/x']) {
    await fetch(`${local.rootUrl}/api/index/v1/${path}`, { redirect: 'manual' });
  }
  await index.deleteTask('p.q.r');
}

async function tourHooks(local: LocalTaskcluster): Promise<void> {
  const { hooks } = clients(local);
  const metadata = { name: 'n', description: 'd', owner: 'a@example.com', emailOnError: false };
  const task = { ...definition(), payload: { a: { $eval: 'payload.a' } } };
  const triggerSchema = { type: 'object', required: ['a'], properties: { a: { type: 'number' } } };
  const hook = { metadata, task, schedule: [], bindings: [], triggerSchema };
  await hooks.createHook('g', 'a/b', hook);
  await refusal(hooks.createHook('g', 'a/b', { ...hook, task: {} }));
  await hooks.updateHook('g', 'a/b', hook);
  await hooks.hook('g', 'a/b');
  await hooks.listHookGroups();
  await hooks.listHooks('g');
  await refusal(hooks.triggerHook('g', 'a/b', { a: 'b' }));
  await refusal(hooks.triggerHook('g', 'a/b', { a: 1 }));
  local.createRole('hook-id:g/*', ['queue:*']);
  const { taskId } = record(await hooks.triggerHook('g', 'a/b', { a: 1 }));
  await clients(local).queue.task(taskId);
  await hooks.updateHook('g', 'a/b', { ...hook, task: { $eval: 'null' } });
  await hooks.triggerHook('g', 'a/b', { a: 1 });
  await hooks.listLastFires('g', 'a/b');
  await hooks.removeHook('g', 'a/b');
}
