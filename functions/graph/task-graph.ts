import type { Label } from '../tasks/names.ts';

/** One entry of full-task-graph.json: the fields that we use (taskgraph's `Task.from_json`). */
export interface GraphEntry {
  label: Label;
  kind: string;
  description: string;
  attributes: Record<string, unknown>;
  /** Edge name → label. */
  dependencies: Record<string, Label>;
  softDependencies: Label[];
  ifDependencies: Label[];
  /** Strategy name → its argument; null for no strategy. */
  optimization: Record<string, unknown> | null;
  /** The definition, with its references and datestamps unresolved. */
  task: Record<string, unknown>;
}

/**
 * The contents of a decision task's full-task-graph.json. It has no cycle, and an entry for every dependency; anything
 * else is a GraphError.
 */
export interface TaskGraph {
  has(label: Label): boolean;
  labels(): Iterable<Label>;
  /** Labels that this one depends on, without soft and if-dependencies; each once. Empty for an unknown label. */
  dependenciesOf(label: Label): readonly Label[];
  /** Everything that the labels depend on, themselves included. Unknown labels are left out. */
  closure(labels: Iterable<Label>): Set<Label>;
  /** Everything that depends on the labels, themselves included. Unknown labels are left out. */
  dependents(labels: Iterable<Label>): Set<Label>;
  /**
   * Parses the entries of only these labels. Unknown labels are left out.
   * @throws GraphError: malformed, if one is not what taskgraph writes; too-large, if they exceed the limit of one
   *   request
   */
  entries(labels: Iterable<Label>): Promise<ReadonlyMap<Label, GraphEntry>>;
}

/** Why a graph cannot be used; the action is then forwarded. */
export class GraphError extends Error {
  readonly code: 'malformed' | 'too-large';

  /** @param message names the rule, and quotes nothing from the graph */
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
