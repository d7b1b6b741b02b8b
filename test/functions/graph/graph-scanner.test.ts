import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphScanner, type ScannedEntry } from '../../../functions/graph/graph-scanner.ts';
import { GraphError, malformedGraph } from '../../../functions/graph/task-graph.ts';
import { whim, write, writtenGraph } from './written-graph.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';

/** Labels in order of appearance, with entry and dependencies; undefined if it is not such a graph. */
type Entries = [label: string, entry: unknown, dependencies: unknown][] | undefined;

/** @param cuts where one piece ends and the next begins */
function scanned(bytes: Buffer, cuts: readonly number[]): Entries {
  const entries: ScannedEntry[] = [];
  const scanner = new GraphScanner((entry) => entries.push(entry));
  try {
    const places = [
      0,
      ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
      bytes.length,
    ];
    for (const [index, from] of places.entries()) {
      const piece = Buffer.from(bytes.subarray(from, places[index + 1]));
      scanner.write(piece);
      // Reusing the piece must not change the result.
      piece.fill(0x23);
    }
    scanner.end();
  } catch (error) {
    if (error instanceof GraphError) return undefined;
    throw error;
  }
  // Only now, because the scanner would take an error from JSON.parse for its own.
  return entries.map(({ label, from, to, dependencies }) => [
    label,
    JSON.parse(bytes.subarray(from, to).toString('utf8')),
    dependencies,
  ]);
}

/** The same with JSON.parse, which has each label once. */
function parsed(bytes: Buffer): Entries {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(document)) return undefined;
  const entries = Object.entries(document);
  const isGraph = entries.every(([, entry]) => isObject(entry) && isObject(entry['dependencies']));
  if (!isGraph) return undefined;
  return entries.map(([label, entry]) => [label, entry, isObject(entry) ? entry['dependencies'] : undefined]);
}

const nested = (depth: number) =>
  Buffer.from(`{"a": {"dependencies": {}, "x": ${'['.repeat(depth)}${']'.repeat(depth)}}}`);

const endless = (before: string) => () => {
  const scanner = new GraphScanner(() => undefined);
  scanner.write(Buffer.from(before));
  for (let written = 0; written < 8 * 1024 * 1024; written += 65_536)
    scanner.write(Buffer.alloc(65_536, ' '));
};

const lastOfEach = (entries: Entries) => entries && new Map(entries.map(([label, ...rest]) => [label, rest]));

// The properties end at the first failure, because shrinking one of these graphs takes minutes.
const cuts = fc.array(fc.nat(), { maxLength: 20 });
const graph = fc.tuple(writtenGraph, whim).map(([written, choose]) => write(written, choose));

describe('the scanner of graphs', () => {
  it('finds what JSON.parse finds, wherever the pieces end', () => {
    fc.assert(
      fc.property(graph, cuts, (text, places) => {
        const bytes = Buffer.from(text);
        expect(lastOfEach(scanned(bytes, places))).toStrictEqual(lastOfEach(parsed(bytes)));
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('gives the same result byte by byte', () => {
    fc.assert(
      fc.property(graph, (text) => {
        const bytes = Buffer.from(text);
        const everywhere = Array.from(bytes, (_, index) => index);
        expect(scanned(bytes, everywhere)).toStrictEqual(scanned(bytes, []));
      }),
      { endOnFailure: true },
    );
  });

  it('refuses what JSON.parse refuses, whichever byte is wrong', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[],:"\\ 0-.e1tn\n')), fc.nat({ max: 127 }));
    fc.assert(
      fc.property(graph, fc.nat(), byte, fc.nat({ max: 2 }), cuts, (text, where, wrong, removed, places) => {
        const bytes = Buffer.from(text);
        const at = where % bytes.length;
        const broken = Buffer.concat([bytes.subarray(0, at), Buffer.of(wrong), bytes.subarray(at + removed)]);
        const found = scanned(broken, places);
        // It may also refuse what JSON.parse accepts: for a repeated key, an invalid first value.
        expect([undefined, lastOfEach(parsed(broken))]).toContainEqual(lastOfEach(found));
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });

  it.each([
    ['nothing', ''],
    ['a list', '[]'],
    ['a number', '1'],
    ['an entry that is a list', '{"a": []}'],
    ['an entry that is a string', '{"a": "b"}'],
    ['an entry without dependencies', '{"a": {"dependencies_": {}}}'],
    ['dependencies of something within an entry', '{"a": {"task": {"dependencies": {}}}}'],
    ['dependencies that are a list', '{"a": {"dependencies": []}}'],
    ['dependencies that are null', '{"a": {"dependencies": null}}'],
    ['two documents', '{} {}'],
    ['a comma too many', '{"a": {"dependencies": {},}}'],
    ['Python’s own numbers', '{"a": {"dependencies": {}, "x": NaN}}'],
    ['a mark in front', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(scanned(Buffer.from(text), [])).toBeUndefined();
  });

  it.each([
    '0',
    '-0',
    '10.50',
    '-1e5',
    '1E+05',
    '2.5e-3',
    '00',
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    '1e+',
    '+1',
    '0x1',
    '1.e1',
    '--1',
    'true',
    'false',
    'null',
    'tru',
    'nul1',
    'truefalse',
    '"\\q"',
    '"\\u12g4"',
    '"\\u00e9\\/"',
    '"\u0001"',
    '"\t"',
    "'a'",
  ])('takes %s if JSON.parse does', (value) => {
    const bytes = Buffer.from(`{"a": {"dependencies": {}, "x": ${value}}}`);
    expect(scanned(bytes, [])).toStrictEqual(parsed(bytes));
  });

  it('accepts nothing that is nested deeper than our code walks', () => {
    expect(scanned(nested(98), [])).toBeDefined();
    expect(scanned(nested(99), [])).toBeUndefined();
    expect(scanned(nested(1_000_000), [])).toBeUndefined();
  });

  it('accepts no endless entry or label', () => {
    expect(endless('{"a": {')).toThrow('an entry of the graph has more than 4194304 bytes');
    expect(endless('{"a": {"dependencies": {')).toThrow(GraphError);
    expect(endless('{"a')).toThrow(GraphError);
    expect(endless('{')).toThrow(GraphError);
    expect(endless('')).toThrow(GraphError);
  });
});

const scan = (size: number) => () => {
  const scanner = new GraphScanner(() => undefined);
  const head = '{"a": {"dependencies": {}, "b": {}}, "c": {"dependencies": {}, "x": "';
  const tail = '"}}';
  const before = head.length - head.indexOf('{"dependencies": {}, "x"');
  scanner.write(Buffer.from(head + 'x'.repeat(size - before - 2) + tail));
  scanner.end();
};

describe('a scanned graph', () => {
  const text =
    '{"a": {"x": [1, {"dependencies": 3}], "dependencies": {"e": "b"}}, "b": {"dependencies": {}}}';
  const bytes = Buffer.from(text);
  const places = (pieces: readonly Buffer[]) => {
    const found: unknown[] = [];
    const scanner = new GraphScanner(({ label, from, to, dependencies }) => {
      found.push([label, text.slice(from, to), dependencies]);
    });
    for (const piece of pieces) scanner.write(piece);
    scanner.end();
    return found;
  };
  const expected = [
    ['a', '{"x": [1, {"dependencies": 3}], "dependencies": {"e": "b"}}', { e: 'b' }],
    ['b', '{"dependencies": {}}', {}],
  ];

  it('tells where its entries are', () => {
    expect(places([bytes])).toStrictEqual(expected);
  });

  it('tells the same of pieces, wherever it is cut', () => {
    for (let at = 0; at <= bytes.length; at++)
      expect(places([bytes.subarray(0, at), bytes.subarray(at)])).toStrictEqual(expected);
    expect(places([...bytes].map((byte) => Buffer.of(byte)))).toStrictEqual(expected);
  });

  it('keeps nothing of a piece that is used again', () => {
    for (let at = 1; at < bytes.length; at++) {
      const pieces = [Buffer.from(bytes.subarray(0, at)), Buffer.from(bytes.subarray(at))];
      const found: unknown[] = [];
      const scanner = new GraphScanner(({ label, dependencies }) => found.push([label, dependencies]));
      for (const piece of pieces) {
        scanner.write(piece);
        piece.fill(0x23);
      }
      scanner.end();
      expect(found).toStrictEqual(expected.map(([label, , dependencies]) => [label, dependencies]));
    }
  });

  it.each([
    ['a key that is escaped', '{"a": {"depend\\u0065ncies": {"e": "b"}}}'],
    ['a key of the same length before it', '{"a": {"dependencyes": 1, "dependencies": {"e": "b"}}}'],
    ['a string of that name before it', '{"a": {"x": "dependencies", "dependencies": {"e": "b"}}}'],
    ['a label that is escaped', '{"\\u0061": {"dependencies": {"e": "b"}}}'],
    ['a second one, which counts', '{"a": {"dependencies": {"e": "c"}, "dependencies": {"e": "b"}}}'],
  ])('knows dependencies with %s', (_what, json) => {
    const found: unknown[] = [];
    const scanner = new GraphScanner(({ label, dependencies }) => found.push([label, dependencies]));
    scanner.write(Buffer.from(json));
    scanner.end();
    expect(found).toStrictEqual([['a', { e: 'b' }]]);
  });

  it.each([
    ['an entry whose dependencies are those of the one before', '{"a": {"dependencies": {}}, "b": {}}'],
    ['dependencies that are text', '{"a": {"dependencies": "b"}}'],
    ['second dependencies that are text', '{"a": {"dependencies": {}, "dependencies": "b"}}'],
    ['an entry that is a number', '{"a": 1}'],
    ['an entry that is a list', '{"a": [{"dependencies": {}}]}'],
    ['a list of entries', '[{"a": {"dependencies": {}}}]'],
  ])('has no %s', (_what, json) => {
    const scanner = new GraphScanner(() => undefined);
    expect(() => {
      scanner.write(Buffer.from(json));
      scanner.end();
    }).toThrow(malformedGraph());
  });

  it('may have much space after a label, and a label at the end of a large piece', () => {
    const found: string[] = [];
    const scanner = new GraphScanner(({ label }) => found.push(label));
    scanner.write(Buffer.from(`{"a": {"dependencies": {}, "x": "${'x'.repeat(3 * 1024 * 1024)}"}, "b`));
    scanner.write(Buffer.from(`"${' '.repeat(2 * 1024 * 1024)}`));
    scanner.write(Buffer.from(': {"dependencies": {}}}'));
    scanner.end();
    expect(found).toStrictEqual(['a', 'b']);
  });

  it('has entries of 4 MB at most', () => {
    const most = 4 * 1024 * 1024;
    expect(scan(most - 1)).not.toThrow();
    expect(scan(most + 1)).toThrow(
      new GraphError('too-large', `an entry of the graph has more than ${most} bytes`),
    );
  });
});
