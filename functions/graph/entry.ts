import { GraphError, type GraphEntry } from './task-graph.ts';
import { isObject } from '../tasks/shapes.ts';
import type { Label } from '../tasks/names.ts';

/**
 * An entry as taskgraph's `Task.from_json` reads it: `kind`, `attributes`, `task` and `dependencies` are required, the
 * rest has defaults.
 *
 * @param value parsed JSON
 * @throws GraphError
 */
export function graphEntry(label: Label, value: unknown): GraphEntry {
  if (!isObject(value)) throw malformed();
  const { label: name, kind, description = '', attributes, task, optimization = null } = value;
  if (name !== label || typeof kind !== 'string' || typeof description !== 'string') throw malformed();
  if (!isObject(attributes) || !isObject(task)) throw malformed();
  if (optimization !== null && !isObject(optimization)) throw malformed();
  return {
    label,
    kind,
    description,
    attributes,
    dependencies: dependencies(value['dependencies']),
    softDependencies: labels(value['soft_dependencies']),
    ifDependencies: labels(value['if_dependencies']),
    optimization,
    task,
  };
}

/** @throws GraphError */
export function dependencies(value: unknown): Record<string, Label> {
  if (!isObject(value)) throw malformed();
  const found: [string, Label][] = [];
  for (const [edge, label] of Object.entries(value)) {
    if (typeof label !== 'string') throw malformed();
    found.push([edge, label]);
  }
  return Object.fromEntries(found);
}

function labels(value: unknown = []): Label[] {
  if (!Array.isArray(value)) throw malformed();
  return value.map((label: unknown) => {
    if (typeof label !== 'string') throw malformed();
    return label;
  });
}

function malformed(): GraphError {
  return new GraphError('malformed', 'an entry of the graph is not what taskgraph writes');
}
