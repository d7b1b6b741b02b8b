import { duplicatesOf } from '../graph/new-tasks.ts';
import type { GraphEntry, TaskGraph } from '../graph/task-graph.ts';
import { quoted, Uncertain } from '../graph/uncertain.ts';
import { TREEHERDER_LABEL_LENGTH } from './push-labels.ts';
import type { Label } from '../tasks/names.ts';

/** What the graph knows of a label that a retrigger is about. */
export interface GraphMark {
  /** `attributes.retrigger`, by which taskgraph decides between a clone and a rerun. */
  cloneable: boolean;
  /** How many tasks a clone is: `attributes.task_duplicates`. */
  duplicates: number;
}

/** The label as the graph knows it: itself, or the one label that Treeherder has cut to it. */
export function completeLabel(label: Label, graph: TaskGraph): Label | undefined {
  if (graph.has(label)) return label;
  if (label.length !== TREEHERDER_LABEL_LENGTH) return undefined;
  const [match, ...others] = [...graph.labels()].filter((name) => name.startsWith(label));
  return others.length === 0 ? match : undefined;
}

/**
 * What the graph says of these labels. It does not speak of those that it lacks, and taskgraph clones none of them.
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
  // Python takes more for true than we care to know.
  if (typeof retrigger !== 'boolean' && retrigger !== null)
    throw new Uncertain(`attributes.retrigger of ${quoted(entry.label)} is neither true nor false`);
  return { cloneable: retrigger === true, duplicates: duplicatesOf(entry) };
}
