import { beforeEach, describe, expect, it } from 'vitest';
import { FAST_ACTIONS, groupFastActions } from '../../../functions/platform/fast-actions.ts';
import type { Push } from '../../../local/push/push.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { aTest, change, tagsOf, tasksOf } from '../../support/push-tasks.ts';
import { payloadOf, requestsPayload, trigger } from '../../support/requests.ts';

// Which actions download the graph of a push, and what happens to an action whose graph is invalid.
const GRAPH = 'public/full-task-graph.json';
const ALL = groupFastActions(FAST_ACTIONS.map((name) => `gecko/${name}`));
const OPTIMIZED_AWAY = 'test-linux2404-64/opt-mochitest-plain-a11y-checks';

const way = useDirectWay();
beforeEach(() => way().deploy({ fastActions: ALL }));

const addNewJob = (push: Push) =>
  trigger(way(), payloadOf(push, 'add-new-jobs', { input: { tasks: [OPTIMIZED_AWAY] } }));

function removeMarks(push: Push): void {
  for (const { taskId, task } of tasksOf(push)) {
    const { retrigger: _, ...tags } = tagsOf(task);
    change(push, taskId, { task: { tags } });
  }
}

/** Downloads of graphs so far. */
const downloads = (): number =>
  way()
    .tc.calls()
    .filter(({ service, path }) => service === 'artifact-data' && path.includes('full-task-graph')).length;

const created = (): string[] =>
  way()
    .calls('createTask')
    .map(({ path }) => path);

describe('the graph', () => {
  it('is not downloaded for marked tasks, or for what is forwarded', async () => {
    const push = way().newPush();
    const { label, taskId } = aTest(push);
    await trigger(way(), requestsPayload(push, [{ tasks: [label], times: 2 }]));
    await trigger(way(), payloadOf(push, 'retrigger', { taskId, input: {} }));
    await trigger(way(), payloadOf(push, 'backfill', { taskId, input: {} }));
    expect(created()).toHaveLength(3);
    expect(downloads()).toBe(0);
  });

  it('is not downloaded if the operator has not listed it', async () => {
    way().deploy();
    const push = way().newPush(removeMarks);
    const test = tasksOf(push).find(({ label }) => label.startsWith('test-'));
    await trigger(way(), requestsPayload(push, [{ tasks: [test?.label ?? ''] }]));
    expect(way().calls('triggerHook')).toHaveLength(1);
    expect(downloads()).toBe(0);
  });

  it('is downloaded once for all actions that need it', async () => {
    const push = way().newPush(removeMarks);
    const labels = tasksOf(push)
      .filter(({ label, state }) => label.startsWith('test-') && state === 'completed')
      .slice(0, 3)
      .map(({ label }) => label);
    await Promise.all(labels.map((label) => trigger(way(), requestsPayload(push, [{ tasks: [label] }]))));
    await addNewJob(push);
    expect(created()).toHaveLength(4);
    expect(downloads()).toBe(1);
  });

  it.each([
    ['is no graph', { a: [] }, 'graph'],
    ['is cut off', '{"a": {', 'graph'],
    ['has a cycle', { a: { dependencies: { b: 'a' } } }, 'graph'],
    ['is not there', undefined, 'graph'],
  ])('that %s has the action forwarded, with nothing written', async (_, content, because) => {
    const push = way().newPush((fresh) => {
      const artifacts = fresh.artifacts[fresh.decisionTaskId] ?? {};
      if (content === undefined) delete artifacts[GRAPH];
      else artifacts[GRAPH] = content;
    });
    await addNewJob(push);
    expect(
      way()
        .writes()
        .map(({ method }) => method),
    ).toStrictEqual(['triggerHook']);
    expect(way().records).toContainEqual(expect.objectContaining({ event: 'action-forwarded', because }));
  });

  it('forwards the action if it is larger than the limit', async () => {
    way().deploy({ fastActions: ALL, graphBytes: 10_000 });
    await addNewJob(way().newPush());
    expect(
      way()
        .writes()
        .map(({ method }) => method),
    ).toStrictEqual(['triggerHook']);
    expect(way().records).toContainEqual(
      expect.objectContaining({
        event: 'action-forwarded',
        because: 'unreadable',
        reason: `download: ArtifactTooLarge: ${GRAPH} is larger than 10000 bytes`,
      }),
    );
  });
});
