/** The mutation operators: the changes of one node of the syntax tree. */
import { isNode, type Node } from './syntax.ts';

interface Range {
  start: number;
  end: number;
}

export interface Change {
  name: string;
  target: Range;
  replacement: string;
  kind: 'expression' | 'block';
}

const BINARY: Readonly<Record<string, string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&': ['|'],
  '|': ['&'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '??=': ['&&='],
  '||=': ['&&='],
};
const BOOLEAN = new Set(['<', '<=', '>', '>=', '===', '!==', '&&', '||']);
const SWAPPED: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  toLowerCase: 'toUpperCase',
  toUpperCase: 'toLowerCase',
};
const LEFT_OUT = new Set(['filter', 'slice', 'trim', 'sort', 'reverse', 'toSorted', 'toReversed']);

/** Fields in which a node must not be put into parentheses, or is not a value. */
const NO_VALUE: Readonly<Record<string, readonly string[]>> = {
  ImportDeclaration: ['source'],
  ExportNamedDeclaration: ['source'],
  ExportAllDeclaration: ['source'],
  ImportExpression: ['source'],
  Property: ['key'],
  MethodDefinition: ['key'],
  PropertyDefinition: ['key'],
  TaggedTemplateExpression: ['quasi'],
};

/** All changes of one node. @param field of its parent that contains it */
export function changesOf(source: string, node: Node, field: string, ancestors: readonly Node[]): Change[] {
  const parent = ancestors.at(-1);
  if (parent && NO_VALUE[parent.type]?.includes(field) && parent['computed'] !== true) return [];
  if (parent && 'directive' in parent && typeof parent['directive'] === 'string') return [];
  const target = wrappable(node, ancestors);
  const text = ({ start, end }: Range) => source.slice(start, end);
  /** The target's text with one part of it replaced. */
  const change = (name: string, part: Range, by: string): Change => ({
    name,
    target,
    replacement: `${source.slice(target.start, part.start)}${by}${source.slice(part.end, target.end)}`,
    kind: 'expression',
  });
  const become = (by: string, from = text(node)) => change(`${shorten(from)} → ${shorten(by)}`, node, by);

  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      const { left, right } = node;
      const operator = String(node['operator']);
      if (!isNode(left) || !isNode(right) || [left, right].some((side) => isText(side) && operator === '+'))
        return [];
      const at = source.lastIndexOf(operator, right.start);
      const before = source.slice(node.start, at);
      const after = source.slice(at + operator.length, node.end);
      const changes = (Object.hasOwn(BINARY, operator) ? (BINARY[operator] ?? []) : []).map((other) =>
        change(
          `${operator} → ${other}`,
          node,
          node.type === 'AssignmentExpression'
            ? `${before}${other}${after}`
            : `(${before}) ${other} (${after}\n)`,
        ),
      );
      return BOOLEAN.has(operator) ? [...changes, become('true'), become('false')] : changes;
    }
    case 'UnaryExpression': {
      const { operator, argument } = node;
      if (!isNode(argument)) return [];
      if (operator === '!') return [become(text(argument))];
      return operator === '-' ? [become(`+${text(argument)}`)] : [];
    }
    case 'UpdateExpression':
      return [become(text(node).replace(/\+\+|--/, (found) => (found === '++' ? '--' : '++')))];
    case 'Literal':
      return literals(source, node, parent).map((by) => become(by));
    case 'TemplateLiteral':
      return text(node) === '``' ? [] : [become('``')];
    case 'ArrayExpression':
      return [become(text(node) === '[]' ? "['a mutant']" : '[]')];
    case 'ObjectExpression':
      return text(node) === '{}' ? [] : [become('{}')];
    case 'BlockStatement':
      return emptied(source, node);
    case 'ArrowFunctionExpression': {
      const { body } = node;
      if (!isNode(body) || body.type === 'BlockStatement' || text(body) === 'undefined') return [];
      return [
        change(`=> ${shorten(text(body))} → => undefined`, afterArrow(source, node, body), ' undefined'),
      ];
    }
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement': {
      const { test } = node;
      // Operators have their own changes.
      if (!isNode(test) || BOOLEAN.has(String(test['operator']))) return [];
      const inside = wrappable(test, [...ancestors, node]);
      const loop = node.type.startsWith('Do') || node.type.startsWith('While') || node.type.startsWith('For');
      return (loop ? ['false'] : ['true', 'false']).map((by) => ({
        name: `${shorten(text(test))} → ${by}`,
        target: inside,
        replacement: by,
        kind: 'expression',
      }));
    }
    case 'MemberExpression':
    case 'CallExpression':
      return [
        ...(node['optional'] === true ? withoutQuestion(source, node, change) : []),
        ...(node.type === 'CallExpression' ? methods(source, node, change) : []),
      ];
    default:
      return [];
  }
}

/** An optional chain is one value, so a change inside it replaces the whole chain. */
function wrappable(node: Node, ancestors: readonly Node[]): Range {
  let inner = node;
  for (const outer of ancestors.toReversed()) {
    if (outer.type === 'ChainExpression') return outer;
    const spine = outer['object'] === inner || outer['callee'] === inner;
    if (!spine && !(outer.type === 'TSNonNullExpression')) break;
    inner = outer;
  }
  return node;
}

function literals(source: string, node: Node, parent: Node | undefined): string[] {
  const { value } = node;
  if (typeof value === 'boolean') return [String(!value)];
  if (typeof value === 'string') return [value === '' ? "'a mutant'" : "''"];
  if (!('regex' in node) || parent === undefined) return [];
  const text = source.slice(node.start, node.end);
  const at = text.lastIndexOf('/');
  const [pattern, flags] = [text.slice(1, at), text.slice(at)];
  const variants = [
    pattern.replace(/^\^/, ''),
    pattern.replace(/\$$/, ''),
    pattern.replace(/[+*](?!\?)/, ''),
    pattern.replaceAll(String.raw`\d`, String.raw`\D`),
    pattern.replace('[', '[^').replace('[^^', '['),
  ];
  return [...new Set(variants)]
    .filter((other) => other !== pattern && other !== '')
    .map((other) => `/${other}${flags}`);
}

function emptied(source: string, node: Node): Change[] {
  const { body } = node;
  if (!Array.isArray(body) || body.length === 0) return [];
  const target = { start: node.start + 1, end: node.end - 1 };
  // A derived class must call its parent's constructor.
  if (source.slice(target.start, target.end).includes('super(')) return [];
  return [{ name: '{ … } → {}', target, replacement: '', kind: 'block' }];
}

type ChangePart = (name: string, part: Range, by: string) => Change;

function withoutQuestion(source: string, node: Node, change: ChangePart): Change[] {
  const base = node['object'] ?? node['callee'];
  if (!isNode(base)) return [];
  const at = source.indexOf('?.', base.end);
  const called = node.type === 'CallExpression' || node['computed'] === true;
  return [change('?. → .', { start: at, end: at + 2 }, called ? '' : '.')];
}

function methods(source: string, node: Node, change: ChangePart): Change[] {
  const { callee } = node;
  if (!isNode(callee) || callee.type !== 'MemberExpression' || callee['computed'] === true) return [];
  const { object, property } = callee;
  if (!isNode(object) || !isNode(property)) return [];
  const name = source.slice(property.start, property.end);
  const other = Object.hasOwn(SWAPPED, name) ? SWAPPED[name] : undefined;
  if (other !== undefined) return [change(`${name} → ${other}`, property, other)];
  // Parentheses around the object do not belong to it.
  const dot = source.lastIndexOf('.', property.start);
  const start = source[dot - 1] === '?' ? dot - 1 : dot;
  return LEFT_OUT.has(name) ? [change(`.${name}(…) → nothing`, { start, end: node.end }, '')] : [];
}

function afterArrow(source: string, node: Node, body: Node): Range {
  return { start: source.lastIndexOf('=>', body.start) + 2, end: node.end };
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || typeof node['value'] === 'string';
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}
