import { duplicatesOf } from '../graph/new-tasks.ts';
import type { GraphEntry, TaskGraph } from '../graph/task-graph.ts';
import { quoted, Uncertain } from '../graph/uncertain.ts';
import { TREEHERDER_LABEL_LENGTH } from './push-labels.ts';
import type { Label } from '../tasks/names.ts';

/** What the graph says about a label to retrigger. */
export interface GraphMark {
  /** `attributes.retrigger`, by which taskgraph decides between a clone and a rerun. */
  cloneable: boolean;
  /** How many tasks one copy is: `attributes.task_duplicates`. */
  duplicates: number;
}

/** The label as it is in the graph: unchanged, or the one label that Treeherder cut to this. */
export function completeLabel(label: Label, graph: TaskGraph): Label | undefined {
  if (graph.has(label)) return label;
  if (label.length !== TREEHERDER_LABEL_LENGTH) return undefined;
  const [match, ...others] = [...graph.labels()].filter((name) => name.startsWith(label));
  return others.length === 0 ? match : undefined;
}

/**
 * What the graph says about these labels. Labels that it lacks are absent; taskgraph clones none of them.
 *
 * @throws GraphError, Uncertain
 */
export async function readMarks(labels: readonly Label[], graph: TaskGraph): Promise<Map<Label, GraphMark>> {
  const entries = await graph.entries(labels);
  return new Map(
    labels.map((label) => {
      const entry = entries.get(label);
      return [label, entry ? markOf(entry) : { cloneable: false, duplicates: 1 }];
    }),
  );
}

function markOf(entry: GraphEntry): GraphMark {
  const { retrigger = false } = entry.attributes;
  // Other values may be true or false to Python; we do not interpret them.
  if (typeof retrigger !== 'boolean' && retrigger !== null)
    throw new Uncertain(`attributes.retrigger of ${quoted(entry.label)} is neither true nor false`);
  return { cloneable: retrigger === true, duplicates: duplicatesOf(entry) };
}
