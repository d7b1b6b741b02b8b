import { JsonScanner } from '../platform/json-scanner.ts';
import { GraphError, malformedGraph } from './task-graph.ts';
import type { Label } from '../tasks/names.ts';

/** The largest entry, in bytes of JSON; Firefox's largest have about ten thousand. */
const MAX_ENTRY = 4 * 1024 * 1024;

const DEPENDENCIES = Buffer.from('"dependencies"');

/** Depths: in the object of labels, in an entry. */
const GRAPH = 1;
const ENTRY = 2;

export interface ScannedEntry {
  label: Label;
  /** Where its JSON is among all bytes written. */
  from: number;
  to: number;
  /** An object. */
  dependencies: unknown;
}

/**
 * Reads full-task-graph.json as it arrives, in pieces of any size: an object of objects that each have an object
 * `dependencies`. Keeps only the labels and their dependencies.
 */
export class GraphScanner extends JsonScanner {
  readonly #onEntry: (entry: ScannedEntry) => void;
  /** Bytes in the pieces before this one. */
  #offset = 0;
  /** Where the text to keep starts in this piece, or -1; and its part in earlier pieces. */
  // mutant stays: before the first label there is nothing but space
  #keptFrom = -1;
  #keptBefore: Buffer[] = [];

  /** Where the entry starts or, before that, its label. */
  #from = 0;
  // mutant stays: a label comes before its entry
  #label = '';
  // mutant stays: a key comes before its value
  #isAtDependencies = false;
  #dependencies: unknown;

  /** @param onEntry may throw, which stops the reading */
  constructor(onEntry: (entry: ScannedEntry) => void) {
    super();
    this.#onEntry = onEntry;
  }

  /** @throws GraphError if such a graph cannot continue like this */
  override write(piece: Buffer): void {
    scanning(() => super.write(piece));
    if (this.#keptFrom >= 0) {
      // A copy, because the caller reuses the piece.
      this.#keptBefore.push(Buffer.from(piece.subarray(this.#keptFrom)));
      this.#keptFrom = 0;
    }
    this.#offset += piece.length;
    this.#checkSize(this.#offset);
  }

  /** @throws GraphError if the document is not complete */
  override end(): void {
    scanning(() => super.end());
  }

  protected keyBegins(at: number, depth: number): void {
    if (depth === GRAPH) this.#from = this.#offset + at;
    if (depth <= ENTRY) this.#keptFrom = at;
  }

  protected keyEnds(piece: Buffer, to: number, depth: number, isEscaped: boolean): void {
    if (depth === GRAPH) this.#label = String(parse(this.#kept(piece, to)));
    else if (depth === ENTRY) this.#isAtDependencies = this.#isDependencies(piece, to, isEscaped);
  }

  protected scalarBegins(depth: number): void {
    if (depth < ENTRY || (depth === ENTRY && this.#isAtDependencies)) throw malformedGraph();
  }

  protected opens(at: number, depth: number, isArray: boolean): void {
    const isDependencies = depth === ENTRY && this.#isAtDependencies;
    if (isArray && (depth < ENTRY || isDependencies)) throw malformedGraph();
    if (depth === GRAPH) {
      this.#from = this.#offset + at;
      this.#dependencies = undefined;
    }
    if (isDependencies) this.#keptFrom = at;
  }

  protected closes(piece: Buffer, to: number, depth: number): void {
    if (depth === ENTRY && this.#isAtDependencies) this.#dependencies = parse(this.#kept(piece, to));
    else if (depth === GRAPH) this.#entryEnds(this.#offset + to);
  }

  #entryEnds(to: number): void {
    this.#checkSize(to);
    if (this.#dependencies === undefined) throw malformedGraph();
    this.#onEntry({ label: this.#label, from: this.#from, to, dependencies: this.#dependencies });
  }

  #checkSize(to: number): void {
    if (to - this.#from > MAX_ENTRY)
      throw new GraphError('too-large', `an entry of the graph has more than ${MAX_ENTRY} bytes`);
  }

  /** The kept text, up to this place. */
  #kept(piece: Buffer, to: number): Buffer {
    const last = piece.subarray(this.#keptFrom, to);
    // mutant stays: to copy it is only slower
    const kept = this.#keptBefore.length === 0 ? last : Buffer.concat([...this.#keptBefore, last]);
    this.#keptFrom = -1;
    this.#keptBefore = [];
    return kept;
  }

  /** Nearly all keys have another length, so they need not be decoded. */
  #isDependencies(piece: Buffer, to: number, isEscaped: boolean): boolean {
    // mutants stay: to parse what need not be parsed is only slower
    if (isEscaped || this.#keptBefore.length !== 0) return parse(this.#kept(piece, to)) === 'dependencies';
    const from = this.#keptFrom;
    this.#keptFrom = -1;
    // mutant stays: to compare what has another length is only slower
    return to - from === DEPENDENCIES.length && DEPENDENCIES.compare(piece, from, to) === 0;
  }
}

/** What is not JSON is no graph either. */
function scanning(scan: () => void): void {
  try {
    scan();
  } catch (error) {
    // No cause: a parser's error quotes what it could not parse.
    // oxlint-disable-next-line preserve-caught-error
    throw error instanceof SyntaxError ? malformedGraph() : error;
  }
}

/** Parses JSON that was scanned before. */
function parse(json: Buffer): unknown {
  return JSON.parse(json.toString('utf8'));
}
