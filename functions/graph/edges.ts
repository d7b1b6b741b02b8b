import { NumberList } from './number-list.ts';
import { GraphError } from './task-graph.ts';
import type { Label } from '../tasks/names.ts';

/** Many times Firefox's 20,000 labels, which have about 100,000 edges. */
const MAX_LABELS = 100_000;
const MAX_EDGES = 4_000_000;
/** The queue accepts no name of more than 255 characters. */
const MAX_LABEL = 1_000;
/** The approximate memory of a label in the map and the list, besides its characters. */
const LABEL_BYTES = 64;

/**
 * Which label depends on which. Each label gets a number, in order of appearance; its dependencies are a section of one
 * long list.
 */
export class Edges {
  readonly #numbers = new Map<Label, number>();
  readonly #labels: Label[] = [];
  #labelBytes = 0;
  /** Where each label's section is. The section of a label without an entry starts and ends at 0. */
  readonly #starts = new NumberList();
  readonly #ends = new NumberList();
  readonly #added = new Set<number>();
  readonly #edges = new NumberList();
  /** All labels, each after everything that it depends on. Filled by `allAdded`. */
  #order: Uint32Array = new Uint32Array();

  /**
   * If a label comes twice, the last entry counts, as in JSON.
   * @returns the label's number
   */
  add(label: Label, dependencies: Iterable<Label>): number {
    const number = this.#numberOf(label);
    this.#added.add(number);
    this.#starts.set(number, this.#edges.length);
    for (const dependency of new Set(dependencies)) this.#edges.push(this.#numberOf(dependency));
    this.#ends.set(number, this.#edges.length);
    if (this.#edges.length > MAX_EDGES) throw tooLarge(`${MAX_EDGES} dependencies`);
    return number;
  }

  /** @throws GraphError if there is no entry for a label that others depend on, or if there is a cycle */
  allAdded(): void {
    if (this.#added.size !== this.#labels.length)
      throw new GraphError('malformed', 'the graph has no entry for a label that others depend on');
    this.#added.clear();
    this.#order = this.#dependenciesFirst();
  }

  /** The approximate memory of all this. */
  get bytes(): number {
    const lists = [this.#starts, this.#ends, this.#edges].reduce((sum, { bytes }) => sum + bytes, 0);
    return this.#labelBytes + this.#labels.length * LABEL_BYTES + lists + this.#order.byteLength;
  }

  numberOf(label: Label): number | undefined {
    return this.#numbers.get(label);
  }

  labels(): Iterable<Label> {
    return this.#numbers.keys();
  }

  dependenciesOf(label: Label): Label[] {
    const number = this.#numbers.get(label);
    // mutant stays: what has no number has no dependencies
    return number === undefined ? [] : [...this.#dependencies(number)].map((one) => this.#label(one));
  }

  /** Everything that the labels depend on, themselves included. */
  closure(labels: Iterable<Label>): Set<Label> {
    const marked = this.#marks(labels);
    for (const number of this.#order.toReversed()) {
      if (marked[number] === 1) for (const dependency of this.#dependencies(number)) marked[dependency] = 1;
    }
    return this.#marked(marked);
  }

  /** Everything that depends on the labels, themselves included. */
  dependents(labels: Iterable<Label>): Set<Label> {
    const marked = this.#marks(labels);
    for (const number of this.#order) {
      for (const dependency of this.#dependencies(number)) {
        if (marked[dependency] === 1) {
          marked[number] = 1;
          break;
        }
      }
    }
    return this.#marked(marked);
  }

  #numberOf(label: Label): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    const number = this.#labels.length;
    if (number === MAX_LABELS) throw tooLarge(`${MAX_LABELS} labels`);
    if (label.length > MAX_LABEL)
      throw new GraphError('malformed', `a label in the graph has more than ${MAX_LABEL} characters`);
    this.#numbers.set(label, number);
    this.#labels.push(label);
    this.#labelBytes += label.length;
    this.#starts.push(0);
    this.#ends.push(0);
    return number;
  }

  #label(number: number): Label {
    // mutant stays: every number has a label
    return this.#labels[number] ?? '';
  }

  #dependencies(number: number): Uint32Array {
    return this.#edges.view(this.#starts.at(number), this.#ends.at(number));
  }

  #marks(labels: Iterable<Label>): Uint8Array {
    const marks = new Uint8Array(this.#labels.length);
    for (const label of labels) {
      const number = this.#numbers.get(label);
      // mutant stays: no mark has no number
      if (number !== undefined) marks[number] = 1;
    }
    return marks;
  }

  #marked(marks: Uint8Array): Set<Label> {
    return new Set(this.#labels.filter((_, number) => marks[number] === 1));
  }

  /** Repeatedly takes the labels that nothing left depends on; those taken last depend on nothing. */
  #dependenciesFirst(): Uint32Array {
    const dependents = new NumberList();
    for (const _ of this.#labels) dependents.push(0);
    for (const at of this.#labels.keys())
      for (const dependency of this.#dependencies(at))
        dependents.set(dependency, dependents.at(dependency) + 1);
    const taken = new NumberList();
    for (const at of this.#labels.keys()) if (dependents.at(at) === 0) taken.push(at);
    for (let at = 0; at < taken.length; at++) {
      for (const dependency of this.#dependencies(taken.at(at))) {
        const left = dependents.at(dependency) - 1;
        dependents.set(dependency, left);
        if (left === 0) taken.push(dependency);
      }
    }
    if (taken.length < this.#labels.length)
      throw new GraphError('malformed', 'the graph has a dependency cycle');
    return taken.view(0, taken.length).toReversed();
  }
}

function tooLarge(bound: string): GraphError {
  return new GraphError('too-large', `the graph has more than ${bound}`);
}
