import { describe, expect, it } from 'vitest';
import { checkCreations } from '../../../functions/actions/check-creations.ts';
import { MemoizedReader } from '../../../functions/actions/memoized-reader.ts';
import type { Action, Creation } from '../../../functions/actions/plan.ts';
import { graphEntry } from '../../../functions/graph/entry.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { action, DECISION, definition, id, inTreeHook, status } from '../fixtures.ts';
import { emptyPush, readerOf } from './memory-push.ts';

const rounds = [{ name: '0', requested: ['a'], standing: [] }];
const entry = graphEntry('a', { label: 'a', kind: 'test', attributes: {}, task: {}, dependencies: {} });

function creation(name: string, changes: Partial<TaskDefinition> = {}): Omit<Creation, 'exists'> {
  return {
    label: name,
    reason: '',
    copy: 1,
    newTaskId: id(`new_${name}`),
    after: [],
    definition: definition({ dependencies: [], ...changes }),
    entry,
    round: '0',
    requested: true,
  };
}

/** Checks them with these tasks in the queue, and returns what was read. */
async function check(
  creations: Omit<Creation, 'exists'>[],
  known: Parameters<typeof status>[] = [],
  changes: Partial<Action> = {},
) {
  const push = emptyPush();
  for (const [taskId, ...others] of known) push.statuses.set(taskId, status(taskId, ...others));
  const reader = readerOf(push);
  const asked = action({ kind: 'new-jobs', labels: ['a'], times: 1 }, changes);
  const checked = await checkCreations(asked, { creations, rounds }, new MemoizedReader(reader));
  return { checked, reads: reader.reads };
}

const [one, other] = [id('one'), id('other')];

const warning = (label: string, taskId: string, state: string) =>
  `${label} depends on ${taskId}, which is ${state}: the new task waits until that one is rerun and completes`;

describe('new tasks', () => {
  it('may be made if everything that they need exists', async () => {
    const creations = [creation('a'), creation('b', { dependencies: [id('new_a'), one, DECISION] })];
    expect(await check(creations, [[one]])).toStrictEqual({
      checked: { creations: creations.map((each) => ({ ...each, exists: false })), rounds, warnings: [] },
      reads: [`statuses ${[one, DECISION].toSorted().join(' ')}`],
    });
  });

  it('need nothing to be read if they need nothing', async () => {
    expect((await check([creation('a')])).reads).toStrictEqual([]);
    const { dependencies: _dependencies, ...without } = definition();
    expect((await check([{ ...creation('a'), definition: without }])).reads).toStrictEqual([]);
  });

  it('are looked up by a repeated action', async () => {
    const { checked, reads } = await check([creation('a'), creation('b')], [[id('new_a')]], {
      repeated: true,
    });
    expect(checked).toMatchObject({ creations: [{ exists: true }, { exists: false }] });
    expect(reads).toStrictEqual([`statuses ${id('new_a')} ${id('new_b')}`]);
  });

  it('are forwarded if one is protected', async () => {
    const cached = creation('b', { routes: ['index.gecko.cache.b'] });
    expect((await check([creation('a'), cached])).checked).toStrictEqual({
      kind: 'forward',
      because: 'protected',
      reason: 'b: it is indexed in a shared cache (index.gecko.cache.b)',
    });
    const hook = inTreeHook('project-gecko', 'in-tree-action-3-generic/0123456789');
    const routed = creation('a', { routes: ['index.gecko.a'] });
    expect((await check([routed], [], { hook })).checked).toMatchObject({ because: 'protected' });
    expect((await check([routed])).checked).not.toHaveProperty('because');
  });

  it.each<[string, Parameters<typeof status>[]]>([
    ['is gone', []],
    ['expires before their deadline', [[one, 'completed', { expires: '2026-05-02T09:59:59.999Z' }]]],
  ])('are the full hook’s if a dependency %s', async (_what, known) => {
    const { checked } = await check([creation('a', { dependencies: [one] })], known);
    expect(checked).toStrictEqual({
      kind: 'forward',
      because: 'missing-dependency',
      reason: `a: its dependency ${one} is gone or expires too soon`,
    });
  });

  it('may depend on a task that expires exactly at their deadline', async () => {
    const { checked } = await check(
      [creation('a', { dependencies: [one] })],
      [[one, 'completed', { expires: definition().deadline }]],
    );
    expect(checked).not.toHaveProperty('because');
  });

  it('come with a warning for each failed dependency, once for each label', async () => {
    const twice = creation('a', { dependencies: [one, other] });
    const { checked } = await check(
      [twice, twice, creation('b', { dependencies: [one] })],
      [
        [one, 'failed'],
        [other, 'exception'],
      ],
    );
    expect(checked).toMatchObject({
      warnings: [warning('a', one, 'failed'), warning('a', other, 'exception'), warning('b', one, 'failed')],
    });
  });

  it('come with no warning if they run whatever the state of their dependencies', async () => {
    const { checked } = await check(
      [creation('a', { dependencies: [one], requires: 'all-resolved' })],
      [[one, 'failed']],
    );
    expect(checked).toMatchObject({ warnings: [] });
  });
});
