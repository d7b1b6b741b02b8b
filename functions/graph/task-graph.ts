import type { Label } from '../tasks/names.ts';

/** One entry of full-task-graph.json, as far as we use it (taskgraph's `Task.from_json`). */
export interface GraphEntry {
  label: Label;
  kind: string;
  description: string;
  attributes: Record<string, unknown>;
  /** Edge name → label. */
  dependencies: Record<string, Label>;
  softDependencies: Label[];
  ifDependencies: Label[];
  /** Strategy name → its argument; null: nothing but a request decides. */
  optimization: Record<string, unknown> | null;
  /** The definition, with its references and datestamps unresolved. */
  task: Record<string, unknown>;
}

/**
 * What a decision task has written into full-task-graph.json. It has no cycle, and every dependency is a label of it:
 * what is otherwise is no such graph, and a GraphError.
 */
export interface TaskGraph {
  has(label: Label): boolean;
  labels(): Iterable<Label>;
  /** Labels that this one depends on, soft and if-dependencies aside; each once. Empty for an unknown label. */
  dependenciesOf(label: Label): readonly Label[];
  /** Everything that the labels depend on, themselves included. Unknown labels are left out. */
  closure(labels: Iterable<Label>): Set<Label>;
  /** Everything that depends on the labels, themselves included. Unknown labels are left out. */
  dependents(labels: Iterable<Label>): Set<Label>;
  /**
   * Parses the entries of just these labels. Unknown labels are left out.
   * @throws GraphError malformed, if one is not what taskgraph writes; too-large, if they are more than a process holds
   */
  entries(labels: Iterable<Label>): Promise<ReadonlyMap<Label, GraphEntry>>;
}

/** Why a graph is not used; the action is forwarded for it. */
export class GraphError extends Error {
  readonly code: 'malformed' | 'too-large';

  /** @param message names the rule, and nothing of what the graph holds */
  constructor(code: GraphError['code'], message: string) {
    super(message);
    this.name = 'GraphError';
    this.code = code;
  }
}

/** The artifact as a whole is not what it should be. */
export function malformedGraph(): GraphError {
  return new GraphError('malformed', 'full-task-graph.json is not what taskgraph writes');
}
