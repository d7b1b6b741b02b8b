import type { GraphEntry } from './task-graph.ts';
import { quoted, Uncertain } from './uncertain.ts';

/** taskgraph's own strategies that never replace a task by another: such a task is always created. */
const NEVER_REPLACE = new Set(['never', 'always', 'skip-unless-changed']);
const INDEX_SEARCH = 'index-search';

/**
 * Whether taskgraph itself has a strategy of that name. It looks up every name, and fails at an unknown one even if the
 * strategy is not needed.
 */
export function hasBuiltInStrategy(entry: GraphEntry): boolean {
  const { name } = strategyOf(entry);
  return name === undefined || name === INDEX_SEARCH || NEVER_REPLACE.has(name);
}

/**
 * Index paths that may lead to a task to use instead of this one, in order of preference; none if its strategy never
 * replaces a task.
 *
 * @throws Uncertain if the strategy is the repository's own
 */
export function replacementPaths(entry: GraphEntry): readonly string[] {
  const { name, argument } = strategyOf(entry);
  if (name === undefined || NEVER_REPLACE.has(name)) return [];
  if (name !== INDEX_SEARCH)
    throw new Uncertain(`${quoted(entry.label)} is optimized by the repository's own ${quoted(name)}`);
  if (!Array.isArray(argument) || !argument.every((path) => typeof path === 'string'))
    throw new Uncertain(
      `${quoted(entry.label)} searches the index for something that is not a list of paths`,
    );
  return argument;
}

/** The strategy of an entry. Its name is undefined if it has none, which means the same as `never`. */
function strategyOf({ label, optimization }: GraphEntry): { name: string | undefined; argument: unknown } {
  const [[name, argument] = [], ...others] = Object.entries(optimization ?? {});
  // taskgraph takes the first one, but we cannot rely on the order of JSON keys.
  if (others.length > 0) throw new Uncertain(`${quoted(label)} has several optimization strategies`);
  return { name, argument };
}
