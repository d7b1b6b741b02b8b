import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../functions/actions/make-plan.ts';
import type { Action } from '../../../functions/actions/plan.ts';
import { action, DECISION, definition, id, named, status } from '../fixtures.ts';
import { graphPush, unmark } from './graph-push.ts';
import {
  add,
  emptyPush,
  plan,
  readerOf,
  run,
  smallPush,
  sourcesOf,
  touches,
  work,
  type MemoryPush,
} from './memory-push.ts';

const labels = (asked: string[], count = 1): Action['request'] => ({
  kind: 'labels',
  requests: [{ labels: asked, times: count }],
});
const one = (taskId: string, times = 1): Action['request'] => ({ kind: 'task', taskId, times });

async function readsOf(push: MemoryPush, asked: Action): Promise<string[]> {
  const reader = readerOf(push);
  await makePlan(asked, sourcesOf(push, reader));
  return reader.reads.filter((read) => /^(tasks|statuses) /.test(read));
}

describe('planning a retrigger', () => {
  it('reads the target and its dependencies once', async () => {
    const target = `statuses ${[id('test1'), id('build'), DECISION].toSorted().join(' ')}`;
    expect(await readsOf(smallPush(), action(one(id('test1'))))).toEqual([`tasks ${id('test1')}`, target]);
    expect(await readsOf(smallPush(), action(labels(['test-linux/opt-1'])))).toEqual([
      `tasks ${id('test1')}`,
      target,
    ]);
  });

  it('only looks for its own clones if it is repeated', async () => {
    const push = emptyPush();
    add(push, id('lint'), 'source-lint', 'failed', { dependencies: [] });
    const reads = await readsOf(push, action(one(id('lint')), { repeated: true }));
    expect(reads).toHaveLength(2);
    expect(reads[1]?.split(' ')).toHaveLength(3);
  });

  it('reads what an action ran again in parallel to the first reads, and nothing twice', async () => {
    const push = smallPush();
    run(push, id('a1'), { 'source-lint': id('lint2') }, { data: touches(['source-lint']) });
    const reads = await readsOf(push, action(labels(['source-lint'])));
    const ids = reads.flatMap((read) => read.split(' ').map((part) => `${read.split(' ')[0]} ${part}`));
    const repeated = ids.filter(
      (read, index) => ids.indexOf(read) !== index && !/ (tasks|statuses)$/.test(read),
    );
    expect(repeated).toEqual([]);
    expect(reads).toContain(`tasks ${id('lint2')}`);
  });
});

describe('2,000 clones at once', () => {
  it.each<[string, (count: number) => Action['request'], number]>([
    ['of one task', (count) => one(id('lint'), count), 2_000],
    ['of one label', (count) => labels(['source-lint'], count), 2_000],
    ['of one label that is named twice', (count) => labels(['source-lint', 'source-lint'], count), 2_000],
    ['of two labels', (count) => labels(['source-lint', 'test-linux/opt-1'], count), 1_000],
  ])('are made, %s, and not one more', async (_what, request, count) => {
    expect((await work(smallPush(), action(request(count)))).clones).toHaveLength(2_000);
    const reads = await readsOf(smallPush(), action(request(count + 1)));
    expect(reads).toEqual([]);
    expect(await plan(smallPush(), action(request(count + 1)))).toMatchObject({
      kind: 'forward',
      because: 'too-large',
    });
  });

  it('of two requests are counted together', async () => {
    const requests = [
      { labels: ['source-lint'], times: 1_000 },
      { labels: ['test-linux/opt-1'], times: 1_001 },
    ];
    expect(await plan(smallPush(), action({ kind: 'labels', requests }))).toMatchObject({
      kind: 'forward',
      reason: '2001 tasks at once; the fast way takes up to 2000',
    });
  });
});

describe('the graph is read', () => {
  const readsGraph = { readsGraph: true };

  it('if one of several tasks is unmarked', async () => {
    const push = unmark(graphPush());
    push.tasks.set(id('test1'), { ...definition(push.tasks.get(id('test1'))), tags: { retrigger: 'true' } });
    const asked = labels(['test-linux/opt-1', 'source-lint']);
    expect((await work(push, action(asked, readsGraph))).clones.map(({ label }) => label)).toEqual([
      'test-linux/opt-1',
      'source-lint',
    ]);
  });

  it('if one of several labels has no task', async () => {
    const asked = labels(['source-lint', 'test-mac/opt-1']);
    const planned = await work(graphPush(), action(asked, readsGraph));
    expect(planned.creations.map(({ label }) => label)).toContain('test-mac/opt-1');
  });
});

const pushWith = (changes: (push: MemoryPush) => void) => {
  const push = smallPush();
  push.tasks.set(id('other'), definition({ metadata: named('other'), taskGroupId: id('nightly') }));
  push.statuses.set(id('other'), status(id('other'), 'failed'));
  changes(push);
  return push;
};

describe('a rerun of a task of another group', () => {
  const rerun = action({ kind: 'rerun', taskId: id('other') });

  it('is forwarded if the push has no labels', async () => {
    const push = pushWith(({ labels: maps }) => maps.delete(DECISION));
    expect(await plan(push, rerun)).toStrictEqual({
      kind: 'forward',
      because: 'no-labels',
      reason: 'the decision task has no public/label-to-taskid.json that we can read',
    });
  });

  it('is forwarded if one of our actions has run its label', async () => {
    const push = pushWith((changed) => {
      const made = changed.tasks.get(id('other'));
      add(changed, id('first'), 'other');
      run(changed, id('a1'), { other: id('other') }, { data: touches(['other']) });
      if (made) changed.tasks.set(id('other'), made);
      run(changed, id('a2'), { 'source-lint': id('lint2') }, { data: touches(['source-lint']) });
    });
    expect(await plan(push, rerun)).toMatchObject({ kind: 'forward', because: 'other-group' });
    const reader = readerOf(push);
    await makePlan(rerun, sourcesOf(push, reader));
    expect(reader.reads.filter((read) => read.startsWith('artifact'))).toEqual([
      `artifact ${DECISION}`,
      `artifact ${id('a1')}`,
    ]);
  });
});
