import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import taskcluster from 'taskcluster-client';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { within } from '../../../functions/platform/deadline.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { WriteLimits } from '../../../functions/taskcluster/concurrency-limit.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { TaskclusterWriter } from '../../../functions/taskcluster/writer.ts';
import type { Call, Fault, LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { at } from '../../support/json.ts';
import { definition } from '../fixtures.ts';

/** Task queue for a test's own worker. */
const QUEUE_ID = 'gecko-1/t-rerun';

let tc: LocalTaskcluster;
let limit: WriteLimits;
let writer: TaskclusterWriter;

beforeAll(async () => {
  tc = await startLocalTaskcluster({ longPollMs: 0 });
});
afterAll(() => tc.close());
beforeEach(() => {
  tc.setFaults([]);
  tc.setLatency(0);
  const client = new TaskclusterClient({ rootUrl: tc.rootUrl, credentials: tc.credentials });
  limit = new WriteLimits();
  writer = new TaskclusterWriter(client, new TaskclusterReader(client, new Downloads(tc.rootUrl)), limit);
  tc.clearCalls();
});

const queue = () => new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials });
const calls = (method: string) => tc.calls().filter((call) => call.method === method);

const hoursFromNow = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const taskIdOf = ({ path }: Call) => path.split('/').at(-1) ?? '';

/** A definition that the queue accepts, in its own task group. */
function freshDefinition(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  return definition({
    taskGroupId: taskcluster.slugid(),
    dependencies: [],
    created: hoursFromNow(0),
    deadline: hoursFromNow(1),
    expires: hoursFromNow(2),
    ...changes,
  });
}

/** How many calls were under way when this one began, including itself. */
function underWayAt({ startMs }: Call, all: readonly Call[]): number {
  return all.filter((call) => call.startMs <= startMs && call.endMs > startMs).length;
}

describe('createTask', () => {
  it.each([{ drop: 'midway' }, { hang: 'midway' }] as const)(
    'is retried if its answer breaks off (%j), and then in doubt',
    async (fault) => {
      const task = freshDefinition();
      const taskId = taskcluster.slugid();
      tc.setFaults([{ method: 'createTask', ...fault }]);
      await within(Date.now() + 4_000, () => writer.createTask(taskId, task));
      expect(calls('createTask')).toHaveLength(2);

      tc.setFaults([{ method: 'createTask', ...fault, times: 99 }]);
      await expect(
        within(Date.now() + 1_000, () => writer.createTask(taskcluster.slugid(), task)),
      ).rejects.toMatchObject({ kind: 'no-answer', unanswered: true });
    },
  );

  it('under 429s creates each of 300 tasks once, with fewer under way', async () => {
    const task = freshDefinition();
    const taskIds = Array.from({ length: 300 }, () => taskcluster.slugid());
    tc.setLatency(30);
    // None of the first is answered before as many are under way as the limit lets through.
    const begun = vi.waitFor(() => expect(calls('createTask')).toHaveLength(25), { timeout: 60_000 });
    tc.setFaults([
      { method: 'createTask', times: 25, until: begun },
      { method: 'createTask', nth: 60, times: 60, status: 429 },
    ]);
    await Promise.all(taskIds.map((taskId) => writer.createTask(taskId, task)));

    const all = calls('createTask');
    const created = all.filter(({ status }) => status === 200);
    expect(created.map(taskIdOf).toSorted()).toStrictEqual(taskIds.toSorted());
    const refused = all.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60);

    const first = Math.min(...refused.map(({ endMs }) => endMs));
    const last = Math.max(...refused.map(({ endMs }) => endMs));
    const peak = (some: readonly Call[]) => Math.max(...some.map((call) => underWayAt(call, all)));
    const before = peak(all.filter(({ startMs }) => startMs < first));
    const after = peak(all.filter(({ startMs }) => startMs > last).slice(0, 5));
    expect(before).toBeGreaterThanOrEqual(25);
    expect(before).toBeLessThanOrEqual(50);
    expect(after).toBeLessThanOrEqual(before / 2);
  });

  it('never has more than 50 under way', async () => {
    const task = freshDefinition();
    tc.setLatency(10);
    await Promise.all(Array.from({ length: 1_000 }, () => writer.createTask(taskcluster.slugid(), task)));
    const all = calls('createTask');
    expect(all).toHaveLength(1_000);
    expect(Math.max(...all.map((call) => underWayAt(call, all)))).toBeLessThanOrEqual(50);
  });

  it('is sent again if its answer was lost, and creates nothing twice', async () => {
    const task = freshDefinition();
    const taskId = taskcluster.slugid();
    tc.setFaults([{ method: 'createTask', drop: 'after' }]);
    await writer.createTask(taskId, task);
    expect(calls('createTask').map(({ status }) => status)).toStrictEqual([0, 200]);
    const group = await queue().listTaskGroup(task.taskGroupId);
    expect(at(group, 'tasks')).toHaveLength(1);
  });
});

describe('rerunTask', () => {
  let taskId: string;

  /** Takes the pending run and ends it as failed. */
  const fail = async (runId: number) => {
    await queue().claimWork(QUEUE_ID, { workerGroup: 'test', workerId: 'test', tasks: 32 });
    await queue().reportFailed(taskId, runId);
  };

  const reasons = async () => {
    const runs = at(await queue().status(taskId), 'status', 'runs');
    return Array.isArray(runs) ? runs.map((run: unknown) => at(run, 'reasonCreated')) : [];
  };

  beforeEach(async () => {
    taskId = taskcluster.slugid();
    await queue().createTask(taskId, freshDefinition({ taskQueueId: QUEUE_ID, workerType: 't-rerun' }));
    await fail(0);
    tc.clearCalls();
  });

  it('starts one new run', async () => {
    await writer.rerunTask(taskId, 1);
    expect(await reasons()).toStrictEqual(['scheduled', 'rerun']);
    expect(calls('rerunTask')).toHaveLength(1);
    expect(calls('statuses')).toHaveLength(0);
  });

  it('is not sent again if its answer was lost, even if the new run has ended', async () => {
    tc.setFaults([{ method: 'rerunTask', drop: 'after' }]);
    const rerun = writer.rerunTask(taskId, 1);
    await tc.until(() => calls('rerunTask').length === 1);
    await fail(1);
    await rerun;
    expect(await reasons()).toStrictEqual(['scheduled', 'rerun']);
    expect(calls('rerunTask')).toHaveLength(1);
  });

  it.each<[string, Omit<Fault, 'method'>]>([
    ['that did not arrive', { drop: 'before' }],
    ['that met a 429', { status: 429 }],
    ['that met a 500', { status: 500 }],
  ])('%s is sent again', async (_, fault) => {
    tc.setFaults([{ method: 'rerunTask', ...fault }]);
    await writer.rerunTask(taskId, 1);
    expect(await reasons()).toStrictEqual(['scheduled', 'rerun']);
    expect(calls('rerunTask')).toHaveLength(2);
  });

  it('is in doubt, and not sent again, if nobody can look what a lost answer was about', async () => {
    tc.setFaults([
      { method: 'rerunTask', drop: 'after' },
      { method: 'statuses', status: 403, times: 10 },
    ]);
    await expect(writer.rerunTask(taskId, 1)).rejects.toMatchObject({ unanswered: true });
    expect(calls('rerunTask')).toHaveLength(1);
    expect(await reasons()).toStrictEqual(['scheduled', 'rerun']);
  });

  it('is not sent again if it was refused', async () => {
    await expect(writer.rerunTask(taskcluster.slugid(), 1)).rejects.toMatchObject({ statusCode: 404 });
    expect(calls('rerunTask')).toHaveLength(1);
  });

  it('counts towards the limit', async () => {
    tc.setFaults([{ method: 'rerunTask', status: 429 }]);
    await writer.rerunTask(taskId, 1);
    expect(limit.runs.allowed).toBe(12);
  });
});

describe('cancelTask', () => {
  it('has a limit of its own, so that runs do not wait for cancellations', async () => {
    const taskId = taskcluster.slugid();
    await queue().createTask(taskId, freshDefinition());
    tc.setFaults([{ method: 'cancelTask', status: 429 }]);
    expect(await writer.cancelTask(taskId)).toMatchObject({ taskId, state: 'exception' });
    expect([limit.runs.allowed, limit.cancellations.allowed]).toStrictEqual([25, 25]);
  });
});
