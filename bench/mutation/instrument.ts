/** Makes one text that contains all mutants, of which at most one is active when it runs. */
import type { Mutant } from './mutants.ts';

/** The function that `active.ts` defines: whether that mutant is the active one. */
const SWITCH = '__mutant';

export function instrument(source: string, file: string, mutants: readonly Mutant[]): string {
  const groups = Map.groupBy(mutants, ({ start, end }) => `${start}-${end}`).values();
  // Outer groups before inner ones.
  const ordered = [...groups].toSorted(([a], [b]) => (a && b ? a.start - b.start || b.end - a.end : 0));
  let next = 0;
  /** The text between two places, with all groups that start there. */
  const write = (from: number, to: number): string => {
    let text = '';
    let at = from;
    for (;;) {
      const group = ordered[next];
      const [first] = group ?? [];
      if (!group || !first || first.start >= to) break;
      next++;
      text += source.slice(at, first.start);
      text += wrap(file, group, write(first.start, first.end));
      at = first.end;
    }
    return text + source.slice(at, to);
  };
  return write(0, source.length);
}

function wrap(file: string, group: readonly Mutant[], original: string): string {
  const [first] = group;
  if (first?.kind === 'block') return `if (${testOf(file, first.id)}) {} else {${original}}`;
  return `(${group.map(({ id, replacement }) => `${testOf(file, id)} ? (${replacement}\n) : `).join('')}(${original}\n))`;
}

function testOf(file: string, id: number): string {
  return `globalThis.${SWITCH}(${JSON.stringify(file)}, ${id})`;
}
