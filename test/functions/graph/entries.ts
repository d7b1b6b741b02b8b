import type { GraphEntry } from '../../../functions/graph/task-graph.ts';

/** An entry whose edges have the names of the labels. */
export function entry(
  label: string,
  dependencies: string[] = [],
  changes: Partial<GraphEntry> = {},
): GraphEntry {
  return {
    label,
    kind: 'test',
    description: '',
    attributes: {},
    dependencies: Object.fromEntries(dependencies.map((name) => [name, name])),
    softDependencies: [],
    ifDependencies: [],
    optimization: null,
    task: {
      created: { 'relative-datestamp': '0 seconds' },
      deadline: { 'relative-datestamp': '1 day' },
      expires: { 'relative-datestamp': '28 days' },
      provisionerId: 'gecko-1',
      workerType: 't-linux',
      payload: {},
      metadata: { name: label, description: '', owner: 'dev@example.com', source: 'https://hg.example.com' },
    },
    ...changes,
  };
}

export function closureOf(...entries: GraphEntry[]): Map<string, GraphEntry> {
  return new Map(entries.map((one) => [one.label, one]));
}

export function indexSearch(...paths: string[]): Partial<GraphEntry> {
  return { optimization: { 'index-search': paths } };
}
