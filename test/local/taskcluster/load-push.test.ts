import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import type { Push, PushTask } from '../../../local/push/push.ts';
import { claim, clients, definition, record, start, stateOf } from './support.ts';

const STATES = ['completed', 'failed', 'exception', 'pending', 'running', 'unscheduled'] as const;

/** A push with a task in each state; the unscheduled one depends on the pending one. */
function push(): { push: Push; byState: Record<PushTask['state'], string> } {
  const ids = STATES.map((state) => [state, taskcluster.slugid()] as const);
  const byState: Record<PushTask['state'], string> = { ...record0(), ...Object.fromEntries(ids) };
  const tasks = ids.map(([state, taskId]) => {
    const dependencies = state === 'unscheduled' ? [byState.pending, byState.completed] : [];
    return [taskId, { label: state, state, task: complete(byState.completed, dependencies) }] as const;
  });
  const index = { 'gecko.v2.try.decision': byState.completed };
  const artifacts = { [byState.completed]: { 'public/label-to-taskid.json': { a: 'b' } } };
  return {
    push: { decisionTaskId: byState.completed, tasks: Object.fromEntries(tasks), index, artifacts },
    byState,
  };
}

function record0(): Record<PushTask['state'], string> {
  return { completed: '', failed: '', exception: '', pending: '', running: '', unscheduled: '' };
}

function complete(taskGroupId: string, dependencies: string[]): Record<string, unknown> {
  const queueId = { provisionerId: 'gecko-1', workerType: 'retrigger', taskQueueId: 'gecko-1/retrigger' };
  const rest = { projectId: 'none', requires: 'all-completed', priority: 'low', retries: 5, tags: {} };
  const extra = { index: { rank: 3, data: { c: 'd' } } };
  const expires = '2100-01-01T00:00:00.000Z';
  return {
    ...definition(),
    ...queueId,
    ...rest,
    taskGroupId,
    dependencies,
    routes: [],
    scopes: [],
    extra,
    expires,
  };
}

describe('loadPush', () => {
  test('puts tasks, index and artifacts where a decision task leaves them', async () => {
    const local = await start();
    const { push: loaded, byState } = push();
    local.loadPush(loaded);
    for (const state of STATES) expect(await stateOf(local, byState[state])).toBe(state);
    const anyone = clients(local, null);
    expect(await anyone.queue.task(byState.failed)).toEqual(loaded.tasks[byState.failed]?.task);
    const found = { taskId: byState.completed, rank: 3, data: { c: 'd' } };
    expect(await anyone.index.findTask('gecko.v2.try.decision')).toMatchObject(found);
    const artifact = await anyone.queue.getLatestArtifact(byState.completed, 'public/label-to-taskid.json');
    const answer = await fetch(String(record(artifact)['url']));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({ a: 'b' });
    expect(record(await anyone.queue.listTaskGroup(byState.completed))['tasks']).toHaveLength(STATES.length);
  });

  test('loads tasks that can continue', async () => {
    const local = await start();
    const { push: loaded, byState } = push();
    local.loadPush(loaded);
    const [claimed] = await claim(local);
    expect(claimed?.taskId).toBe(byState.pending);
    await clients(local).queue.reportCompleted(byState.pending, 0);
    expect(await stateOf(local, byState.unscheduled)).toBe('pending');
    await clients(local).queue.rerunTask(byState.failed);
    expect(await stateOf(local, byState.failed)).toBe('pending');
  });

  test('finds a task that exists already when it is created again', async () => {
    const local = await start();
    const { push: loaded, byState } = push();
    local.loadPush(loaded);
    const again = await clients(local).queue.createTask(byState.failed, loaded.tasks[byState.failed]?.task);
    expect(again).toMatchObject({ status: { state: 'failed' } });
  });

  test('refuses what is not a push', async () => {
    const local = await start();
    const { push: loaded, byState } = push();
    const broken = {
      ...loaded,
      tasks: { [byState.failed]: { label: 'x', state: 'failed' as const, task: {} } },
    };
    expect(() => local.loadPush(broken)).toThrow(`push.tasks.${byState.failed}.task is not a definition`);
    expect(() => local.loadPush({ ...loaded, index: { 'a.b': taskcluster.slugid() } })).toThrow(
      "push.index['a.b']",
    );
    expect(() => local.loadPush(loaded)).toThrow('exists already');
  });
});
