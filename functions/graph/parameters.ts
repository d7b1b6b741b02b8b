import { Uncertain } from './uncertain.ts';
import { isObject } from '../tasks/shapes.ts';

/** Makes a string from the text under a parameter's key. */
export type Resolver = (text: string) => string;

/** The most text that one definition's parameters may resolve to: the queue accepts far less. */
const MAX_TEXT = 4 * 1024 * 1024;

/**
 * Replaces every `{"<parameter>": "…"}` anywhere in a definition, as taskgraph's util/parameterization.py does: only
 * objects with that one key; if its value is an object, that one's keys are resolved and its values searched.
 *
 * @param value from a graph: plain JSON of bounded depth
 * @throws Uncertain where taskgraph would fail
 */
export function resolveParameters(value: unknown, resolvers: ReadonlyMap<string, Resolver>): unknown {
  let left = MAX_TEXT;
  const resolved = (resolve: Resolver, argument: unknown): string => {
    if (typeof argument !== 'string') throw new Uncertain('a parameter of the definition is not text');
    const text = resolve(argument);
    left -= text.length;
    if (left < 0) throw new Uncertain('the definition grows too large when its references are resolved');
    return text;
  };
  const visit = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(visit);
    if (!isObject(item)) return item;
    const entries = Object.entries(item);
    const [first] = entries;
    const resolve = first && entries.length === 1 ? resolvers.get(first[0]) : undefined;
    if (!first || !resolve) return Object.fromEntries(entries.map(([key, inner]) => [key, visit(inner)]));
    const [, argument] = first;
    if (!isObject(argument)) return resolved(resolve, argument);
    return Object.fromEntries(
      Object.entries(argument).map(([key, inner]) => [resolved(resolve, key), visit(inner)]),
    );
  };
  return visit(value);
}
