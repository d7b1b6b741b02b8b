import { describe, expect, it } from 'vitest';
import type { Push } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { objectAt } from '../../support/json.ts';
import { aBuild, aTest, change, labelMap, type Entry } from '../../support/push-tasks.ts';
import { customAction, refusal, retrigger } from '../../support/requests.ts';

const way = useDirectWay();

const rerunOf = (taskId: string) => ({
  method: 'rerunTask',
  path: `/api/queue/v1/task/${taskId}/rerun`,
  status: 200,
});

/** A push whose build, which must be rerun and not cloned, is in a given state. */
const withBuild = (state: Entry['state']): { push: Push; build: Entry } => {
  const push = way().newPush((fresh) => change(fresh, aBuild(fresh, 'failed').taskId, { state }));
  return { push, build: aBuild(push, state) };
};

describe('a retrigger of a task that must be rerun', () => {
  it.each(['failed', 'exception'] as const)('reruns one that is %s', async (state) => {
    const { push, build } = withBuild(state);
    const answer = await retrigger(way(), push, [build.label]);
    expect(answer).toMatchObject({ taskId: build.taskId, status: { taskId: build.taskId } });
    expect(way().writes()).toMatchObject([rerunOf(build.taskId)]);
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).status(build.taskId)).toMatchObject({
      status: { state: 'pending', runs: [{ state }, { reasonCreated: 'rerun' }] },
    });
  });

  it('reruns it once, whatever times and repetitions', async () => {
    const { push, build } = withBuild('failed');
    await retrigger(way(), push, [build.label, build.label], 5);
    expect(way().writes()).toMatchObject([rerunOf(build.taskId)]);
  });

  it.each([
    ['completed', 'it completed, and tasks of its kind are only rerun if they failed'],
    ['pending', 'it is already pending'],
    ['running', 'it is already running'],
    ['unscheduled', 'it is waiting for its dependencies, and a rerun would ignore them'],
  ] as const)('leaves one alone that is %s, and tells the developer why', async (state, reason) => {
    const { push, build } = withBuild(state);
    const { statusCode, code, message } = await refusal(retrigger(way(), push, [build.label]));
    expect({ statusCode, code }).toStrictEqual({ statusCode: 409, code: 'RequestConflict' });
    expect(message).toBe(`There was nothing to run again:\n- ${build.label} (${build.taskId}): ${reason}`);
    expect(way().writes()).toStrictEqual([]);
  });

  it('reruns every task that the label has, and clones none', async () => {
    const push = way().newPush((fresh) => {
      const { label, taskId } = aBuild(fresh, 'failed');
      const other = aBuild(fresh, 'running');
      const [action = ''] = Object.keys(fresh.artifacts).filter((id) => id !== fresh.decisionTaskId);
      change(fresh, other.taskId, {
        label,
        state: 'exception',
        task: { metadata: fresh.tasks[taskId]?.task['metadata'] },
      });
      labelMap(fresh, action)[label] = other.taskId;
    });
    const { label, taskId } = aBuild(push, 'failed');
    await retrigger(way(), push, [label]);
    const rerun = way()
      .writes()
      .map(({ path }) => path);
    expect(rerun.toSorted()).toStrictEqual(
      [taskId, aBuild(push, 'exception').taskId].map((id) => rerunOf(id).path).toSorted(),
    );
  });
});

describe('extra.retrigger: false', () => {
  it.each(['completed', 'failed', 'exception'] as const)(
    'reruns a %s task instead of cloning it',
    async (state) => {
      const push = way().newPush((fresh) => {
        const { taskId, task } = aTest(fresh, state);
        change(fresh, taskId, { task: { extra: { ...objectAt(task, 'extra'), retrigger: false } } });
      });
      const { taskId, label } = aTest(push, state);
      const answer = await retrigger(way(), push, [label]);
      expect(answer.taskId).toBe(taskId);
      expect(way().writes()).toMatchObject([rerunOf(taskId)]);
    },
  );
});

describe('an action on clones, reruns and tasks with nothing to do', () => {
  it('does the first two and succeeds', async () => {
    const { push, build } = withBuild('failed');
    const test = aTest(push);
    const done = aBuild(push, 'completed');
    const answer = await retrigger(way(), push, [done.label, test.label, build.label]);
    expect(way().writes()).toMatchObject([rerunOf(build.taskId), { method: 'createTask', status: 200 }]);
    expect(way().writes().at(-1)?.path).toContain(answer.taskId);
    expect(way().records).toContainEqual(
      expect.objectContaining({ event: 'action-done', created: 1, reruns: 1, noops: 1, refused: 0 }),
    );
  });
});

describe('the action rerun', () => {
  it.each(['failed', 'exception'] as const)(
    'reruns a task that is %s, even one that may be cloned',
    async (state) => {
      const push = way().newPush();
      const { taskId } = aTest(push, state);
      expect(await customAction(way(), push, 'rerun', taskId)).toMatchObject({ taskId });
      expect(way().writes()).toMatchObject([rerunOf(taskId)]);
    },
  );

  it.each(['completed', 'pending', 'running'] as const)('refuses a task that is %s', async (state) => {
    const push = way().newPush();
    const { statusCode, message } = await refusal(
      customAction(way(), push, 'rerun', aTest(push, state).taskId),
    );
    expect(statusCode).toBe(409);
    expect(message).toContain(aTest(push, state).taskId);
    expect(way().writes()).toStrictEqual([]);
  });
});
