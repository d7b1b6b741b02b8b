import { describe, expect, test } from 'vitest';

import {
  claim,
  claimOne,
  clients,
  fromNow,
  list,
  newTask,
  record,
  refusal,
  runsOf,
  start,
  stateOf,
  type Claimed,
} from '../support.ts';
import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';

const QUEUE = 'gecko-1/retrigger';
const WORKER = { workerGroup: 'g', workerId: 'w', tasks: 1 };

function asRun(local: LocalTaskcluster, { credentials }: Claimed) {
  return clients(local, credentials).queue;
}

describe('claimWork', () => {
  test('hands out the most urgent first, and the oldest first among those', async () => {
    const local = await start();
    const low = await newTask(local);
    const high = [await newTask(local, { priority: 'high' }), await newTask(local, { priority: 'high' })];
    const claimed = await claim(local);
    expect(claimed.map(({ taskId }) => taskId)).toEqual([...high, low]);
  });

  test('answers what the real queue answers', async () => {
    const local = await start();
    const taskId = await newTask(local, { scopes: ['a:b'] });
    const [claimed] = list(await clients(local).queue.claimWork(QUEUE, WORKER), 'tasks');
    expect(claimed).toMatchObject({
      status: { taskId, state: 'running', runs: [{ state: 'running', workerGroup: 'g', workerId: 'w' }] },
      runId: 0,
      workerGroup: 'g',
      workerId: 'w',
      takenUntil: expect.stringMatching(/T[\d:.]+\+00:00$/),
      task: { taskQueueId: QUEUE },
      credentials: { clientId: expect.stringContaining(`task-client/${taskId}/0/on/g/w/until/`) },
    });
    expect(record(claimed?.['task'])).not.toHaveProperty('taskId');
    const certificate = JSON.parse(String(record(claimed?.['credentials'])['certificate']));
    const own = ['reclaim-task', 'resolve-task', 'create-artifact'].map(
      (action) => `queue:${action}:${taskId}/0`,
    );
    expect(certificate).toMatchObject({ scopes: [...own, 'a:b'] });
  });

  test('waits for work, and answers without if there is none', async () => {
    const local = await start({ longPollMs: 30 });
    expect(await claim(local)).toEqual([]);
    const patient = await start();
    const waiting = claim(patient);
    const taskId = await newTask(patient);
    expect(await waiting).toMatchObject([{ taskId }]);
  });

  test('the longest waiting worker is served first', async () => {
    const local = await start();
    const order: string[] = [];
    const wait = async (name: string): Promise<void> => {
      const answer = await clients(local).queue.claimWork(QUEUE, { ...WORKER, workerId: name });
      order.push(`${name}: ${list(answer, 'tasks').length}`);
    };
    const first = wait('first');
    await arrived(local, 1);
    const second = wait('second');
    await arrived(local, 2);
    await newTask(local);
    await first;
    await newTask(local);
    await second;
    expect(order).toEqual(['first: 1', 'second: 1']);
  });

  test('a worker that has disconnected gets nothing', async () => {
    const local = await start();
    const { url, headers } = signedClaim(local);
    const aborted = new AbortController();
    const gone = fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(WORKER),
      signal: aborted.signal,
    });
    await arrived(local, 1);
    aborted.abort();
    await expect(gone).rejects.toThrow('aborted');
    const taskId = await newTask(local);
    expect(await claim(local)).toMatchObject([{ taskId }]);
  });

  test('needs scopes for the queue and the worker, and a proper request', async () => {
    const local = await start();
    const scopes = [`queue:claim-work:${QUEUE}`, 'queue:worker-id:g/w'];
    for (const scope of scopes) {
      const { queue } = clients(
        local,
        local.createClient(
          'lacking',
          scopes.filter((other) => other !== scope),
        ),
      );
      expect((await refusal(queue.claimWork(QUEUE, WORKER))).message).toContain(scope);
    }
    const { queue } = clients(local);
    expect(await refusal(queue.claimWork(QUEUE, { ...WORKER, tasks: 33 }))).toMatchObject({
      statusCode: 400,
    });
    const badQueue = await refusal(queue.claimWork('no-slash', WORKER));
    expect(badQueue).toMatchObject({ statusCode: 400, code: 'InvalidRequestArguments' });
  });

  test('is counted and listed', async () => {
    const local = await start();
    await newTask(local);
    const pending = await newTask(local);
    const { taskId } = await claimOne(local);
    const { queue } = clients(local);
    expect(await queue.taskQueueCounts(QUEUE)).toMatchObject({
      taskQueueId: QUEUE,
      pendingTasks: 1,
      claimedTasks: 1,
    });
    expect(await queue.pendingTasks(QUEUE)).toMatchObject({ provisionerId: 'gecko-1', pendingTasks: 1 });
    expect(await queue.listPendingTasks(QUEUE)).toMatchObject({ tasks: [{ taskId: pending, runId: 0 }] });
    expect(await queue.listClaimedTasks(QUEUE)).toMatchObject({ tasks: [{ taskId, workerId: 'w' }] });
  });
});

describe('a claimed run', () => {
  test('may be reclaimed, with fresh credentials that work', async () => {
    const local = await start();
    await newTask(local);
    const claimed = await claimOne(local);
    const answer = record(await asRun(local, claimed).reclaimTask(claimed.taskId, 0));
    expect(answer).toMatchObject({ status: { state: 'running' }, runId: 0, takenUntil: expect.any(String) });
    expect(answer).not.toHaveProperty('task');
  });

  test('can do with its credentials what its task may do, and nothing else', async () => {
    const local = await start();
    const other = await newTask(local, { taskQueueId: 'p/other' });
    await newTask(local, { scopes: [`queue:cancel-task:gecko-level-1/${other}/*`] });
    const claimed = await claimOne(local);
    await asRun(local, claimed).cancelTask(other);
    expect(await refusal(asRun(local, claimed).rerunTask(other))).toMatchObject({ statusCode: 403 });
    expect(await refusal(asRun(local, claimed).reportCompleted(other, 0))).toMatchObject({ statusCode: 403 });
  });

  test('is resolved once; the same report again is fine, a different one is a conflict', async () => {
    const local = await start();
    await newTask(local);
    const claimed = await claimOne(local);
    const queue = asRun(local, claimed);
    await queue.reportCompleted(claimed.taskId, 0);
    await queue.reportCompleted(claimed.taskId, 0);
    expect(await refusal(queue.reportFailed(claimed.taskId, 0))).toMatchObject({ statusCode: 409 });
    const late = queue.reportException(claimed.taskId, 0, { reason: 'worker-shutdown' });
    expect(await refusal(late)).toMatchObject({ statusCode: 409 });
    expect(await refusal(queue.reclaimTask(claimed.taskId, 0))).toMatchObject({ statusCode: 409 });
    expect(await refusal(clients(local).queue.reportCompleted(claimed.taskId, 1))).toMatchObject({
      statusCode: 404,
    });
  });

  test('accepts no report after it was canceled', async () => {
    const local = await start();
    await newTask(local);
    const claimed = await claimOne(local);
    await clients(local).queue.cancelTask(claimed.taskId);
    expect(await refusal(asRun(local, claimed).reportCompleted(claimed.taskId, 0))).toMatchObject({
      statusCode: 409,
    });
  });

  test.each([
    ['worker-shutdown', 'retry'],
    ['intermittent-task', 'task-retry'],
  ])('that ends with %s is retried at once, as long as there are retries', async (reason, reasonCreated) => {
    const local = await start();
    const taskId = await newTask(local, { retries: 1 });
    for (const runId of [0, 1]) {
      const queue = asRun(local, await claimOne(local));
      await queue.reportException(taskId, runId, { reason });
      await queue.reportException(taskId, runId, { reason });
    }
    expect(await runsOf(local, taskId)).toMatchObject([
      { state: 'exception', reasonResolved: reason },
      { state: 'exception', reasonResolved: reason, reasonCreated },
    ]);
  });

  test('that was followed by more than its own retry takes no report, not even the same again', async () => {
    const local = await start();
    const taskId = await newTask(local, { retries: 2 });
    const first = asRun(local, await claimOne(local));
    const report = () => first.reportException(taskId, 0, { reason: 'worker-shutdown' });
    await report();
    await report();
    await asRun(local, await claimOne(local)).reportException(taskId, 1, { reason: 'worker-shutdown' });
    expect(await refusal(report())).toMatchObject({ statusCode: 409 });
  });

  test('is not reclaimed past its deadline', async () => {
    let now = Date.now();
    const local = await start({ now: () => now });
    await newTask(local, { deadline: fromNow(5 * 60_000) });
    const claimed = await claimOne(local);
    now += 6 * 60_000;
    const late = asRun(local, claimed).reclaimTask(claimed.taskId, 0);
    expect(await refusal(late)).toMatchObject({
      statusCode: 409,
      message: expect.stringContaining("can't be reclaimed past its deadline"),
    });
  });

  test('that ends with any other exception is not retried', async () => {
    const local = await start();
    const taskId = await newTask(local);
    await asRun(local, await claimOne(local)).reportException(taskId, 0, { reason: 'malformed-payload' });
    expect(await stateOf(local, taskId)).toBe('exception');
    const wrong = clients(local).queue.reportException(taskId, 0, { reason: 'because' });
    expect(await refusal(wrong)).toMatchObject({ code: 'InputValidationError' });
  });

  test('that is not reclaimed in time expires, and the task is retried', async () => {
    const local = await start({ claimTimeoutMs: 1 });
    const taskId = await newTask(local);
    const claimed = await claimOne(local);
    await local.until(async () => (await stateOf(local, taskId)) === 'pending');
    expect(await runsOf(local, taskId)).toMatchObject([
      { state: 'exception', reasonResolved: 'claim-expired' },
      { state: 'pending', reasonCreated: 'retry' },
    ]);
    expect(await refusal(asRun(local, claimed).reportCompleted(taskId, 0))).toMatchObject({
      statusCode: 409,
    });
  });

  test('expires on demand, until its retries are used up', async () => {
    const local = await start();
    const taskId = await newTask(local, { retries: 1 });
    await claimOne(local);
    local.expireClaims();
    expect(await stateOf(local, taskId)).toBe('pending');
    await claimOne(local);
    local.expireClaims();
    expect(await stateOf(local, taskId)).toBe('exception');
  });
});

/** Resolves when the server has read the nth claimWork. */
async function arrived(local: LocalTaskcluster, count: number): Promise<void> {
  const waiting = (): number =>
    local.calls().filter(({ method, body }) => method === 'claimWork' && body).length;
  while (waiting() < count) await new Promise(setImmediate);
}

function signedClaim(local: LocalTaskcluster): { url: string; headers: Record<string, string> } {
  const anyone = [`queue:claim-work:${QUEUE}`, 'queue:worker-id:g/w'];
  local.createRole('anonymous', [...anyone, 'queue:status:*', 'queue:create-task:project:none']);
  const url = `${local.rootUrl}/api/queue/v1/claim-work/${encodeURIComponent(QUEUE)}`;
  return { url, headers: { 'content-type': 'application/json' } };
}
