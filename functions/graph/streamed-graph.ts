import { setImmediate } from 'node:timers/promises';
import { blocksOf, Utf8Check } from './blocks.ts';
import { Edges } from './edges.ts';
import { dependencies, graphEntry } from './entry.ts';
import { GraphScanner } from './graph-scanner.ts';
import { NumberList } from './number-list.ts';
import { BLOCK, PackedBytes } from './packed-bytes.ts';
import { GraphError, type GraphEntry, type TaskGraph } from './task-graph.ts';
import { spendJson } from '../platform/reading-budget.ts';
import type { Label } from '../tasks/names.ts';

/** Bytes of JSON of one request's entries; 2,000 of Firefox's have 16 MB. */
const MAX_PARSED = 32 * 1024 * 1024;
/** How many entries to parse before yielding to other work; they take a few milliseconds. */
const AT_ONCE = 100;

/** Where each entry is among the graph's bytes, by the label's number. */
interface Places {
  from: NumberList;
  to: NumberList;
}

/** A graph with its edges in memory. Everything else is kept as compressed JSON; entries are parsed on request. */
class StreamedGraph implements TaskGraph {
  readonly #edges: Edges;
  readonly #places: Places;
  readonly #packed: PackedBytes;

  constructor(edges: Edges, places: Places, packed: PackedBytes) {
    this.#edges = edges;
    this.#places = places;
    this.#packed = packed;
  }

  /** The approximate memory of all this. */
  get bytes(): number {
    const { from, to } = this.#places;
    return this.#edges.bytes + from.bytes + to.bytes + this.#packed.bytes;
  }

  has(label: Label): boolean {
    return this.#edges.numberOf(label) !== undefined;
  }

  labels(): Iterable<Label> {
    return this.#edges.labels();
  }

  dependenciesOf(label: Label): Label[] {
    return this.#edges.dependenciesOf(label);
  }

  closure(labels: Iterable<Label>): Set<Label> {
    return this.#edges.closure(labels);
  }

  dependents(labels: Iterable<Label>): Set<Label> {
    return this.#edges.dependents(labels);
  }

  async entries(labels: Iterable<Label>): Promise<ReadonlyMap<Label, GraphEntry>> {
    const wanted = this.#placesOf(labels);
    const total = wanted.reduce((sum, { from, to }) => sum + to - from, 0);
    if (total > MAX_PARSED)
      throw new GraphError('too-large', `the entries that are needed have more than ${MAX_PARSED} bytes`);
    const read = this.#packed.reader();
    const found = new Map<Label, GraphEntry>();
    for (const [index, { label, from, to }] of wanted.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const json = read(from, to);
      spendJson(json);
      found.set(label, graphEntry(label, JSON.parse(json.toString('utf8'))));
    }
    return found;
  }

  /** In the order of the file, so that each block is decompressed once. */
  #placesOf(labels: Iterable<Label>): { label: Label; from: number; to: number }[] {
    const places = [];
    for (const label of new Set(labels)) {
      const number = this.#edges.numberOf(label);
      if (number === undefined) continue;
      places.push({ label, from: this.#places.from.at(number), to: this.#places.to.at(number) });
    }
    return places.toSorted((a, b) => a.from - b.from);
  }
}

/**
 * Reads full-task-graph.json as it arrives, in one pass.
 *
 * @throws GraphError; whatever reading the chunks throws
 */
export async function readGraph(chunks: AsyncIterable<Uint8Array>): Promise<StreamedGraph> {
  const edges = new Edges();
  const places: Places = { from: new NumberList(), to: new NumberList() };
  const packed = new PackedBytes();
  const text = new Utf8Check();
  const scanner = new GraphScanner((entry) => {
    const number = edges.add(entry.label, Object.values(dependencies(entry.dependencies)));
    places.from.set(number, entry.from);
    places.to.set(number, entry.to);
  });
  for await (const block of blocksOf(chunks, BLOCK)) {
    text.write(block);
    scanner.write(block);
    packed.add(block);
  }
  text.end();
  scanner.end();
  edges.allAdded();
  return new StreamedGraph(edges, places, packed);
}
