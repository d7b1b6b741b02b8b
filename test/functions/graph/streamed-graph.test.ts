import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../../functions/graph/streamed-graph.ts';
import { GraphError } from '../../../functions/graph/task-graph.ts';
import { OverBudgetError, READING_LIMITS, withinBudget } from '../../../functions/platform/reading-budget.ts';
import { MemoryGraph } from '../../support/memory-graph.ts';

const entry = (label: string, needs: readonly string[], more: Record<string, unknown> = {}) => ({
  attributes: { retrigger: needs.length > 0 },
  dependencies: Object.fromEntries(needs.map((need, index) => [`edge-${index}`, need])),
  description: `ü ${label}`,
  kind: 'test',
  label,
  optimization: null,
  soft_dependencies: [],
  task: { metadata: { name: label } },
  ...more,
});

async function* broken() {
  yield await Promise.resolve(Buffer.from('{'));
  throw new Error('the network is gone');
}

type Document = Record<string, ReturnType<typeof entry>>;

async function* chunked(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const read = (document: unknown, size = 65_536) =>
  readGraph(chunked(Buffer.from(JSON.stringify(document)), size));

/** Labels that each depend on earlier ones in one order, but are written in another. */
const dag: fc.Arbitrary<Document> = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 })
  .chain((wishes) => {
    const made = wishes.map((before, index): [string, ReturnType<typeof entry>] => {
      const needs = index === 0 ? [] : before.map((wish) => `task-${wish % index}`);
      return [`task-${index}`, entry(`task-${index}`, needs)];
    });
    return fc
      .shuffledSubarray(made, { minLength: made.length })
      .map((members) => Object.fromEntries(members));
  });

describe('a graph read as a stream', () => {
  it('counts the entries that an action parses towards what it may read', async () => {
    const graph = await read({ a: entry('a', []), b: entry('b', []) });
    const parse = (bytes: number) => withinBudget({ ...READING_LIMITS, bytes }, () => graph.entries(['a']));
    await expect(parse(1_000)).resolves.toHaveProperty('size', 1);
    await expect(parse(100)).rejects.toThrow(OverBudgetError);
  });

  it('gives the same answers as one from JSON.parse', async () => {
    const wanted = fc.array(
      fc.nat({ max: 14 }).map((number) => `task-${number}`),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(dag, wanted, fc.integer({ min: 1, max: 200 }), async (document, labels, size) => {
        const graph = await read(document, size);
        const expected = new MemoryGraph(document);
        expect(new Set(graph.labels())).toStrictEqual(new Set(expected.labels()));
        expect(graph.closure(labels)).toStrictEqual(expected.closure(labels));
        expect(graph.dependents(labels)).toStrictEqual(expected.dependents(labels));
        for (const label of labels) {
          expect(graph.has(label)).toBe(expected.has(label));
          expect(graph.dependenciesOf(label)).toStrictEqual(expected.dependenciesOf(label));
        }
        const [found, known] = await Promise.all([graph.entries(labels), expected.entries(labels)]);
        expect(new Map(found)).toStrictEqual(new Map(known));
      }),
    );
  });

  it('finds entries that are far apart, and entries that span two blocks', async () => {
    const text = Array.from({ length: 400 }, (_, index) => `${index} `.repeat(100)).join('é');
    const document = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `task-${index}`,
        entry(`task-${index}`, [], { task: { text, index } }),
      ]),
    );
    const graph = await read(document);
    const entries = await graph.entries(['task-11', 'task-0', 'task-5']);
    expect(new Map(entries)).toStrictEqual(new Map(await new MemoryGraph(document).entries(entries.keys())));
    const all = await graph.entries(graph.labels());
    expect([...all.values()].map(({ task }) => task['index'])).toStrictEqual(
      Array.from({ length: 12 }, (_, index) => index),
    );
  });

  it('uses the last of two entries of one label', async () => {
    const text = `{"a": ${JSON.stringify(entry('a', ['b']))}, "b": ${JSON.stringify(entry('b', []))}, "a": ${JSON.stringify(entry('a', []))}}`;
    const graph = await readGraph(chunked(Buffer.from(text), 100));
    expect(graph.closure(['a'])).toStrictEqual(new Set(['a']));
    expect((await graph.entries(['a'])).get('a')?.dependencies).toStrictEqual({});
  });

  it('may be empty', async () => {
    expect([...(await read({})).labels()]).toStrictEqual([]);
  });

  it.each([
    ['a dependency that is not there', { a: entry('a', ['b']) }, 'no entry for a label'],
    ['a label that depends on itself', { a: entry('a', ['a']) }, 'dependency cycle'],
    [
      'a cycle',
      { a: entry('a', ['b']), b: entry('b', ['c']), c: entry('c', ['a']), d: entry('d', ['a']) },
      'dependency cycle',
    ],
    [
      'a dependency that is no label',
      { a: { ...entry('a', []), dependencies: { b: 1 } } },
      'not what taskgraph writes',
    ],
    ['a label without end', { ['a'.repeat(1_001)]: entry('a', []) }, 'more than 1000 characters'],
    [
      'labels without end',
      Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [at, { dependencies: {} }])),
      'more than 100000 labels',
    ],
  ])('is refused with %s', async (_, document, why) => {
    const error: unknown = await read(document).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GraphError);
    expect(String(error)).toContain(why);
  });

  it('is refused if a requested entry is invalid', async () => {
    const graph = await read({ a: entry('a', []), b: { dependencies: {} } });
    await expect(graph.entries(['a'])).resolves.toHaveProperty('size', 1);
    await expect(graph.entries(['b'])).rejects.toThrow(GraphError);
  });

  it('is refused when it is cut off, or not UTF-8', async () => {
    const bytes = Buffer.from(JSON.stringify({ a: entry('a', []) }));
    await expect(readGraph(chunked(bytes.subarray(0, -1), 10))).rejects.toThrow(GraphError);
    bytes[bytes.indexOf('ü')] = 0xff;
    await expect(readGraph(chunked(bytes, 10))).rejects.toThrow('not UTF-8');
  });

  it('limits how much it parses at once', async () => {
    const large = entry('', [], { task: { text: 'x'.repeat(3 * 1024 * 1024) } });
    const document = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`task-${at}`, { ...large, label: `task-${at}` }]),
    );
    const graph = await read(document);
    await expect(graph.entries(['task-1'])).resolves.toHaveProperty('size', 1);
    await expect(graph.entries(graph.labels())).rejects.toThrow('the entries that are needed have more than');
  });

  it('fails when reading fails', async () => {
    await expect(readGraph(broken())).rejects.toThrow('the network is gone');
  });
});

describe('the entries of a graph', () => {
  const four = { a: entry('a', ['b']), b: entry('b', []), c: entry('c', ['a']), d: entry('d', []) };

  it('are those that are asked for, each once, in the order of the graph', async () => {
    const graph = await read(four);
    expect([...(await graph.entries(['d', 'b', 'b', 'nonsense', 'a'])).keys()]).toStrictEqual([
      'a',
      'b',
      'd',
    ]);
    expect((await graph.entries(['nonsense'])).size).toBe(0);
  });

  it('may be many, and let others have their turn', async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`t${at}`, entry(`t${at}`, [])]));
    const graph = await read(many);
    let turns = 0;
    const count = () => {
      turns++;
      waiting = setImmediate(count);
    };
    let waiting = setImmediate(count);
    const few = await graph.entries(['t1', 't2']);
    expect([few.size, turns]).toStrictEqual([2, 0]);
    const all = await graph.entries(graph.labels());
    clearImmediate(waiting);
    expect(all.size).toBe(250);
    expect(turns).toBeGreaterThanOrEqual(1);
    expect(turns).toBeLessThan(10);
  });

  it('have 32 MB at most in all', async () => {
    const [bytes, some] = [32 * 1024 * 1024, 11];
    const sized = (label: string, size: number) => {
      const empty = JSON.stringify(entry(label, [], { task: { text: '' } })).length + 1;
      return entry(label, [], { task: { text: 'x'.repeat(size - empty) } });
    };
    const labels = Array.from({ length: some }, (_, at) => `t${at}`.padEnd(3, '_'));
    const share = Math.floor(bytes / some);
    const document = Object.fromEntries(
      labels.map((label, at) => [label, sized(label, at === 0 ? bytes - share * (some - 1) : share)]),
    );
    const graph = await read({ ...document, more: entry('more', []) });
    expect((await graph.entries(labels)).size).toBe(some);
    await expect(graph.entries([...labels, 'more'])).rejects.toThrow(
      new GraphError('too-large', 'the entries that are needed have more than 33554432 bytes'),
    );
  });
});

it('a graph takes memory for its edges, its places and its packed bytes', async () => {
  const one = await read({ a: entry('a', []) });
  const two = await read({ a: entry('a', []), b: entry('b', []) });
  // Five lists of 4,096 bytes; a label and its place in the order; and what one entry is packed to.
  const least = 5 * 4_096 + 1 + 64 + 4;
  expect(one.bytes).toBeGreaterThan(least);
  expect(one.bytes).toBeLessThan(least + 400);
  expect(two.bytes - one.bytes).toBeGreaterThan(69);
});
