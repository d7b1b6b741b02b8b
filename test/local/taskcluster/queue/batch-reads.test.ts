import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { Push, PushTask } from '../../../../local/push/push.ts';
import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import { clients, definition, list, newTask, record, refusal, start } from '../support.ts';

/** A push with this many tasks; returns its ids in loading order. */
function load(local: LocalTaskcluster, count: number): string[] {
  const [decisionTaskId = '', ...others] = Array.from({ length: count }, () => taskcluster.slugid());
  const tasks: Record<string, PushTask> = {};
  for (const taskId of [decisionTaskId, ...others]) {
    tasks[taskId] = { label: taskId, state: 'completed', task: complete(decisionTaskId) };
  }
  const push: Push = { decisionTaskId, tasks, index: {}, artifacts: {} };
  local.loadPush(push);
  return [decisionTaskId, ...others];
}

function complete(taskGroupId: string): Record<string, unknown> {
  const defaults = {
    projectId: 'none',
    requires: 'all-completed',
    priority: 'low',
    retries: 5,
    expires: '2100-01-01T00:00:00.000Z',
  };
  const lists = { dependencies: [], routes: [], scopes: [], tags: {}, extra: {} };
  return {
    ...definition(),
    ...defaults,
    ...lists,
    provisionerId: 'gecko-1',
    workerType: 'retrigger',
    taskGroupId,
  };
}

describe.each([
  ['tasks', 'tasks', 'task'],
  ['statuses', 'statuses', 'status'],
] as const)('queue.%s', (method, key, property) => {
  test('leaves out unknown ids, and returns each task once, in another order than requested', async () => {
    const local = await start();
    const taskIds = load(local, 30);
    const unknown = taskcluster.slugid();
    const answer = await clients(local, null).queue[method]({ taskIds: [...taskIds, unknown, ...taskIds] });
    const found = list(answer, key).map(({ taskId }) => taskId);
    expect(found).toHaveLength(30);
    expect(new Set(found)).toEqual(new Set(taskIds));
    expect(found).not.toEqual(taskIds);
    const again = list(await clients(local, null).queue[method]({ taskIds: found }), key);
    expect(again.map(({ taskId }) => taskId)).not.toEqual(found);
    expect(answer).not.toHaveProperty('continuationToken');
    expect(list(answer, key)[0]).toHaveProperty(property);
  });

  test('returns at most 1,000 per page', async () => {
    const local = await start();
    const taskIds = load(local, 1001);
    const { queue } = clients(local, null);
    const first = record(await queue[method]({ taskIds }));
    expect(list(first, key)).toHaveLength(1000);
    const { continuationToken } = first;
    const second = await queue[method]({ taskIds }, { continuationToken });
    const found = [first, second].flatMap((page) => list(page, key)).map(({ taskId }) => taskId);
    expect(new Set(found)).toEqual(new Set(taskIds));
    expect(second).not.toHaveProperty('continuationToken');
    expect(list(await queue[method]({ taskIds }, { limit: 10 }), key)).toHaveLength(10);
  });

  test('needs the scope for every id', async () => {
    const local = await start();
    const scopeFor = method === 'tasks' ? 'queue:get-task:' : 'queue:status:';
    const known = await newTask(local);
    const other = await newTask(local);
    local.createRole('anonymous', [`${scopeFor}${known}`]);
    const { queue } = clients(local, null);
    expect(list(await queue[method]({ taskIds: [known] }), key)).toHaveLength(1);
    expect(await refusal(queue[method]({ taskIds: [known, other] }))).toMatchObject({ statusCode: 403 });
  });

  test('refuses what is not a list of ids, and a bad page', async () => {
    const local = await start();
    const { queue } = clients(local, null);
    expect(await refusal(queue[method]({ taskIds: 'x' }))).toMatchObject({ code: 'InputValidationError' });
    const page = queue[method]({ taskIds: [] }, { continuationToken: 'what' });
    expect(await refusal(page)).toMatchObject({ statusCode: 400, code: 'InputError' });
    const limit = queue[method]({ taskIds: [] }, { limit: 'many' });
    expect(await refusal(limit)).toMatchObject({ statusCode: 400, code: 'InvalidRequestArguments' });
  });
});
