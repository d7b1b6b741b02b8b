import { describe, expect, it } from 'vitest';
import { graphEntry } from '../../../functions/graph/entry.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';
import { MemoryGraph } from '../../support/memory-graph.ts';

const written = (label: string, changes: Record<string, unknown> = {}) => ({
  label,
  kind: 'test',
  description: 'a test',
  attributes: { retrigger: true },
  dependencies: { build: 'build-linux64/opt' },
  soft_dependencies: ['lint'],
  if_dependencies: [],
  optimization: { 'skip-unless-changed': ['dom/**'] },
  task: { metadata: { name: label } },
  ...changes,
});

describe('an entry of the graph', () => {
  it('has what taskgraph wrote', () => {
    expect(graphEntry('test-1', written('test-1'))).toStrictEqual({
      label: 'test-1',
      kind: 'test',
      description: 'a test',
      attributes: { retrigger: true },
      dependencies: { build: 'build-linux64/opt' },
      softDependencies: ['lint'],
      ifDependencies: [],
      optimization: { 'skip-unless-changed': ['dom/**'] },
      task: { metadata: { name: 'test-1' } },
    });
  });

  it('has taskgraph’s defaults', () => {
    const { label, kind, attributes, dependencies, task } = written('test-1');
    expect(graphEntry('test-1', { label, kind, attributes, dependencies, task })).toMatchObject({
      description: '',
      softDependencies: [],
      ifDependencies: [],
      optimization: null,
    });
  });

  it.each([null, undefined, 'test-1', []])('is refused as %j', (value) => {
    expect(() => graphEntry('test-1', value)).toThrow(
      new GraphError('malformed', 'an entry of the graph is not what taskgraph writes'),
    );
  });

  it.each([
    ['another label', { label: 'test-2' }],
    ['no label', { label: undefined }],
    ['no kind', { kind: undefined }],
    ['attributes that are a list', { attributes: [] }],
    ['no task', { task: undefined }],
    ['no dependencies', { dependencies: undefined }],
    ['dependencies that are null', { dependencies: null }],
    ['a dependency that is a number', { dependencies: { build: 1 } }],
    ['soft dependencies that are an object', { soft_dependencies: {} }],
    ['an if-dependency that is null', { if_dependencies: [null] }],
    ['an optimization that is a name', { optimization: 'never' }],
    ['a description that is a number', { description: 1 }],
  ])('is refused with %s', (_, changes) => {
    expect(() => graphEntry('test-1', written('test-1', changes))).toThrow(GraphError);
  });

  it('keeps an edge that is called __proto__', () => {
    const dependencies: unknown = JSON.parse('{"__proto__": "build"}');
    expect(Object.entries(graphEntry('a', written('a', { dependencies })).dependencies)).toStrictEqual([
      ['__proto__', 'build'],
    ]);
  });
});

describe('a graph in memory', () => {
  it('follows the edges in both directions, and leaves out unknown labels', async () => {
    const graph = new MemoryGraph({
      image: written('image', { dependencies: {} }),
      build: written('build', { dependencies: { image: 'image' } }),
      test: written('test', { dependencies: { build: 'build', installer: 'build' } }),
    });
    expect(graph.dependenciesOf('test')).toStrictEqual(['build']);
    expect(graph.closure(['build', 'unknown'])).toStrictEqual(new Set(['build', 'image']));
    expect(graph.dependents(['build', 'unknown'])).toStrictEqual(new Set(['build', 'test']));
    expect([...(await graph.entries(['test', 'unknown'])).keys()]).toStrictEqual(['test']);
    expect([...graph.labels()].filter((label) => graph.has(label))).toStrictEqual(['image', 'build', 'test']);
  });
});
