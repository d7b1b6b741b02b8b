/** Finds what can be changed in a source file, and how. */
import { changesOf } from './changes.ts';
import { childrenOf, parse, type Node } from './syntax.ts';

export interface Mutant {
  /** 1-based, in its file. */
  id: number;
  /** 1-based. */
  line: number;
  /** Such as `&& → ||`. */
  name: string;
  /** What is replaced. */
  start: number;
  end: number;
  replacement: string;
  /** `block`: the text between two braces. */
  kind: 'expression' | 'block';
  /** Why it may survive, from a comment next to it. */
  reason?: string;
}

/** A comment that says why mutants of its own line, or of the next line of code, survive. */
const REASON = /\/\/ mutants? stays?: (.*)$/;

/** All mutants of a file, in order. */
export function findMutants(source: string, file: string): Mutant[] {
  const lineAt = lineCounter(source);
  const reasons = reasonsOf(source);
  const found: Mutant[] = [];
  const visit = (node: Node, field: string, ancestors: readonly Node[]): void => {
    for (const { name, target, replacement, kind } of changesOf(source, node, field, ancestors)) {
      const line = lineAt(node.start);
      const reason = reasons.get(line);
      const { start, end } = target;
      const id = found.length + 1;
      found.push({ id, line, name, start, end, replacement, kind, ...(reason ? { reason } : {}) });
    }
    for (const [below, child] of childrenOf(node)) visit(child, below, [...ancestors, node]);
  };
  visit(parse(source, file), '', []);
  return found;
}

function lineCounter(source: string): (offset: number) => number {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}

/** Line of code → reason. */
function reasonsOf(source: string): Map<number, string> {
  const lines = source.split('\n');
  const reasons = new Map<number, string>();
  for (const [index, line] of lines.entries()) {
    const reason = REASON.exec(line)?.[1];
    if (reason === undefined) continue;
    const code = (at: number) => !/^\s*(\/\/|$)/.test(lines[at] ?? '');
    let at = index;
    while (at < lines.length && !code(at)) at++;
    reasons.set(at + 1, reason);
  }
  return reasons;
}
