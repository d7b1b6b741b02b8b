import { graphEntry } from '../../functions/graph/entry.ts';
import type { GraphEntry, TaskGraph } from '../../functions/graph/task-graph.ts';

/** A task graph made from a parsed full-task-graph.json. */
export class MemoryGraph implements TaskGraph {
  readonly #entries: Map<string, GraphEntry>;

  constructor(document: Record<string, unknown>) {
    this.#entries = new Map(
      Object.entries(document).map(([label, value]) => [label, graphEntry(label, value)]),
    );
  }

  has(label: string): boolean {
    return this.#entries.has(label);
  }

  labels(): Iterable<string> {
    return this.#entries.keys();
  }

  dependenciesOf(label: string): readonly string[] {
    return [...new Set(Object.values(this.#entries.get(label)?.dependencies ?? {}))];
  }

  closure(labels: Iterable<string>): Set<string> {
    return this.#reach(labels, (label) => this.dependenciesOf(label));
  }

  dependents(labels: Iterable<string>): Set<string> {
    return this.#reach(labels, (label) =>
      [...this.#entries.keys()].filter((other) => this.dependenciesOf(other).includes(label)),
    );
  }

  entries(labels: Iterable<string>): Promise<ReadonlyMap<string, GraphEntry>> {
    const wanted = new Set(labels);
    return Promise.resolve(new Map([...this.#entries].filter(([label]) => wanted.has(label))));
  }

  #reach(labels: Iterable<string>, next: (label: string) => readonly string[]): Set<string> {
    const reached = new Set<string>();
    const waiting = [...labels].filter((label) => this.has(label));
    for (let label = waiting.pop(); label !== undefined; label = waiting.pop()) {
      if (reached.has(label)) continue;
      reached.add(label);
      waiting.push(...next(label));
    }
    return reached;
  }
}
