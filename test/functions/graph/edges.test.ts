import { describe, expect, it } from 'vitest';
import { Edges } from '../../../functions/graph/edges.ts';
import { NumberList } from '../../../functions/graph/number-list.ts';
import { GraphError, malformedGraph } from '../../../functions/graph/task-graph.ts';

function edgesOf(graph: Record<string, string[]>): Edges {
  const edges = new Edges();
  for (const [label, dependencies] of Object.entries(graph)) edges.add(label, dependencies);
  edges.allAdded();
  return edges;
}

const diamond = () =>
  edgesOf({ test: ['build', 'image'], build: ['image'], image: [], lint: [], docs: ['lint'] });

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('edges', () => {
  it('lead to everything that labels depend on, and to everything that depends on them', () => {
    const edges = diamond();
    expect(edges.closure(['test'])).toStrictEqual(new Set(['test', 'build', 'image']));
    expect(edges.closure(['build', 'docs'])).toStrictEqual(new Set(['build', 'image', 'docs', 'lint']));
    expect(edges.closure(['image'])).toStrictEqual(new Set(['image']));
    expect(edges.dependents(['image'])).toStrictEqual(new Set(['image', 'build', 'test']));
    expect(edges.dependents(['lint'])).toStrictEqual(new Set(['lint', 'docs']));
    expect(edges.dependents(['test'])).toStrictEqual(new Set(['test']));
  });

  it('form chains, whatever the order of entries', () => {
    const chain = { a: ['b'], b: ['c'], c: ['d'], d: [] };
    const backwards = Object.fromEntries(Object.entries(chain).toReversed());
    for (const edges of [edgesOf(chain), edgesOf(backwards)]) {
      expect(edges.closure(['a'])).toStrictEqual(new Set(['a', 'b', 'c', 'd']));
      expect(edges.dependents(['d'])).toStrictEqual(new Set(['a', 'b', 'c', 'd']));
      expect(edges.closure(['c'])).toStrictEqual(new Set(['c', 'd']));
    }
  });

  it('know each dependency once, and nothing of unknown labels', () => {
    const edges = edgesOf({ a: ['b', 'b', 'c'], b: [], c: [] });
    expect(edges.dependenciesOf('a')).toStrictEqual(['b', 'c']);
    expect(edges.dependenciesOf('nonsense')).toStrictEqual([]);
    expect(edges.closure(['nonsense', 'b'])).toStrictEqual(new Set(['b']));
    expect(edges.closure(['nonsense'])).toStrictEqual(new Set());
    expect(edges.dependents(['nonsense'])).toStrictEqual(new Set());
    expect([edges.numberOf('c'), edges.numberOf('nonsense')]).toStrictEqual([2, undefined]);
    expect([...edges.labels()]).toStrictEqual(['a', 'b', 'c']);
  });

  it('are those of the last entry of a label', () => {
    const edges = new Edges();
    expect([edges.add('a', ['b']), edges.add('b', []), edges.add('a', [])]).toStrictEqual([0, 1, 0]);
    edges.allAdded();
    expect(edges.closure(['a'])).toStrictEqual(new Set(['a']));
  });

  it.each<[string, Record<string, string[]>, string]>([
    ['a label without an entry', { a: ['b'] }, 'the graph has no entry for a label that others depend on'],
    ['a cycle', { a: ['b'], b: ['a'] }, 'the graph has a dependency cycle'],
    ['a cycle beside others', { a: ['b'], b: ['a'], c: ['d'], d: [] }, 'the graph has a dependency cycle'],
  ])('are malformed with %s', (_what, graph, message) => {
    expect(thrownBy(() => edgesOf(graph))).toStrictEqual(new GraphError('malformed', message));
  });

  it('allow labels of at most 1,000 characters', () => {
    const edges = new Edges();
    edges.add('a'.repeat(1_000), []);
    expect(thrownBy(() => edges.add('a'.repeat(1_001), []))).toStrictEqual(
      new GraphError('malformed', 'a label in the graph has more than 1000 characters'),
    );
  });

  it('allow at most 100,000 labels', () => {
    const edges = new Edges();
    for (let count = 0; count < 100_000; count++) edges.add(`${count}`, []);
    expect(thrownBy(() => edges.add('one more', []))).toStrictEqual(
      new GraphError('too-large', 'the graph has more than 100000 labels'),
    );
    expect(edges.add('0', [])).toBe(0);
  });

  it('are at most 4,000,000', () => {
    const edges = new Edges();
    const needs = Array.from({ length: 2_000 }, (_, index) => `${index}`);
    for (let count = 0; count < 2_000; count++) edges.add('a', needs);
    expect(thrownBy(() => edges.add('a', ['0']))).toStrictEqual(
      new GraphError('too-large', 'the graph has more than 4000000 dependencies'),
    );
  });

  it('take memory for their labels, lists and order', () => {
    const list = new NumberList().bytes;
    expect(list).toBe(4_096);
    expect(new Edges().bytes).toBe(3 * list);
    // Two labels of five characters in all, and their order.
    expect(edgesOf({ ab: ['cde'], cde: [] }).bytes).toBe(5 + 2 * 64 + 3 * list + 2 * 4);
  });
});

describe('a list of numbers', () => {
  it('grows as far as it is filled, and keeps what it has', () => {
    const list = new NumberList();
    for (let index = 0; index < 1_024; index++) list.push(index);
    expect([list.length, list.bytes]).toStrictEqual([1_024, 4_096]);
    list.push(7);
    expect([list.length, list.bytes]).toStrictEqual([1_025, 2 * 1_025 * 4]);
    expect([list.at(0), list.at(1_023), list.at(1_024), list.at(1_025), list.at(99_999)]).toStrictEqual([
      0, 1_023, 7, 0, 0,
    ]);
    list.set(3, 9);
    expect([list.length, list.at(3)]).toStrictEqual([1_025, 9]);
    list.set(5_000, 1);
    expect([list.length, list.at(5_000), list.at(4_999)]).toStrictEqual([5_001, 1, 0]);
    expect([...list.view(2, 5)]).toStrictEqual([2, 9, 4]);
  });
});

it('an error of a graph says which kind it is', () => {
  expect(malformedGraph()).toMatchObject({
    name: 'GraphError',
    code: 'malformed',
    message: 'full-task-graph.json is not what taskgraph writes',
  });
});
