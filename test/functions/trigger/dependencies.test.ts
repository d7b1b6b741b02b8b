import taskcluster from 'taskcluster-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Push, PushTask } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { useDirectWay } from '../../support/direct-way.ts';
import { at, objectAt, stringsAt } from '../../support/json.ts';
import { aTest, change, labelMap, retriggeredTest, type Entry } from '../../support/push-tasks.ts';
import { retrigger } from '../../support/requests.ts';

const way = useDirectWay();

// Tasks that tests add to their push.
let newBuild: string;
let newAction: string;
beforeEach(() => {
  newBuild = taskcluster.slugid();
  newAction = taskcluster.slugid();
});

const created = () =>
  way()
    .calls('createTask')
    .map(({ body }) => body);

/** The build that a test depends on. */
const buildOf = (push: Push, { task }: Entry): { taskId: string; build: PushTask } => {
  for (const taskId of stringsAt(task, 'dependencies')) {
    const build = push.tasks[taskId];
    if (build && at(build.task, 'tags', 'kind') === 'build') return { taskId, build };
  }
  throw new Error('the test needs no build');
};

/** The build, run again as another task, an hour after the original. */
const runBuildAnew = (push: Push, state: PushTask['state'] = 'completed'): { label: string } => {
  const { build } = buildOf(push, aTest(push));
  const anHourLater = (field: string) =>
    new Date(Date.parse(String(build.task[field])) + 3_600_000).toISOString();
  const times = { created: anHourLater('created'), deadline: anHourLater('deadline') };
  push.tasks[newBuild] = { ...build, state, task: { ...build.task, ...times } };
  return { label: build.label };
};

/** An indexed action task of this push, with the labels that it ran. */
const addAction = (push: Push, labels: Record<string, string>, data?: Record<string, unknown>): void => {
  const { action } = retriggeredTest(push);
  const model = push.tasks[action];
  if (!model) throw new Error('the push has no action task');
  const extra = { ...objectAt(model.task, 'extra'), ...(data === undefined ? {} : { index: { data } }) };
  push.tasks[newAction] = { ...model, task: { ...model.task, extra } };
  for (const [path, taskId] of Object.entries(push.index)) {
    if (taskId === action) push.index[path.replace(action, newAction)] = newAction;
  }
  push.artifacts[newAction] = { 'public/label-to-taskid.json': labels };
};

describe('a dependency that was run again', () => {
  it('is replaced by the newest task of its label, also in the payload', async () => {
    const push = way().newPush((fresh) => {
      const { label } = runBuildAnew(fresh);
      addAction(fresh, { [label]: newBuild });
    });
    const test = aTest(push);
    const { taskId: oldBuild } = buildOf(push, test);
    await retrigger(way(), push, [test.label]);
    const [clone] = created();
    const dependencies = stringsAt(test.task, 'dependencies');
    expect(at(clone, 'dependencies')).toStrictEqual(
      dependencies.map((taskId) => (taskId === oldBuild ? newBuild : taskId)),
    );
    expect(JSON.stringify(clone)).not.toContain(oldBuild);
    expect(JSON.stringify(at(clone, 'payload'))).toContain(`/${newBuild}/artifacts/`);
  });

  it('is found through our own action tasks, whose index entry names their labels', async () => {
    const push = way().newPush((fresh) => {
      const { label } = runBuildAnew(fresh);
      addAction(fresh, { [label]: newBuild }, { retrigger: { labels: [label], taskIds: [] } });
    });
    await retrigger(way(), push, [aTest(push).label]);
    expect(at(created()[0], 'dependencies')).toContain(newBuild);
  });

  it('is replaced by the newest by time, whichever map has it', async () => {
    const push = way().newPush((fresh) => {
      const { label } = runBuildAnew(fresh);
      // The order of the maps does not matter: here the action has the old task.
      addAction(fresh, { [label]: buildOf(fresh, aTest(fresh)).taskId });
      labelMap(fresh)[label] = newBuild;
    });
    await retrigger(way(), push, [aTest(push).label]);
    expect(at(created()[0], 'dependencies')).toContain(newBuild);
  });

  it('downloads no map of an action that ran other labels', async () => {
    const push = way().newPush((fresh) => {
      const { label } = aTest(fresh, 'failed');
      addAction(fresh, { [label]: newBuild }, { retrigger: { labels: [label], taskIds: [] } });
    });
    await retrigger(way(), push, [aTest(push).label]);
    const read = way()
      .calls('getLatestArtifact')
      .map(({ path }) => path);
    expect(read.filter((path) => path.includes(newAction))).toStrictEqual([]);
    expect(created()).toHaveLength(1);
  });
});

describe('a dependency that', () => {
  it('no longer exists forwards the whole action', async () => {
    const gone = 'GoneAAAAQqCaaaaaaaaaaA';
    const push = way().newPush((fresh) => {
      const { taskId, task } = aTest(fresh, 'failed');
      change(fresh, taskId, { task: { dependencies: [...stringsAt(task, 'dependencies'), gone] } });
    });
    await retrigger(way(), push, [aTest(push).label, aTest(push, 'failed').label]);
    expect(way().writes()).toMatchObject([{ method: 'triggerHook', status: 200 }]);
    expect(way().records).toContainEqual(
      expect.objectContaining({ because: 'missing-dependency', reason: expect.stringContaining(gone) }),
    );
  });

  it.each(['failed', 'exception'] as const)(
    'is %s does not prevent a clone, but causes a warning',
    async (state) => {
      const push = way().newPush((fresh) => change(fresh, buildOf(fresh, aTest(fresh)).taskId, { state }));
      const test = aTest(push);
      const build = buildOf(push, test).taskId;
      const { taskId } = await retrigger(way(), push, [test.label]);
      expect(at(created()[0], 'dependencies')).toContain(build);
      expect(await new Queue({ rootUrl: way().tc.rootUrl }).status(taskId)).toMatchObject({
        status: { state: 'unscheduled' },
      });
      expect(way().records).toContainEqual(
        expect.objectContaining({
          event: 'action-warning',
          level: 'warn',
          warning: expect.stringContaining(build),
        }),
      );
    },
  );

  it('is still running keeps the clone waiting', async () => {
    const push = way().newPush((fresh) =>
      change(fresh, buildOf(fresh, aTest(fresh)).taskId, { state: 'running' }),
    );
    const { taskId } = await retrigger(way(), push, [aTest(push).label]);
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).status(taskId)).toMatchObject({
      status: { state: 'unscheduled' },
    });
  });
});
