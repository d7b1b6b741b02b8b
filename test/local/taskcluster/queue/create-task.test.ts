import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import {
  claimOne,
  clients,
  DAY_MS,
  definition,
  fromNow,
  newTask,
  record,
  refusal,
  start,
  stateOf,
} from '../support.ts';

const MINUTE_MS = 60 * 1000;
const MISSING = 'AAAAAAAASAKAAAAAAAAAAA';

async function refused(local: LocalTaskcluster, more: Record<string, unknown>) {
  return refusal(clients(local).queue.createTask(taskcluster.slugid(), definition(more)));
}

describe('createTask', () => {
  test('fills in defaults and all three names of the task queue', async () => {
    const local = await start();
    const taskId = await newTask(local);
    expect(await clients(local, null).queue.task(taskId)).toMatchObject({
      provisionerId: 'gecko-1',
      workerType: 'retrigger',
      taskQueueId: 'gecko-1/retrigger',
      projectId: 'none',
      taskGroupId: taskId,
      dependencies: [],
      requires: 'all-completed',
      priority: 'lowest',
      retries: 5,
      scopes: [],
      routes: [],
      tags: {},
      extra: {},
    });
    const old = await newTask(local, { taskQueueId: undefined, provisionerId: 'p', workerType: 'w' });
    expect(await clients(local).queue.task(old)).toMatchObject({ taskQueueId: 'p/w' });
  });

  test('an identical repeat changes nothing, dates are compared as times, any difference is a conflict', async () => {
    const local = await start();
    const { queue } = clients(local);
    const taskId = taskcluster.slugid();
    const task = definition({ payload: { a: 1, b: [2] } });
    const first = await queue.createTask(taskId, task);
    const sameTime = String(task['created']).replace('Z', '000Z');
    expect(await queue.createTask(taskId, { ...task, created: sameTime, payload: { b: [2], a: 1 } })).toEqual(
      first,
    );
    const later = { ...task, deadline: fromNow(DAY_MS + 1000) };
    expect(await refusal(queue.createTask(taskId, later))).toMatchObject({
      statusCode: 409,
      code: 'RequestConflict',
      message: expect.stringContaining('This could be the result of faulty idempotency!'),
    });
  });

  test.each([
    ['created long ago', { created: fromNow(-20 * MINUTE_MS) }, '`created` cannot be in the past'],
    ['created in the future', { created: fromNow(20 * MINUTE_MS) }, '`created` cannot be in the future'],
    [
      'a deadline before created',
      { deadline: fromNow(-MINUTE_MS) },
      '`deadline` cannot be later than `created`',
    ],
    [
      'a deadline in the past',
      { created: fromNow(-10 * MINUTE_MS), deadline: fromNow(-5 * MINUTE_MS) },
      '`deadline` cannot be in the past',
    ],
    ['a deadline too far away', { deadline: fromNow(6 * DAY_MS) }, 'more than 5 days into the future'],
    ['expires before deadline', { expires: fromNow(1000) }, '`expires` cannot be before `deadline`'],
    ['a missing dependency', { dependencies: [MISSING] }, `non-existing tasks: \n * ${MISSING}\n`],
    ['two names of different queues', { provisionerId: 'p', workerType: 'w' }, 'taskQueueId must match'],
    ['no task queue', { taskQueueId: undefined }, 'a taskQueueId must be provided'],
    ['a scope that ends in two stars', { scopes: ['a**'] }, 'scopes must not end with `**`'],
  ])('refuses %s with InputError', async (_, more, message) => {
    const local = await start();
    const error = await refused(local, more);
    expect(error).toMatchObject({ statusCode: 400, code: 'InputError' });
    expect(error.message).toContain(message);
  });

  test.each([
    ['an unknown property', { other: 1 }, 'must NOT have additional properties: "other"'],
    ['a bad task queue', { taskQueueId: 'a/B' }, 'data/taskQueueId must match pattern'],
    ['a dependency twice', { dependencies: [MISSING, MISSING] }, 'must NOT have duplicate items'],
    ['too many dependencies', { dependencies: manyIds() }, 'must NOT have more than 10000 items'],
    ['no metadata', { metadata: undefined }, "must have required property 'metadata'"],
    ['an invalid date', { created: 'today' }, 'must match format "date-time"'],
    ['a tag that is not a string', { tags: { a: 1 } }, 'data/tags/a must be string'],
    ['too many retries', { retries: 50 }, 'data/retries must be <= 49'],
  ])('refuses %s with InputValidationError', async (_, more, message) => {
    const local = await start();
    const error = await refused(local, more);
    expect(error).toMatchObject({ statusCode: 400, code: 'InputValidationError' });
    expect(error.message).toContain(message);
  });

  test('refuses a dependency that expires before the deadline', async () => {
    const local = await start();
    const soon = await newTask(local, { deadline: fromNow(MINUTE_MS), expires: fromNow(2 * MINUTE_MS) });
    expect((await refused(local, { dependencies: [soon] })).message).toContain(
      'references tasks that expires',
    );
  });

  test('a task that was refused for its dependencies does not exist, but its group does', async () => {
    const local = await start();
    const { queue } = clients(local);
    const taskId = taskcluster.slugid();
    await refusal(queue.createTask(taskId, definition({ dependencies: [MISSING] })));
    expect(await refusal(queue.status(taskId))).toMatchObject({ statusCode: 404 });
    expect(await queue.getTaskGroup(taskId)).toMatchObject({ schedulerId: 'gecko-level-1' });
  });

  test('a task may depend on itself, and then waits', async () => {
    const local = await start();
    const taskId = taskcluster.slugid();
    await clients(local).queue.createTask(taskId, definition({ dependencies: [taskId] }));
    expect(await stateOf(local, taskId)).toBe('unscheduled');
  });

  test('a task that was stored but not scheduled stays so until the call is repeated', async () => {
    const local = await start();
    const { queue } = clients(local);
    const dependency = await newTask(local);
    const waiting = taskcluster.slugid();
    const ready = taskcluster.slugid();
    const definitions = { [waiting]: definition({ dependencies: [dependency] }), [ready]: definition() };
    local.setFaults([{ method: 'createTask', halfway: true, times: 2 }]);
    for (const [taskId, task] of Object.entries(definitions))
      expect(await refusal(queue.createTask(taskId, task))).toMatchObject({ statusCode: 500 });
    await claimOne(local);
    await queue.reportCompleted(dependency, 0);
    for (const [taskId, task] of Object.entries(definitions)) {
      expect(await stateOf(local, taskId)).toBe('unscheduled');
      await queue.createTask(taskId, task);
      expect(await stateOf(local, taskId)).toBe('pending');
    }
  });

  test('a group has one schedulerId, and a sealed one refuses even a repeat', async () => {
    const local = await start();
    const { queue } = clients(local);
    const taskId = taskcluster.slugid();
    const task = definition();
    await queue.createTask(taskId, task);
    const other = await refused(local, { taskGroupId: taskId, schedulerId: 'other' });
    expect(other).toMatchObject({ statusCode: 409, message: expect.stringContaining('a schedulerId other') });
    await queue.sealTaskGroup(taskId);
    const repeat = await refusal(queue.createTask(taskId, task));
    expect(repeat).toMatchObject({ statusCode: 409, message: expect.stringContaining('is sealed') });
  });

  test.each([
    ['the scopes of the task', { scopes: ['a:b'] }, 'a:b'],
    ['its routes', { routes: ['index.a'] }, 'queue:route:index.a'],
    ['its project', { projectId: 'p' }, 'queue:create-task:project:p'],
    ['its scheduler', { schedulerId: 'other' }, 'queue:scheduler-id:other'],
    ['a priority that is high enough', { priority: 'medium' }, 'queue:create-task:medium:gecko-1/retrigger'],
  ])('needs scopes for %s', async (_, more, scope) => {
    const local = await start();
    const enough = ['queue:scheduler-id:gecko-level-1', 'queue:create-task:low:gecko-1/*'];
    const without = clients(local, local.createClient('without', enough)).queue;
    await without.createTask(taskcluster.slugid(), definition({ priority: 'very-low' }));
    const error = await refusal(without.createTask(taskcluster.slugid(), definition(more)));
    expect(error).toMatchObject({ statusCode: 403, code: 'InsufficientScopes' });
    expect(error.message).toContain(scope);
    const withScope = clients(local, local.createClient('with', [...enough, scope])).queue;
    await withScope.createTask(taskcluster.slugid(), definition(more));
  });

  test('answers a status without the definition', async () => {
    const local = await start();
    const answer = await clients(local).queue.createTask(taskcluster.slugid(), definition());
    expect(Object.keys(record(answer))).toEqual(['status']);
    expect(record(answer)['status']).toMatchObject({
      state: 'pending',
      retriesLeft: 5,
      runs: [{ runId: 0, state: 'pending', reasonCreated: 'scheduled' }],
    });
  });
});

function manyIds(): string[] {
  return Array.from({ length: 10_001 }, () => taskcluster.slugid());
}
