import { parseAst } from 'vitest/node';

/** A node of the syntax tree (ESTree with TypeScript's nodes). `start` and `end` count UTF-16 units. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

export function parse(source: string, file: string): Node {
  const program: unknown = parseAst(source, { lang: 'ts' }, file);
  if (!isNode(program)) throw new Error(`${file} cannot be parsed`);
  return program;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

/** TypeScript syntax that wraps a value; all other TypeScript syntax is erased. */
const WITH_VALUE = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** The child nodes that matter at run time, each with the field that contains it. */
export function childrenOf(node: Node): [string, Node][] {
  if (node.type.startsWith('TS') && !WITH_VALUE.has(node.type)) return [];
  if (node['declare'] === true || node['importKind'] === 'type') return [];
  return Object.entries(node).flatMap(([field, value]): [string, Node][] => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter(isNode).map((child) => [field, child]);
  });
}
