import type { GraphEntry } from './task-graph.ts';
import { quoted, Uncertain } from './uncertain.ts';

/** Strategies of taskgraph's own that never replace a task by another one: what only they could spare is made. */
const NEVER_REPLACE = new Set(['never', 'always', 'skip-unless-changed']);
const INDEX_SEARCH = 'index-search';

/**
 * Whether taskgraph itself has a strategy of that name. It looks every name up, and fails at one that it doesn't know,
 * whether or not the strategy is asked in the end.
 */
export function hasBuiltInStrategy(entry: GraphEntry): boolean {
  const name = strategyName(entry);
  return name === undefined || name === INDEX_SEARCH || NEVER_REPLACE.has(name);
}

/**
 * Where in the index another task may be found that serves as well as this one, in the order of preference; none if
 * its strategy replaces nothing.
 *
 * @throws Uncertain if it is a strategy of the repository's own
 */
export function replacementPaths(entry: GraphEntry): readonly string[] {
  const name = strategyName(entry);
  if (name === undefined || NEVER_REPLACE.has(name)) return [];
  const argument: unknown = entry.optimization?.[name];
  if (name !== INDEX_SEARCH)
    throw new Uncertain(`${quoted(entry.label)} is optimized by the repository's own ${quoted(name)}`);
  if (!Array.isArray(argument) || !argument.every((path) => typeof path === 'string'))
    throw new Uncertain(
      `${quoted(entry.label)} searches the index for something that is not a list of paths`,
    );
  return argument;
}

/** The one strategy of an entry; undefined if it has none, which is the same as `never`. */
function strategyName({ label, optimization }: GraphEntry): string | undefined {
  const [name, ...others] = Object.keys(optimization ?? {});
  // taskgraph takes the first one; that JSON keeps an order is not ours to rely on.
  if (others.length > 0) throw new Uncertain(`${quoted(label)} has several optimization strategies`);
  return name;
}
