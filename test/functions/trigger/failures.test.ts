import taskcluster from 'taskcluster-client';
import { describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at } from '../../support/json.ts';
import { aBuild, aTest, tests } from '../../support/push-tasks.ts';
import { payloadOf, refusal, requestsPayload, trigger } from '../../support/requests.ts';

const way = useDirectWay();

/** The number of tasks with a label in the push's group. */
const countTasks = async ({ decisionTaskId }: Push, label: string): Promise<number> => {
  const group = await new Queue({ rootUrl: way().tc.rootUrl }).listTaskGroup(decisionTaskId, {});
  const list = at(group, 'tasks');
  return Array.isArray(list)
    ? list.filter((entry: unknown) => at(entry, 'task', 'metadata', 'name') === label).length
    : 0;
};
const createdIds = () =>
  way()
    .calls('createTask')
    .map(({ path }) => path.split('/').at(-1));

describe('reading', () => {
  it('works without the batch reads if a deployment has none', async () => {
    way().tc.setFaults([
      { method: 'tasks', status: 404, times: 99 },
      { method: 'statuses', status: 404, times: 99 },
    ]);
    const push = way().newPush();
    await trigger(way(), requestsPayload(push, [{ tasks: tests(push).map(({ label }) => label) }]));
    expect(way().writes()).toHaveLength(tests(push).length);
    expect(way().writes()).toStrictEqual(
      tests(push).map(() => expect.objectContaining({ method: 'createTask', status: 200 })),
    );
  });

  it.each(['listTasks', 'getLatestArtifact', 'tasks', 'statuses'])(
    'forwards the action when %s keeps failing',
    async (method) => {
      way().tc.setFaults([{ method, status: 500, times: 99 }]);
      const push = way().newPush();
      await trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]));
      expect(way().writes()).toMatchObject([{ method: 'triggerHook', status: 200 }]);
      expect(way().records).toContainEqual(
        expect.objectContaining({ event: 'read-failed', level: 'warn', method, statusCode: 500 }),
      );
    },
  );

  it.each([
    ['fails', { status: 500 }],
    ['is refused for its rate', { status: 429 }],
    ['is cut off', { drop: 'before' as const }],
    ['gets no answer', { drop: 'after' as const }],
  ])('is tried again when it %s once', async (_, fault) => {
    way().tc.setFaults(
      ['authenticateHawk', 'task', 'expandScopes', 'listTasks', 'getLatestArtifact', 'tasks', 'statuses'].map(
        (method) => ({ method, ...fault }),
      ),
    );
    const push = way().newPush();
    await trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]));
    expect(way().writes()).toMatchObject([{ method: 'createTask', status: 200 }]);
  });

  it.each(['authenticateHawk', 'task', 'expandScopes'])(
    'answers 5xx and does nothing when %s cannot say whether the caller may',
    async (method) => {
      way().tc.setFaults([{ method, status: 500, times: 99 }]);
      const push = way().newPush();
      const attempt = trigger(way(), requestsPayload(push, [{ tasks: [aTest(push).label] }]));
      const { statusCode, code, message } = await refusal(attempt);
      expect({ statusCode, code }).toStrictEqual({ statusCode: 500, code: 'InternalServerError' });
      const [failed] = way().records.filter(({ event }) => event === 'taskcluster-failed');
      expect(message).toBe(
        `A call to Taskcluster failed (${method}: InternalServerError). Nothing was done, so please retry. ` +
          `If it keeps failing, report incidentId ${String(failed?.['incidentId'])}.`,
      );
      expect(way().writes()).toStrictEqual([]);
    },
  );
});

describe('creating', () => {
  it.each([
    ['fails', { status: 500 }],
    ['is refused for its rate', { status: 429 }],
    ['is cut off', { drop: 'before' as const }],
    ['gets no answer', { drop: 'after' as const }],
  ])('makes each task once, even where it %s', async (_, fault) => {
    way().tc.setFaults([{ method: 'createTask', times: 4, ...fault }]);
    const push = way().newPush();
    const { label } = aTest(push);
    await trigger(way(), requestsPayload(push, [{ tasks: [label], times: 5 }]));
    expect(new Set(createdIds()).size).toBe(5);
    expect(createdIds()).toHaveLength(9);
    expect(await countTasks(push, label)).toBe(6);
  });

  it('answers before Lambda ends it, and lists what it could not wait for', async () => {
    way().gateway.timeoutMs = 3_000;
    const push = way().newPush();
    const { label, taskId } = aTest(push);
    const id = taskcluster.slugid();
    const slow = cloneTaskId(id, taskId, 2);
    way().tc.setFaults([{ method: 'createTask', path: `*/${slow}`, times: 99, hang: 'before' }]);
    const payload = { ...requestsPayload(push, [{ tasks: [label], times: 3 }]), taskId: id };
    const { statusCode, message } = await refusal(trigger(way(), payload));
    expect(statusCode).toBe(400);
    expect(message).not.toContain('Nothing was run again');
    const [doubts = '', made = ''] = message.split('These were run again');
    expect(doubts.match(/^- .*may exist: .{22}/gm)).toStrictEqual([`- ${label}: may exist: ${slow}`]);
    expect(made.match(/^- /gm)).toHaveLength(2);
  });

  it.each([403, 409])(
    'lists what it created and what it did not, when one of ten is refused (%d)',
    async (status) => {
      way().tc.setFaults([{ method: 'createTask', nth: 4, status }]);
      const push = way().newPush();
      const { label } = aTest(push);
      const attempt = trigger(way(), requestsPayload(push, [{ tasks: [label], times: 10 }]));
      const { statusCode, message } = await refusal(attempt);
      expect(statusCode).toBe(400);
      const [refused = '', made = ''] = message.split('These were run again');
      expect(refused.match(/^- .*createTask: .*This call was chosen to fail\.$/gm)).toHaveLength(1);
      const listed = made.match(/(?<=: )[A-Za-z0-9_-]{22}$/gm) ?? [];
      const done = way()
        .calls('createTask')
        .filter((call) => call.status === 200)
        .map(({ path }) => path.split('/').at(-1));
      expect(new Set(listed)).toStrictEqual(new Set(done));
      expect(listed).toHaveLength(9);
      expect(await countTasks(push, label)).toBe(10);
    },
  );
});

describe('rerunning', () => {
  it.each([
    ['fails', { status: 500 }],
    ['is cut off', { drop: 'before' as const }],
    ['gets no answer', { drop: 'after' as const }],
  ])('makes one new run, even where it %s', async (_, fault) => {
    way().tc.setFaults([{ method: 'rerunTask', ...fault }]);
    const push = way().newPush();
    const { label, taskId } = aBuild(push, 'failed');
    expect(await trigger(way(), requestsPayload(push, [{ tasks: [label] }]))).toMatchObject({ taskId });
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).status(taskId)).toMatchObject({
      status: { state: 'pending', runs: [{}, { reasonCreated: 'rerun' }] },
    });
  });

  it('starts one new run, even if that has ended before the answer is missed', async () => {
    const push = way().newPush();
    const { label, taskId, task } = aBuild(push, 'failed');
    way().tc.setFaults([{ method: 'rerunTask', drop: 'after' }]);
    const queue = new Queue({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials });
    const attempt = trigger(way(), requestsPayload(push, [{ tasks: [label] }]));
    await way().tc.until(async () => at(await queue.status(taskId), 'status', 'state') === 'pending');
    await queue.claimWork(String(task['taskQueueId']), { workerGroup: 'a', workerId: 'b', tasks: 32 });
    await queue.reportFailed(taskId, 1);
    expect(await attempt).toMatchObject({ taskId });
    expect(await queue.status(taskId)).toMatchObject({
      status: { state: 'failed', runs: [{}, { reasonCreated: 'rerun', state: 'failed' }] },
    });
  });
});

describe('a payload with a taskId', () => {
  it('is performed once, however often it comes', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    const payload = {
      ...requestsPayload(push, [{ tasks: [label], times: 3 }]),
      taskId: taskcluster.slugid(),
    };
    const first = await trigger(way(), payload);
    expect(await trigger(way(), payload)).toStrictEqual(first);
    expect(createdIds()).toHaveLength(3);
    expect(await countTasks(push, label)).toBe(4);
  });

  it('is performed once, even when it comes twice at the same time', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    const payload = {
      ...requestsPayload(push, [{ tasks: [label], times: 3 }]),
      taskId: taskcluster.slugid(),
    };
    const [one, other] = await Promise.all([trigger(way(), payload), trigger(way(), payload)]);
    expect(one).toStrictEqual(other);
    expect(await countTasks(push, label)).toBe(4);
  });

  it('completes what an earlier attempt left undone', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    const payload = {
      ...requestsPayload(push, [{ tasks: [label], times: 3 }]),
      taskId: taskcluster.slugid(),
    };
    way().tc.setFaults([{ method: 'createTask', nth: 2, status: 403 }]);
    await refusal(trigger(way(), payload));
    expect(await countTasks(push, label)).toBe(3);
    await trigger(way(), payload);
    expect(await countTasks(push, label)).toBe(4);
  });

  it('without one, every press is a separate action', async () => {
    const push = way().newPush();
    const { label, taskId } = aTest(push);
    const payload = payloadOf(push, 'retrigger', { taskId, input: {} });
    await trigger(way(), payload);
    await trigger(way(), payload);
    expect(await countTasks(push, label)).toBe(3);
  });
});
