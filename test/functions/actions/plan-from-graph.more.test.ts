import { describe, expect, it } from 'vitest';
import type { Action, Plan, Work } from '../../../functions/actions/plan.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { makePlan } from '../../../functions/actions/make-plan.ts';
import { action, DECISION, definition, id, named, status } from '../fixtures.ts';
import { graphPush, unmark } from './graph-push.ts';
import { add, plan, readerOf, run, sourcesOf, work, type MemoryPush } from './memory-push.ts';

const readsGraph = { readsGraph: true };
const newJobs = (labels: string[], times = 1): Action['request'] => ({ kind: 'new-jobs', labels, times });
const downstream = (taskId: string, others: { force?: true; times?: number } = {}): Action['request'] => ({
  kind: 'downstream',
  taskId,
  times: 1,
  ...others,
});
const multiple = (...requests: [labels: string[], times: number][]): Action['request'] => ({
  kind: 'labels',
  requests: requests.map(([labels, times]) => ({ labels, times })),
});
const forward = (because: string, reason: string) => ({ kind: 'forward', because, reason });
const tooLarge = (count: number) =>
  forward('too-large', `${count} tasks at once; the fast way takes up to 2000`);
const taskIdsOf = ({ clones, creations }: Work) =>
  [...clones, ...creations].map(({ newTaskId: made }) => made);
const countOf = (planned: Plan) => (planned.kind === 'work' ? planned.creations.length : planned);
const noLabels = forward(
  'no-labels',
  'the decision task has no public/label-to-taskid.json that we can read',
);

describe('an action on the graph', () => {
  it.each([newJobs(['test-mac/opt-1']), downstream(id('build'))])(
    'is forwarded if the push has no labels',
    async (request) => {
      const push = graphPush();
      push.labels.delete(DECISION);
      expect(await plan(push, action(request))).toStrictEqual(noLabels);
    },
  );

  it('is forwarded if neither the labels nor the graph can be read', async () => {
    const push = graphPush();
    push.labels.set(DECISION, 'nonsense');
    const graphs = { read: () => Promise.reject(new Error('too late')) };
    await expect(
      makePlan(action(newJobs(['test-mac/opt-1'])), { ...sourcesOf(push), graphs }),
    ).rejects.toMatchObject({ code: 'MalformedArtifact' });
  });

  it('makes up to 2,000 tasks at once', async () => {
    // Each of these needs nothing.
    const labels = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    const push = graphPush(Object.fromEntries(labels.map((label) => [label, {}])));
    expect(countOf(await plan(push, action(newJobs(labels, 100))))).toBe(2_000);
    expect(await plan(push, action(newJobs([...labels, 'image'], 100)))).toStrictEqual(tooLarge(2_100));
    // The requested labels alone are too many, so what they need is not counted any more.
    expect(await plan(push, action(newJobs([...labels, 'test-mac/opt-1'], 100)))).toStrictEqual(
      tooLarge(2_100),
    );
    expect(await plan(push, action(newJobs([...labels.slice(1), 'test-mac/opt-1'], 100)))).toStrictEqual(
      tooLarge(2_200),
    );
  });

  it('counts all requests together', async () => {
    const asked = multiple([['test-mac/opt-1'], 1_000], [['test-mac/opt-1'], 1_001]);
    expect(await plan(graphPush(), action(asked, readsGraph))).toMatchObject({ because: 'too-large' });
  });
});

describe('new jobs', () => {
  it('have their round, their original and the reason', async () => {
    const push = graphPush({ 'test-mac/opt-1': { attributes: { task_duplicates: 2 }, needs: ['image'] } });
    const planned = await work(push, action(newJobs(['test-mac/opt-1']), { parent: id('parent') }));
    const [image, test] = ['image', 'test-mac/opt-1'].map((label) => newTaskId(id('action'), '0', label, 1));
    expect(planned.rounds).toStrictEqual([{ name: '0', requested: ['test-mac/opt-1'], standing: [] }]);
    expect(
      planned.creations.map(({ label, newTaskId: taskId, duplicateOf, copy, reason, round, exists }) => [
        label,
        taskId,
        duplicateOf,
        copy,
        reason,
        round,
        exists,
      ]),
    ).toStrictEqual([
      ['image', image, undefined, 1, 'it is needed, but neither the push nor the index has it', '0', false],
      ['test-mac/opt-1', test, undefined, 1, 'it was requested', '0', false],
      [
        'test-mac/opt-1',
        newTaskId(id('action'), '0', 'test-mac/opt-1', 2),
        test,
        2,
        'it was requested',
        '0',
        false,
      ],
    ]);
    expect(planned.creations.map(({ definition: { extra } }) => extra?.['parent'])).toStrictEqual([
      id('parent'),
      id('parent'),
      id('parent'),
    ]);
    expect(planned.creations[0]).not.toHaveProperty('duplicateOf');
  });

  it('keep their parent if there is no action task', async () => {
    const { creations } = await work(graphPush(), action(newJobs(['image'])));
    expect(creations[0]?.definition.extra).toStrictEqual({ parent: DECISION });
  });

  it('may need what the repository’s own strategy scheduled', async () => {
    const push = graphPush({ 'build-linux/opt': { optimization: { own: 1 } } });
    expect(countOf(await plan(push, action(newJobs(['test-linux/opt-1']))))).toBe(1);
  });

  it('need the newest task of a label that still exists', async () => {
    const push = graphPush();
    run(push, id('retry'), { 'build-linux/opt': id('build2') });
    const needed = async () => {
      const { creations } = await work(push, action(newJobs(['test-linux/opt-1'])));
      return creations[0]?.definition.dependencies?.[0];
    };
    expect(await needed()).toBe(id('build2'));
    push.statuses.delete(id('build2'));
    expect(await needed()).toBe(id('build'));
  });

  it('are forwarded if all tasks of a label that they need are gone', async () => {
    const push = graphPush();
    run(push, id('retry'), { 'build-linux/opt': id('build2') });
    push.statuses.delete(id('build2'));
    push.statuses.delete(id('build'));
    expect(await plan(push, action(newJobs(['test-linux/opt-1'])))).toStrictEqual(
      forward(
        'missing-dependency',
        `test-linux/opt-1: its dependency ${id('build2')} is gone or expires too soon`,
      ),
    );
  });
});

describe('downstream', () => {
  it('is forwarded for a task of another group, and refused for one that is gone', async () => {
    const push = graphPush();
    add(push, id('other'), 'other', 'failed');
    push.tasks.set(id('other'), definition({ metadata: named('other'), taskGroupId: id('nightly') }));
    expect(await plan(push, action(downstream(id('other'), { force: true })))).toMatchObject({
      kind: 'forward',
      because: 'other-group',
    });
    const { refused } = await work(graphPush(), action(downstream(id('gone'))));
    expect(refused).toStrictEqual([
      { label: id('gone'), taskId: id('gone'), reason: 'the queue no longer has this task' },
    ]);
  });

  it('uses the graph’s mark if the task has none', async () => {
    const push = unmark(graphPush());
    expect(countOf(await plan(push, action(downstream(id('test1')))))).toBe(1);
    expect(await work(push, action(downstream(id('upload'))))).toMatchObject({
      creations: [],
      refused: [{ label: 'upload-symbols', taskId: id('upload') }],
    });
  });

  it('uses the task’s mark if it has one', async () => {
    const push = graphPush({ 'test-linux/opt-1': { attributes: { retrigger: 'maybe' } } });
    expect(countOf(await plan(push, action(downstream(id('test1'), { times: 3 }))))).toBe(3);
  });
});

describe('a request that needs the graph', () => {
  const unscheduled = ['test-mac/opt-1'];

  it('is forwarded if another request in the same action is', async () => {
    const push = graphPush();
    push.tasks.set(id('lint'), definition({ metadata: named('source-lint'), routes: ['index.a.cache.b'] }));
    const protectedTask = forward(
      'protected',
      `source-lint (${id('lint')}): it is indexed in a shared cache (index.a.cache.b)`,
    );
    for (const asked of [
      multiple([['source-lint'], 1], [unscheduled, 1]),
      multiple([['source-lint', ...unscheduled], 1]),
    ])
      expect(await plan(push, action(asked, readsGraph))).toStrictEqual(protectedTask);
  });

  it('is forwarded if it needs too much, with only that reason', async () => {
    const push = graphPush({ image: { attributes: { task_duplicates: 2_000 } } });
    expect(await plan(push, action(multiple([unscheduled, 1]), readsGraph))).toStrictEqual(tooLarge(2_002));
  });

  it('has the warnings of all its parts, each once', async () => {
    const push = graphPush({
      'test-mac/opt-1': { needs: ['build-linux/opt'], attributes: { retrigger: true } },
    });
    push.statuses.set(id('build'), status(id('build'), 'failed'));
    const asked = multiple([['test-linux/opt-1'], 1], [unscheduled, 1], [unscheduled, 2]);
    const { warnings } = await work(push, action(asked, readsGraph));
    expect(warnings).toStrictEqual(
      ['test-linux/opt-1', 'test-mac/opt-1'].map(
        (label) =>
          `${label} depends on ${id('build')}, which is failed: the new task waits until that one is rerun and completes`,
      ),
    );
  });

  it('says why a label is not made', async () => {
    const { refused } = await work(graphPush(), action(multiple([['docs-lint'], 1]), readsGraph));
    expect(refused).toStrictEqual([
      {
        label: 'docs-lint',
        reason:
          'it was not scheduled in this push, and tasks of its kind are only rerun; add it as a new job',
      },
    ]);
  });

  it('reruns a task once, or leaves it alone once, however many requests name it', async () => {
    const both = ['upload-symbols', 'upload-docs'];
    const asked = multiple([both, 1], [[...both, ...unscheduled], 1], [[...both, ...unscheduled], 2]);
    const planned = await work(graphPush(), action(asked, readsGraph));
    expect(planned.reruns.map(({ label }) => label)).toStrictEqual(['upload-symbols']);
    expect(planned.noops.map(({ label }) => label)).toStrictEqual(['upload-docs']);
    const reversed = multiple([[...both, ...unscheduled], 1], [both, 1]);
    const other = await work(graphPush(), action(reversed, readsGraph));
    expect([other.reruns.length, other.noops.length]).toStrictEqual([1, 1]);
  });

  it('keeps the refusals of all requests', async () => {
    const asked = multiple([['nonsense'], 1], [['docs-lint', 'more-nonsense'], 1]);
    const { refused } = await work(graphPush(), action(asked, readsGraph));
    expect(refused.map(({ label }) => label)).toStrictEqual(['nonsense', 'more-nonsense', 'docs-lint']);
  });
});

const pushOf = (count: number, retrigger = true): MemoryPush =>
  unmark(graphPush({ 'source-lint': { attributes: { retrigger, task_duplicates: count } } }));

describe('a second attempt at a request that was begun by the graph', () => {
  const asked = multiple([['source-lint'], 1], [['test-mac/opt-1', 'test-linux/opt-1'], 2]);
  it.each([
    ['goes on with the graph', { readsGraph: true }],
    ['goes on with the graph, even if that was switched off since', { readsGraph: false }],
  ])('%s, if another action has created the label meanwhile', async (_what, now) => {
    const push = graphPush();
    const first = taskIdsOf(await work(push, action(asked, readsGraph)));
    // It has created one task of one round, not the label's own.
    const made = newTaskId(id('action'), '1-0', 'test-linux/opt-1', 1);
    push.statuses.set(made, status(made));
    run(push, id('a1'), { 'test-mac/opt-1': id('another'), 'build-mac/opt': id('anothe-b') });
    const second = taskIdsOf(await work(push, action(asked, { ...now, repeated: true })));
    expect(second).toContain(made);
    expect(first).toEqual(expect.arrayContaining(second));
  });

  it('clones the label’s task if nothing was begun', async () => {
    const push = graphPush();
    run(push, id('a1'), { 'test-mac/opt-1': id('another') });
    expect(await plan(push, action(asked, { ...readsGraph, repeated: true }))).toMatchObject({
      clones: { length: 5 },
      creations: [],
    });
  });
});

describe('an unmarked task with several duplicates in the graph', () => {
  const asked = multiple([['source-lint'], 1]);
  const readsOf = async (push: MemoryPush, repeated: boolean) => {
    const reader = readerOf(push);
    const planned = await makePlan(action(asked, { ...readsGraph, repeated }), sourcesOf(push, reader));
    return { planned, statuses: reader.reads.filter((read) => read.startsWith('statuses ')) };
  };

  it('is cloned at most 2,000 times', async () => {
    expect(await work(pushOf(2_000), action(asked, readsGraph))).toMatchObject({ clones: { length: 2_000 } });
    expect(await plan(pushOf(2_001), action(asked, readsGraph))).toStrictEqual(tooLarge(2_001));
    // Whether it is a rerun is not looked at any more.
    expect(await plan(pushOf(2_001, false), action(asked, readsGraph))).toStrictEqual(tooLarge(2_001));
  });

  it('is only looked up, in all copies, by a second attempt', async () => {
    const first = await readsOf(pushOf(3), false);
    expect(first.statuses).toHaveLength(1);
    const clones = first.planned.kind === 'work' ? first.planned.clones : [];
    const push = pushOf(3);
    const [, , third] = clones;
    if (!third) throw new Error('three clones');
    push.statuses.set(third.newTaskId, status(third.newTaskId));
    const second = await readsOf(push, true);
    expect(second.planned).toMatchObject({
      clones: [{ exists: false }, { exists: false }, { exists: true }],
    });
    expect(second.statuses).toHaveLength(2);
  });
});
