import { describe, expect, it } from 'vitest';
import type { Action, Creation, Forward, Work } from '../../../functions/actions/plan.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { action, DECISION, id, inTreeHook, status } from '../fixtures.ts';
import { graphPush, indexed, unmark } from './graph-push.ts';
import { plan, run, smallPush, touches, work, type MemoryPush } from './memory-push.ts';

const newJobs = (labels: string[], count = 1): Action['request'] => ({
  kind: 'new-jobs',
  labels,
  times: count,
});
const downstream = (taskId: string, force?: true): Action['request'] => ({
  kind: 'downstream',
  taskId,
  times: 1,
  ...(force ? { force } : {}),
});
const multiple = (...requests: [labels: string[], times: number][]): Action['request'] => ({
  kind: 'labels',
  requests: requests.map(([labels, count]) => ({ labels, times: count })),
});
const one = (taskId: string): Action['request'] => ({ kind: 'task', taskId, times: 1 });

const withGraph = (request: Action['request'], changes: Partial<Action> = {}) =>
  action(request, { readsGraph: true, ...changes });
const forwarded = async (push: MemoryPush, asked: Action): Promise<Forward> => {
  const planned = await plan(push, asked);
  if (planned.kind !== 'forward') throw new Error('it is not forwarded');
  return planned;
};
const made = ({ creations }: Work) => creations.map(({ label, copy }) => `${label} ${copy}`);
const of = ({ creations }: Work, label: string): Creation => {
  const found = creations.find((creation) => creation.label === label);
  if (!found) throw new Error(`${label} is not made`);
  return found;
};
const MAC = ['image 1', 'build-mac/opt 1', 'test-mac/opt-1 1'];

describe('add-new-jobs', () => {
  it('makes the labels and what they need, in order', async () => {
    const planned = await work(graphPush(), action(newJobs(['test-mac/opt-1'])));
    expect(made(planned)).toEqual(MAC);
    const [image, build, test] = planned.creations;
    expect([image?.after, build?.after, test?.after]).toEqual([[], [image?.newTaskId], [build?.newTaskId]]);
    expect(test?.newTaskId).toBe(newTaskId(id('action'), '0', 'test-mac/opt-1', 1));
    expect(planned.creations.map(({ requested }) => requested)).toEqual([false, false, true]);
    expect(test?.definition.payload).toEqual({ needs: [build?.newTaskId] });
  });

  it('uses tasks of the push and of the index, and says which', async () => {
    const push = graphPush({ 'test-mac/opt-1': { needs: ['build-mac/opt', 'build-linux/opt'] } });
    indexed(push, 'cache.image.2', 'image');
    const planned = await work(push, action(newJobs(['test-mac/opt-1'])));
    expect(made(planned)).toEqual(['build-mac/opt 1', 'test-mac/opt-1 1']);
    expect(new Set(planned.rounds[0]?.standing)).toEqual(
      new Set([
        { label: 'image', taskId: id('image'), in: 'index' },
        { label: 'build-linux/opt', taskId: id('build'), in: 'push' },
      ]),
    );
  });

  it('makes everything missing again in every round', async () => {
    const planned = await work(graphPush(), action(newJobs(['test-mac/opt-1'], 2)));
    expect(made(planned)).toEqual([...MAC, 'image 2', 'build-mac/opt 2', 'test-mac/opt-1 2']);
    expect(planned.rounds.map(({ name }) => name)).toEqual(['0', '1']);
    expect(new Set(planned.creations.map(({ newTaskId: taskId }) => taskId)).size).toBe(6);
  });

  it('depends on the newest task of a label', async () => {
    const push = graphPush();
    run(push, id('retry'), { 'build-linux/opt': id('build2') }, { hour: 1 });
    const planned = await work(push, action(newJobs(['test-linux/opt-1'])));
    expect(of(planned, 'test-linux/opt-1').definition.dependencies).toEqual([id('build2'), DECISION]);
  });

  it('uses a task that one of our actions made for a label that was optimized away', async () => {
    const push = graphPush();
    const built = { 'build-mac/opt': id('mac'), image: id('image'), 'test-mac/opt-1': id('testmac') };
    run(push, id('added'), built, { data: touches(['test-mac/opt-1']) });
    const planned = await work(push, action(newJobs(['test-mac/opt-1'])));
    expect(made(planned)).toEqual(['test-mac/opt-1 1']);
    expect(of(planned, 'test-mac/opt-1').definition.dependencies).toEqual([id('mac'), DECISION]);
  });

  it('makes nothing if one label is unknown, and says which', async () => {
    const planned = await work(graphPush(), action(newJobs(['test-mac/opt-1', 'nonsense'])));
    expect(made(planned)).toEqual([]);
    expect(planned.refused).toEqual([
      { label: 'nonsense', reason: 'the task graph of this push has no such label' },
      { label: 'test-mac/opt-1', reason: 'nothing is created, because the graph has no label nonsense' },
    ]);
  });

  it('completes a label that Treeherder cut', async () => {
    const long = 'x'.repeat(150);
    expect(made(await work(graphPush({ [long]: {} }), action(newJobs([long.slice(0, 139)]))))).toEqual([
      `${long} 1`,
    ]);
  });

  it('makes nothing for an empty list', async () => {
    const planned = await work(graphPush(), action(newJobs([])));
    expect([planned.creations, planned.refused]).toEqual([[], []]);
  });

  it('warns if a dependency has failed', async () => {
    const push = graphPush();
    push.statuses.set(id('build'), status(id('build'), 'failed'));
    const { warnings } = await work(push, action(newJobs(['test-linux/opt-1'])));
    expect(warnings).toEqual([
      expect.stringMatching(/^test-linux\/opt-1 depends on build_.* is failed: the new task waits/),
    ]);
  });

  it('knows what an earlier attempt made', async () => {
    const push = graphPush();
    const taskId = newTaskId(id('action'), '0', 'image', 1);
    push.statuses.set(taskId, status(taskId));
    const planned = await work(push, action(newJobs(['test-mac/opt-1']), { repeated: true }));
    expect(planned.creations.map(({ exists }) => exists)).toEqual([true, false, false]);
  });

  it('is not forwarded for a dependency that is gone, if it was begun', async () => {
    const push = withoutBuild();
    const asked = action(newJobs(['test-linux/opt-1'], 2), { repeated: true });
    expect(await forwarded(push, asked)).toMatchObject({ because: 'missing-dependency' });
    const first = newTaskId(id('action'), '0', 'test-linux/opt-1', 1);
    push.statuses.set(first, status(first, 'pending'));
    expect((await work(push, asked)).creations.map(({ exists }) => exists)).toEqual([true, false]);
  });
});

describe('an action on the graph is forwarded', () => {
  it.each<[Forward['because'], string, MemoryPush]>([
    ['graph', 'if there is none', smallPush()],
    ['graph', 'if it is not one', { ...smallPush(), graph: { 'test-mac/opt-1': 'no entry' } }],
    [
      'uncertain',
      'if a strategy of the repository decides',
      graphPush({ image: { optimization: { own: 1 } } }),
    ],
    [
      'protected',
      'if one of the tasks is',
      graphPush({ image: { task: { provisionerId: 'scriptworker-k8s' } } }),
    ],
    ['missing-dependency', 'if something needed is gone', withoutBuild()],
    ['too-large', 'if it makes too many', graphPush({ image: { attributes: { task_duplicates: 2_000 } } })],
  ])('%s: %s', async (because, _, push) => {
    const labels = ['test-mac/opt-1', 'test-linux/opt-1'];
    expect((await forwarded(push, action(newJobs(labels)))).because).toBe(because);
  });

  it('as protected only at level 3, if it is protected only there', async () => {
    const hook = inTreeHook('project-gecko', 'in-tree-action-3-generic/0123456789');
    const push = graphPush({ image: { task: { routes: ['index.gecko.v2.image'] } } });
    const asked = newJobs(['test-mac/opt-1']);
    expect((await forwarded(push, action(asked, { hook }))).because).toBe('protected');
    expect(made(await work(push, action(asked)))).toEqual(MAC);
  });
});

function withoutBuild(): MemoryPush {
  const push = graphPush();
  push.statuses.delete(id('build'));
  return push;
}

describe('downstream', () => {
  it('makes the task and everything scheduled that depends on it, each after what it needs', async () => {
    const push = graphPush({ 'test-linux/never': { needs: ['build-linux/opt'] } });
    const planned = await work(push, action(downstream(id('build'), true)));
    expect(new Set(made(planned))).toEqual(
      new Set(['build-linux/opt 1', 'test-linux/opt-1 1', 'test-linux/opt-2 1', 'upload-symbols 1']),
    );
    const build = of(planned, 'build-linux/opt').newTaskId;
    expect(planned.creations.slice(1).every(({ after }) => after.includes(build))).toBe(true);
  });

  it('is refused for a task that must not be cloned, unless it is forced', async () => {
    const { refused, creations } = await work(graphPush(), action(downstream(id('upload'))));
    expect(creations).toEqual([]);
    expect(refused).toMatchObject([{ label: 'upload-symbols', reason: expect.stringContaining('force') }]);
    expect(made(await work(graphPush(), action(downstream(id('upload'), true))))).toEqual([
      'upload-symbols 1',
    ]);
    expect(made(await work(graphPush(), action(downstream(id('test1')))))).toEqual(['test-linux/opt-1 1']);
  });

  it('is refused for a label that the graph lacks', async () => {
    const push = graphPush();
    delete push.graph?.['test-linux/opt-1'];
    expect((await work(push, action(downstream(id('test1'))))).refused).toMatchObject([
      { reason: 'the task graph of this push has no such label' },
    ]);
  });
});

const unmarked = () =>
  unmark(graphPush({ 'test-linux/opt-2': { attributes: { retrigger: true, task_duplicates: 3 } } }));

describe('an unmarked task', () => {
  it('is forwarded where the graph is not to be read', async () => {
    expect((await forwarded(unmarked(), action(one(id('test1'))))).because).toBe('unmarked');
  });

  it('is cloned if the graph says so, as often as the graph says', async () => {
    const planned = await work(
      unmarked(),
      withGraph(multiple([['test-linux/opt-1', 'test-linux/opt-2'], 2])),
    );
    expect(planned.clones.map(({ label, copy }) => `${label} ${copy}`)).toEqual([
      'test-linux/opt-1 1',
      'test-linux/opt-1 2',
      ...[1, 2, 3, 4, 5, 6].map((copy) => `test-linux/opt-2 ${copy}`),
    ]);
  });

  it('if the graph does not, is rerun by its label but refused on its own', async () => {
    const rerun = await work(unmarked(), withGraph(multiple([['upload-symbols', 'upload-docs'], 1])));
    expect(rerun.reruns.map(({ label }) => label)).toEqual(['upload-symbols']);
    expect(rerun.noops.map(({ label }) => label)).toEqual(['upload-docs']);
    const { refused } = await work(unmarked(), withGraph(one(id('upload'))));
    expect(refused).toMatchObject([{ label: 'upload-symbols', reason: expect.stringContaining('force') }]);
  });

  it('is not cloned if the graph lacks its label', async () => {
    const push = unmarked();
    delete push.graph?.['test-linux/opt-1'];
    const { reruns } = await work(push, withGraph(multiple([['test-linux/opt-1'], 1])));
    expect(reruns.map(({ label }) => label)).toEqual(['test-linux/opt-1']);
  });

  it('is uncertain if the graph says neither', async () => {
    const push = unmark(graphPush({ 'test-linux/opt-1': { attributes: { retrigger: 'maybe' } } }));
    expect((await forwarded(push, withGraph(one(id('test1'))))).because).toBe('uncertain');
  });

  it('is cloned without the graph if it is forced', async () => {
    const push = unmark(smallPush());
    const planned = await work(push, withGraph({ kind: 'task', taskId: id('test1'), times: 1, force: true }));
    expect(planned.clones.map(({ label }) => label)).toEqual(['test-linux/opt-1']);
  });
});

describe('a label that was optimized away', () => {
  it('is forwarded where the graph is not to be read', async () => {
    const asked = action(multiple([['test-mac/opt-1'], 1]));
    expect((await forwarded(graphPush(), asked)).because).toBe('no-task');
  });

  it('is made with what it needs, and with what else was requested', async () => {
    const push = graphPush({
      'test-mac/opt-1': { needs: ['build-mac/opt', 'test-linux/opt-1'], attributes: { retrigger: true } },
    });
    const asked = multiple(
      [['test-mac/opt-1', 'test-linux/opt-1', 'upload-symbols'], 2],
      [['test-linux/opt-2'], 1],
    );
    const planned = await work(push, withGraph(asked));
    expect(new Set(made(planned))).toEqual(
      new Set(
        [1, 2].flatMap((copy) => [...MAC, 'test-linux/opt-1 1'].map((name) => name.replace(/1$/, `${copy}`))),
      ),
    );
    // In the same round, since taskgraph makes one closure for a request.
    const [clone] = planned.creations.filter(({ label }) => label === 'test-linux/opt-1');
    expect(of(planned, 'test-mac/opt-1').after).toContain(clone?.newTaskId);
    expect(planned.clones.map(({ label }) => label)).toEqual(['test-linux/opt-2']);
    expect(planned.reruns.map(({ label }) => label)).toEqual(['upload-symbols']);
    expect(planned.rounds.map(({ name }) => name)).toEqual(['0-0', '0-1']);
  });

  it('is refused if its kind is never cloned, or the graph lacks it too', async () => {
    const planned = await work(
      graphPush(),
      withGraph(multiple([['docs-lint', 'nonsense', 'source-lint'], 1])),
    );
    expect(planned.refused.map(({ label }) => label).toSorted()).toEqual(['docs-lint', 'nonsense']);
    expect(made(planned)).toEqual(['source-lint 1']);
  });

  it('is refused without affecting other requests', async () => {
    const planned = await work(graphPush(), withGraph(multiple([['nonsense'], 1], [['source-lint'], 1])));
    expect(planned.refused).toEqual([
      { label: 'nonsense', reason: 'there is no such label in this push or in its graph' },
    ]);
    expect(planned.clones.map(({ label }) => label)).toEqual(['source-lint']);
  });

  it('forwards the whole action if it may not be made', async () => {
    const push = graphPush({ image: { optimization: { own: 1 } } });
    const asked = withGraph(multiple([['source-lint'], 1], [['test-mac/opt-1'], 1]));
    expect((await forwarded(push, asked)).because).toBe('uncertain');
  });
});

it('reads no graph if the definitions are enough', async () => {
  const push = graphPush();
  push.graph = { broken: true };
  const planned = await work(push, withGraph(multiple([['test-linux/opt-1', 'upload-symbols'], 2])));
  expect([planned.clones.length, planned.reruns.length]).toEqual([2, 1]);
});
