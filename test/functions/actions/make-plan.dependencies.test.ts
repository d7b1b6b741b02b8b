import { describe, expect, it } from 'vitest';
import type { Action, Forward } from '../../../functions/actions/plan.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { action, DECISION, definition, inTreeHook, id, NOW, status } from '../fixtures.ts';
import { add, plan, run, smallPush, times, touches, work, type MemoryPush } from './memory-push.ts';

async function replacements(push: MemoryPush, request: Action['request']): Promise<[string, string][][]> {
  const { clones } = await work(push, action(request));
  return clones.map((clone) => [...clone.replacements]);
}

const asked = (...labels: string[]): Action['request'] => ({
  kind: 'labels',
  requests: [{ labels, times: 1 }],
});
const test1: Action['request'] = { kind: 'task', taskId: id('test1'), times: 1 };
const build = 'build-linux/opt';

describe('a dependency that was run again', () => {
  it.each<[string, Action['request'], unknown]>([
    ['for a label', asked('test-linux/opt-1'), touches([build])],
    ['for one task', test1, touches([build])],
    ['by an action of the repository’s own', test1, undefined],
    ['by an action that named the task', test1, touches([], [id('build')])],
  ])('is replaced %s', async (_what, request, data) => {
    const push = smallPush();
    run(push, id('a1'), { [build]: id('rebuilt') }, { data });
    expect(await replacements(push, request)).toEqual([[[id('build'), id('rebuilt')]]]);
  });

  it('is replaced even if an action made it', async () => {
    const push = smallPush();
    run(push, id('a2'), { [build]: id('build3') }, { hour: 2, data: touches([build]) });
    run(push, id('a1'), { [build]: id('build2') }, { hour: 1, data: touches([build]) });
    run(push, id('a3'), { 'test-linux/opt-1': id('test1b') }, { hour: 1, data: touches([], [id('test1')]) });
    const made = { ...times(1), dependencies: [id('build2')], extra: { parent: id('a3') } };
    push.tasks.set(id('test1b'), definition(made));
    const again = { kind: 'task' as const, taskId: id('test1b'), times: 1 };
    expect(await replacements(push, again)).toEqual([[[id('build2'), id('build3')]]]);
  });

  it('is replaced for a label that the decision task did not make', async () => {
    const push = smallPush();
    run(push, id('a1'), { [build]: id('rebuilt') }, { data: touches([build]) });
    run(push, id('a2'), { added: id('added') });
    push.tasks.set(id('added'), definition({ ...times(1), dependencies: [id('build')] }));
    expect(await replacements(push, asked('added'))).toEqual([[[id('build'), id('rebuilt')]]]);
  });

  it('is replaced by another task of its label if it is gone', async () => {
    const push = smallPush();
    push.statuses.delete(id('build'));
    run(push, id('a1'), { [build]: id('rebuilt') });
    expect(await replacements(push, test1)).toEqual([[[id('build'), id('rebuilt')]]]);
  });

  it('never includes the action task that made the target', async () => {
    const push = smallPush();
    const made = { extra: { parent: id('maker') }, dependencies: [id('maker'), id('build')] };
    add(push, id('test1'), 'test-linux/opt-1', 'failed', made);
    // The queue does not know that action task; if it were a dependency, the action would be forwarded.
    expect(await replacements(push, test1)).toEqual([[]]);
  });
});

/** For each clone, the copies that it depends on. */
const linked = async (push: MemoryPush, request: Action['request']): Promise<[string, string[]][]> => {
  const { clones } = await work(push, action(request));
  const names = new Map(clones.map(({ newTaskId, label, copy }) => [newTaskId, `${label} #${copy}`]));
  return clones.map(({ newTaskId, after }) => [
    names.get(newTaskId) ?? '',
    after.map((other) => names.get(other) ?? ''),
  ]);
};

describe('tasks of one request', () => {
  it('depend on each other’s clones, copy by copy, and come after them', async () => {
    const requests = [{ labels: ['test-linux/opt-1', 'source-lint', build], times: 2 }];
    expect(await linked(smallPush(), { kind: 'labels', requests })).toEqual([
      [`${build} #1`, []],
      [`${build} #2`, []],
      ['test-linux/opt-1 #1', [`${build} #1`]],
      ['test-linux/opt-1 #2', [`${build} #2`]],
      ['source-lint #1', []],
      ['source-lint #2', []],
    ]);
  });

  it('do not depend on the clones of another request', async () => {
    const requests = [
      { labels: [build], times: 1 },
      { labels: [build, 'test-linux/opt-1'], times: 1 },
      { labels: ['test-linux/opt-2'], times: 1 },
    ];
    expect(await linked(smallPush(), { kind: 'labels', requests })).toEqual([
      [`${build} #1`, []],
      [`${build} #2`, []],
      ['test-linux/opt-1 #1', [`${build} #2`]],
      ['test-linux/opt-2 #1', []],
    ]);
  });

  it('refer to the clones wherever they name the dependency, however often that was run again', async () => {
    const push = smallPush();
    run(push, id('a1'), { [build]: id('rebuilt') });
    const { clones } = await work(push, action(asked('test-linux/opt-1', build)));
    const [first, second] = clones;
    expect(first?.taskId).toBe(id('build'));
    expect([...(second?.replacements ?? [])]).toEqual([[id('build'), first?.newTaskId]]);
  });

  it('need no other task of that label, and get no warning about it', async () => {
    const push = smallPush();
    run(push, id('a1'), { [build]: id('rebuilt') });
    push.statuses.set(id('rebuilt'), status(id('rebuilt'), 'failed', { expires: NOW.toISOString() }));
    expect(await plan(push, action(asked('test-linux/opt-1', build)))).toMatchObject({
      kind: 'work',
      warnings: [],
    });
    expect(await plan(push, action(asked('test-linux/opt-1')))).toMatchObject({
      because: 'missing-dependency',
    });
  });

  it('may depend on themselves', async () => {
    const push = smallPush();
    add(push, id('self'), 'self', 'failed', { dependencies: [id('self')] });
    expect(await linked(push, asked('self', 'source-lint'))).toEqual([
      ['self #1', []],
      ['source-lint #1', []],
    ]);
  });

  it('are forwarded if they depend on each other in a circle', async () => {
    const push = smallPush();
    add(push, id('build'), build, 'failed', { dependencies: [id('test1')] });
    expect(await plan(push, action(asked('source-lint', 'test-linux/opt-1', build)))).toEqual({
      kind: 'forward',
      because: 'uncertain',
      reason: 'the requested tasks depend on each other in a circle',
    });
  });

  it('are only rerun if they may not be cloned: the others depend on the same tasks as before', async () => {
    const push = smallPush();
    add(push, id('build'), build, 'failed', { tags: { retrigger: 'false' } });
    const { clones, reruns } = await work(push, action(asked('test-linux/opt-1', build)));
    expect(reruns.map(({ taskId }) => taskId)).toEqual([id('build')]);
    expect(clones.map(({ after, replacements: changed }) => [after, changed.size])).toEqual([[[], 0]]);
  });
});

const warnings = async (state: 'failed' | 'exception' | 'running', requires: TaskDefinition['requires']) => {
  const push = smallPush();
  push.statuses.set(id('build'), status(id('build'), state));
  if (requires)
    add(push, id('test1'), 'test-linux/opt-1', 'failed', { dependencies: [id('build')], requires });
  const planned = await plan(push, action(test1));
  return planned.kind === 'work' && planned.clones.length === 1 ? planned.warnings : ['not cloned'];
};

describe('a dependency that has failed', () => {
  it.each(['failed', 'exception'] as const)(
    '%s: the clone is made, with a warning that names it',
    async (state) => {
      expect(await warnings(state, 'all-completed')).toEqual([
        `test-linux/opt-1 depends on ${id('build')}, which is ${state}: ` +
          'the new task waits until that one is rerun and completes',
      ]);
    },
  );

  it('needs no warning where the task waits for any result', async () => {
    expect(await warnings('failed', 'all-resolved')).toEqual([]);
  });

  it('has not failed while it runs', async () => {
    expect(await warnings('running', 'all-completed')).toEqual([]);
  });
});

describe('forward', () => {
  const level3 = {
    hook: inTreeHook('project-gecko', 'in-tree-action-3-generic/0123456789'),
  };
  const indexed = { schedulerId: 'gecko-level-3', routes: ['index.gecko.v2.autoland.latest.build'] };

  it.each<
    [Forward['because'], string, (push: MemoryPush) => void, Action['request'], Partial<Action>, RegExp]
  >([
    [
      'unmarked',
      'no mark',
      (push) => add(push, id('x'), 'x', 'failed', { tags: {} }),
      asked('x'),
      {},
      /^x \(x_/,
    ],
    [
      'unmarked',
      'one of many without a mark',
      (push) => add(push, id('x'), 'x', 'failed', { tags: {} }),
      asked('source-lint', 'x'),
      {},
      /^x \(x_/,
    ],
    [
      'protected',
      'a task on a scriptworker',
      (push) => add(push, id('x'), 'x', 'failed', { taskQueueId: 'scriptworker-k8s/gecko-1-tree' }),
      asked('x'),
      {},
      /scriptworker pool/,
    ],
    [
      'protected',
      'the decision task itself',
      (push) => push.tasks.set(DECISION, definition({ tags: { retrigger: 'true' } })),
      { kind: 'task', taskId: DECISION, times: 1 },
      {},
      /decision, action or cron task/,
    ],
    [
      'protected',
      'an indexed task at level 3',
      (push) => add(push, id('x'), 'x', 'failed', indexed),
      asked('x'),
      level3,
      /indexed at level 3/,
    ],
    [
      'missing-dependency',
      'a lost dependency',
      (push) => push.statuses.delete(id('build')),
      test1,
      {},
      /build___.* is gone/,
    ],
    [
      'missing-dependency',
      'a dependency that expires before the clone’s deadline',
      (push) => {
        const [now, lifetime] = [NOW.getTime(), 24 * 3_600_000];
        const expires = new Date(now + lifetime - 1).toISOString();
        push.statuses.set(id('build'), status(id('build'), 'completed', { expires }));
      },
      test1,
      {},
      /build___.* expires too soon/,
    ],
    [
      'no-labels',
      'no label map',
      (push) => push.labels.delete(DECISION),
      asked('source-lint'),
      {},
      /label-to-taskid/,
    ],
    [
      'no-labels',
      'no label map for one task',
      (push) => push.labels.delete(DECISION),
      test1,
      {},
      /label-to-taskid/,
    ],
    [
      'too-large',
      'more than can be written in seconds',
      () => undefined,
      {
        kind: 'labels',
        requests: Array.from({ length: 21 }, () => ({ labels: ['source-lint'], times: 100 })),
      },
      {},
      /2100 tasks at once/,
    ],
    [
      'too-large',
      'more bytes than can be written in seconds',
      (push) => add(push, id('large'), 'large', 'failed', { payload: { text: 'x'.repeat(400_000) } }),
      { kind: 'labels', requests: [{ labels: ['large'], times: 100 }] },
      {},
      /tasks of more than 33554432 bytes in all/,
    ],
  ])('%s: %s', async (because, _what, change, request, changes, reason) => {
    const push = smallPush();
    change(push);
    expect(await plan(push, action(request, changes))).toEqual({
      kind: 'forward',
      because,
      reason: expect.stringMatching(reason),
    });
  });

  it('is not needed if a dependency expires exactly at the clone’s deadline', async () => {
    const push = smallPush();
    const expires = new Date(NOW.getTime() + 24 * 3_600_000).toISOString();
    push.statuses.set(id('build'), status(id('build'), 'completed', { expires }));
    expect((await work(push, action(test1))).clones).toHaveLength(1);
  });

  it('is not needed if only a later task of the label has lost its dependency', async () => {
    const push = smallPush();
    run(push, id('a1'), { 'test-linux/opt-1': id('again') }, { data: touches(['test-linux/opt-1']) });
    push.tasks.set(
      id('again'),
      definition({ ...push.tasks.get(id('again')), dependencies: [id('nowhere')] }),
    );
    const { clones } = await work(push, action(asked('test-linux/opt-1')));
    expect(clones.map(({ taskId }) => taskId)).toEqual([id('test1')]);
  });

  it('is not needed for exactly as many as can be written', async () => {
    const requests = Array.from({ length: 20 }, () => ({ labels: ['source-lint'], times: 100 }));
    const planned = await plan(smallPush(), action({ kind: 'labels', requests }));
    expect(planned.kind === 'work' && planned.clones).toHaveLength(2_000);
  });

  it('is not needed for the rerun of a task without a mark', async () => {
    const push = smallPush();
    add(push, id('x'), 'x', 'failed', { tags: {} });
    const planned = await plan(push, action({ kind: 'rerun', taskId: id('x') }));
    expect(planned.kind === 'work' && planned.reruns).toHaveLength(1);
  });
});
