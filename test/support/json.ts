import { isObject } from '../../functions/tasks/shapes.ts';

/** The value at a path in a JSON document; undefined if there is no such path. */
export function at(document: unknown, ...path: string[]): unknown {
  let value = document;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** The object at a path, empty if there is none; for a test to spread. */
export function objectAt(document: unknown, ...path: string[]): Record<string, unknown> {
  const value = at(document, ...path);
  return isObject(value) ? value : {};
}

/** The list of strings at a path, empty if there is none. */
export function stringsAt(document: unknown, ...path: string[]): string[] {
  const value = at(document, ...path);
  return Array.isArray(value) ? value.filter((item: unknown) => typeof item === 'string') : [];
}
