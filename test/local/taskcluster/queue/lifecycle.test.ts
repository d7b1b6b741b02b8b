import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import { claimOne, clients, DAY_MS, fromNow, newTask, refusal, runsOf, start, stateOf } from '../support.ts';

const MISSING = 'AAAAAAAASAKAAAAAAAAAAA';
const MINUTE_MS = 60_000;

/** Claims the one pending task and resolves it. */
async function resolveOne(local: LocalTaskcluster, how: 'reportCompleted' | 'reportFailed'): Promise<void> {
  const { taskId, runId, credentials } = await claimOne(local);
  await clients(local, credentials).queue[how](taskId, runId);
}

describe('rerunTask', () => {
  test.each(['reportCompleted', 'reportFailed'] as const)('starts a new run after %s', async (how) => {
    const local = await start();
    const taskId = await newTask(local);
    await resolveOne(local, how);
    await clients(local).queue.rerunTask(taskId);
    expect(await runsOf(local, taskId)).toMatchObject([
      {},
      { runId: 1, state: 'pending', reasonCreated: 'rerun' },
    ]);
  });

  test('starts a new run of a canceled task', async () => {
    const local = await start();
    const taskId = await newTask(local);
    await clients(local).queue.cancelTask(taskId);
    expect(await runsOf(local, taskId)).toMatchObject([{ state: 'exception', reasonResolved: 'canceled' }]);
    await clients(local).queue.rerunTask(taskId);
    expect(await stateOf(local, taskId)).toBe('pending');
  });

  test('changes nothing while a run is pending or running', async () => {
    const local = await start();
    const taskId = await newTask(local);
    const { queue } = clients(local);
    await queue.rerunTask(taskId);
    expect(await runsOf(local, taskId)).toHaveLength(1);
    await claimOne(local);
    await queue.rerunTask(taskId);
    expect(await runsOf(local, taskId)).toMatchObject([{ state: 'running' }]);
  });

  test('schedules an unscheduled task without looking at its dependencies', async () => {
    const local = await start();
    const taskId = await newTask(local, { dependencies: [await newTask(local)] });
    await clients(local).queue.rerunTask(taskId);
    expect(await runsOf(local, taskId)).toMatchObject([{ state: 'pending', reasonCreated: 'rerun' }]);
  });

  test('is refused past the deadline, for an unknown task, without scopes and after 50 runs', async () => {
    let now = Date.now();
    const local = await start({ now: () => now });
    const taskId = await newTask(local);
    const { queue } = clients(local);
    expect(await refusal(queue.rerunTask(MISSING))).toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
    const nobody = clients(local, local.createClient('nobody', [])).queue;
    expect(await refusal(nobody.rerunTask(taskId))).toMatchObject({ statusCode: 403 });
    const scope = `queue:rerun-task:gecko-level-1/${taskId}/${taskId}`;
    await clients(local, local.createClient('somebody', [scope])).queue.rerunTask(taskId);
    for (let run = 0; run < 49; run++) {
      await queue.cancelTask(taskId);
      await queue.rerunTask(taskId);
    }
    // There can be no run after the 50th, not even a retry.
    expect(await queue.status(taskId)).toMatchObject({ status: { retriesLeft: 0 } });
    await queue.cancelTask(taskId);
    const tooMany = await refusal(queue.rerunTask(taskId));
    expect(tooMany).toMatchObject({ statusCode: 409, message: expect.stringContaining('runs reached (50)') });
    const old = await newTask(local, { deadline: fromNow(5 * MINUTE_MS) });
    now += 10 * MINUTE_MS;
    expect(await refusal(queue.rerunTask(old))).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
  });
});

describe('dependencies', () => {
  test('a dependent is pending once all its dependencies have completed', async () => {
    const local = await start();
    const first = await newTask(local);
    const second = await newTask(local);
    const dependent = await newTask(local, { dependencies: [first, second] });
    await resolveOne(local, 'reportCompleted');
    expect(await stateOf(local, dependent)).toBe('unscheduled');
    await resolveOne(local, 'reportCompleted');
    expect(await runsOf(local, dependent)).toMatchObject([{ state: 'pending', reasonCreated: 'scheduled' }]);
  });

  test('a dependent of a failed task stays unscheduled, unless it only requires it to be resolved', async () => {
    const local = await start();
    const failing = await newTask(local);
    const completed = await newTask(local, { dependencies: [failing] });
    const resolved = await newTask(local, { dependencies: [failing], requires: 'all-resolved' });
    await resolveOne(local, 'reportFailed');
    expect(await stateOf(local, completed)).toBe('unscheduled');
    expect(await stateOf(local, resolved)).toBe('pending');
    const late = await newTask(local, { dependencies: [failing], requires: 'all-resolved' });
    expect(await stateOf(local, late)).toBe('pending');
  });

  test('one that failed and completes when rerun releases its dependents', async () => {
    const local = await start();
    const failing = await newTask(local);
    const dependent = await newTask(local, { dependencies: [failing] });
    await resolveOne(local, 'reportFailed');
    await clients(local).queue.rerunTask(failing);
    await resolveOne(local, 'reportCompleted');
    expect(await stateOf(local, dependent)).toBe('pending');
  });

  test('one that was fulfilled stays fulfilled when it is rerun', async () => {
    const local = await start();
    const first = await newTask(local, { taskQueueId: 'p/first' });
    const second = await newTask(local);
    const dependent = await newTask(local, { dependencies: [first, second] });
    const { queue } = clients(local);
    await queue.claimWork('p/first', { workerGroup: 'g', workerId: 'w', tasks: 1 });
    await queue.reportCompleted(first, 0);
    await queue.rerunTask(first);
    await resolveOne(local, 'reportCompleted');
    expect(await stateOf(local, dependent)).toBe('pending');
  });

  test('scheduleTask overrules them, listDependentTasks shows them', async () => {
    const local = await start();
    const first = await newTask(local);
    const dependent = await newTask(local, { dependencies: [first] });
    const { queue } = clients(local);
    expect(await queue.listDependentTasks(first)).toMatchObject({
      taskId: first,
      tasks: [{ status: { taskId: dependent, state: 'unscheduled' }, task: { dependencies: [first] } }],
    });
    await queue.scheduleTask(dependent);
    expect(await stateOf(local, dependent)).toBe('pending');
    expect(await refusal(queue.listDependentTasks(MISSING))).toMatchObject({ statusCode: 404 });
  });
});

describe('the end of a task', () => {
  test('cancelTask resolves an unscheduled task with a run that says so', async () => {
    const local = await start();
    const taskId = await newTask(local, { dependencies: [await newTask(local)] });
    await clients(local).queue.cancelTask(taskId);
    expect(await runsOf(local, taskId)).toMatchObject([
      { state: 'exception', reasonCreated: 'exception', reasonResolved: 'canceled' },
    ]);
  });

  test('a deadline that passes ends a task and releases dependents that only require it to be resolved', async () => {
    let now = Date.now();
    const local = await start({ now: () => now });
    const taskId = await newTask(local, { deadline: fromNow(5 * MINUTE_MS) });
    const dependent = await newTask(local, { dependencies: [taskId], requires: 'all-resolved' });
    now += 10 * MINUTE_MS;
    await local.until(async () => (await stateOf(local, dependent)) === 'pending');
    expect(await runsOf(local, taskId)).toMatchObject([{ reasonResolved: 'deadline-exceeded' }]);
  });

  test('a group expires with the last of its tasks', async () => {
    const local = await start();
    const group = await newTask(local, { expires: fromNow(3 * DAY_MS) });
    const last = fromNow(5 * DAY_MS);
    await newTask(local, { taskGroupId: group, expires: last });
    await newTask(local, { taskGroupId: group, expires: fromNow(4 * DAY_MS) });
    expect(await clients(local).queue.getTaskGroup(group)).toMatchObject({ expires: last });
  });

  test('a sealed group can be canceled as a whole', async () => {
    const local = await start();
    const { queue } = clients(local);
    const group = await newTask(local);
    const member = await newTask(local, { taskGroupId: group });
    expect(await refusal(queue.cancelTaskGroup(group))).toMatchObject({ statusCode: 409 });
    await queue.sealTaskGroup(group);
    expect(await queue.cancelTaskGroup(group)).toMatchObject({ cancelledCount: 2, taskGroupSize: 2 });
    expect(await stateOf(local, member)).toBe('exception');
    expect(await queue.listTaskGroup(group)).toMatchObject({ sealed: expect.any(String), tasks: [{}, {}] });
    expect(await refusal(queue.getTaskGroup(taskcluster.slugid()))).toMatchObject({ statusCode: 404 });
  });
});
