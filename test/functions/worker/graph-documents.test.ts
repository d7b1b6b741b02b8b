import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import type { Performed } from '../../../functions/actions/perform.ts';
import { noWork, type Clone, type Creation, type Round, type Work } from '../../../functions/actions/plan.ts';
import type { GraphEntry } from '../../../functions/graph/task-graph.ts';
import { graphDocuments } from '../../../functions/worker/graph-documents.ts';
import { action, definition, id, named } from '../fixtures.ts';

function clone(label: string, taskId: string, newTaskId: string, changes: Partial<Clone> = {}): Clone {
  return {
    label,
    taskId,
    newTaskId,
    definition: definition({ metadata: named(label) }),
    reason: 'r',
    copy: 1,
    replacements: new Map(),
    after: [],
    exists: false,
    ...changes,
  };
}

function creation(
  label: string,
  newTaskId: string,
  round: string,
  changes: Partial<Creation> = {},
): Creation {
  return {
    label,
    newTaskId,
    round,
    reason: 'r',
    copy: 1,
    after: [],
    definition: definition({ metadata: named(label) }),
    entry: entry(label),
    requested: true,
    exists: false,
    ...changes,
  };
}

function entry(label: string, dependencies: Record<string, string> = {}): GraphEntry {
  return {
    label,
    kind: 'test',
    description: `what ${label} is`,
    attributes: { of: label },
    dependencies,
    softDependencies: [`${label}-softly`],
    ifDependencies: [`${label}-if`],
    optimization: { never: null },
    task: {},
  };
}

const round = (name: string, changes: Partial<Round> = {}): Round => ({
  name,
  requested: [],
  standing: [],
  ...changes,
});

const made = (newTaskId: string): ItemOutcome => ({
  label: 'any',
  newTaskId,
  result: 'created',
  reason: 'r',
});

function documentsOf(plan: Partial<Work>, items: ItemOutcome[]) {
  const performed: Performed = {
    kind: 'performed',
    action: action({ kind: 'rerun', taskId: id('a') }, { parent: id('action') }),
    plan: { ...noWork(), ...plan },
    outcome: { items, warnings: [] },
  };
  return Object.fromEntries(graphDocuments(performed));
}

describe('the documents of clones', () => {
  it('list each one that was made, as taskgraph writes a task', () => {
    const documents = documentsOf({ clones: [clone('a', id('a'), id('a2'))] }, [made(id('a2'))]);
    expect(documents).toEqual({
      '': {
        'task-graph': {
          [id('a2')]: {
            kind: 'test',
            label: 'a',
            attributes: {},
            dependencies: {},
            soft_dependencies: [],
            if_dependencies: [],
            optimization: null,
            task_id: id('a2'),
            task: expect.objectContaining({
              metadata: named('a'),
              extra: { parent: id('action') },
              created: '2026-05-01T12:30:00.250Z',
            }),
          },
        },
        'label-to-taskid': { a: id('a2') },
        'to-run': ['a'],
      },
    });
  });

  it.each([
    ['has no tags', undefined],
    ['has no such tag', {}],
  ])('leave the kind empty where the task %s', (_what, tags) => {
    const { tags: _, ...untagged } = definition({ metadata: named('a') });
    const original = tags === undefined ? untagged : { ...untagged, tags };
    const documents = documentsOf({ clones: [clone('a', id('a'), id('a2'), { definition: original })] }, [
      made(id('a2')),
    ]);
    expect(documents['']?.['task-graph']).toMatchObject({ [id('a2')]: { kind: '' } });
  });

  it('map a label to its last copy, and list it once in to-run', () => {
    const copies = [clone('a', id('a'), id('a2')), clone('a', id('a'), id('a3'), { copy: 2 })];
    const { '': whole } = documentsOf({ clones: copies }, [made(id('a2')), made(id('a3'))]);
    expect(Object.keys(whole?.['task-graph'] ?? {})).toEqual([id('a2'), id('a3')]);
    expect(whole?.['label-to-taskid']).toEqual({ a: id('a3') });
    expect(whole?.['to-run']).toEqual(['a']);
  });

  it('list nothing that was refused, or that may exist', () => {
    const clones = [
      clone('a', id('a'), id('a2')),
      clone('b', id('b'), id('b2')),
      clone('c', id('c'), id('c2')),
    ];
    const { '': whole } = documentsOf({ clones }, [
      { ...made(id('a2')), result: 'refused' },
      made(id('b2')),
      { ...made(id('c2')), result: 'unknown' },
    ]);
    expect(Object.keys(whole?.['task-graph'] ?? {})).toEqual([id('b2')]);
    expect(whole?.['label-to-taskid']).toEqual({ b: id('b2') });
    expect(whole?.['to-run']).toEqual(['b']);
  });
});

describe('the documents of new tasks', () => {
  const build = creation('build', id('build2'), '0', { requested: false });
  const test = creation('test', id('test2'), '0', {
    entry: entry('test', { build: 'build', docker: 'image' }),
  });

  it('list each as in the graph, with edges only to those made with it', () => {
    const documents = documentsOf(
      { creations: [build, test], rounds: [round('0', { requested: ['test'] })] },
      [made(id('build2')), made(id('test2'))],
    );
    expect(documents).toStrictEqual({
      '': {
        'task-graph': {
          [id('build2')]: expect.objectContaining({
            label: 'build',
            task_id: id('build2'),
            dependencies: {},
          }),
          [id('test2')]: {
            kind: 'test',
            label: 'test',
            description: 'what test is',
            attributes: { of: 'test' },
            dependencies: { build: id('build2') },
            soft_dependencies: ['test-softly'],
            if_dependencies: ['test-if'],
            optimization: { never: null },
            task_id: id('test2'),
            task: test.definition,
          },
        },
        'label-to-taskid': { build: id('build2'), test: id('test2') },
        'to-run': ['test'],
      },
    });
  });

  it('list nothing that was refused, even if it was requested', () => {
    const { '': whole } = documentsOf(
      { creations: [build, test], rounds: [round('0', { requested: ['test'] })] },
      [made(id('build2')), { ...made(id('test2')), result: 'refused' }],
    );
    expect(Object.keys(whole?.['task-graph'] ?? {})).toEqual([id('build2')]);
    expect(whole?.['label-to-taskid']).toEqual({ build: id('build2') });
    expect(whole?.['to-run']).toEqual(['test']);
  });

  it('map labels to what was found in the index, but not to what the push already has', () => {
    const standing = [
      { label: 'image', taskId: id('image'), in: 'index' } as const,
      { label: 'toolchain', taskId: id('tools'), in: 'push' } as const,
    ];
    const { '': whole } = documentsOf({ creations: [test], rounds: [round('0', { standing })] }, [
      made(id('test2')),
    ]);
    expect(whole?.['label-to-taskid']).toEqual({ image: id('image'), test: id('test2') });
    expect(Object.keys(whole?.['task-graph'] ?? {})).toEqual([id('test2')]);
  });

  it('leave duplicates out of the graph, and map the label to the task itself', () => {
    const copy = creation('test', id('test3'), '0', { copy: 2, duplicateOf: id('test2') });
    for (const creations of [
      [test, copy],
      [copy, test],
    ]) {
      const { '': whole } = documentsOf({ creations, rounds: [round('0')] }, [
        made(id('test2')),
        made(id('test3')),
      ]);
      expect(Object.keys(whole?.['task-graph'] ?? {})).toEqual([id('test2')]);
      expect(whole?.['label-to-taskid']).toEqual({ test: id('test2') });
    }
  });

  it('map the label to a duplicate if the task itself was refused', () => {
    const copy = creation('test', id('test3'), '0', { copy: 2, duplicateOf: id('test2') });
    const { '': whole } = documentsOf({ creations: [test, copy], rounds: [round('0')] }, [made(id('test3'))]);
    expect(whole?.['task-graph']).toEqual({});
    expect(whole?.['label-to-taskid']).toEqual({ test: id('test3') });
  });

  it('are written for each of several rounds, and for all of them together', () => {
    const again = creation('test', id('test3'), '1');
    const documents = documentsOf(
      {
        clones: [clone('a', id('a'), id('a2'))],
        creations: [test, again],
        rounds: [round('0', { requested: ['test'] }), round('1', { requested: ['test'] })],
      },
      [made(id('a2')), made(id('test2')), made(id('test3'))],
    );
    const shown = Object.entries(documents).map(([suffix, of]) => [
      suffix,
      Object.keys(of['task-graph']),
      of['label-to-taskid'],
      of['to-run'],
    ]);
    expect(shown).toEqual([
      ['', [id('a2'), id('test2'), id('test3')], { a: id('a2'), test: id('test3') }, ['a', 'test']],
      ['-0', [id('test2')], { test: id('test2') }, ['test']],
      ['-1', [id('test3')], { test: id('test3') }, ['test']],
    ]);
  });
});
