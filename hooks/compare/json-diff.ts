import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../read/definition.ts';

/** One place where two JSON values differ; a missing side is undefined. */
export interface Difference {
  /** keys from the root; array indexes as numbers */
  path: (string | number)[];
  before?: Json;
  after?: Json;
}

/**
 * The smallest places where two values differ, in the order of keys. Arrays of unequal length or of plain values, such as
 * lists of names, differ as a whole.
 */
export function differences(
  before: Json | undefined,
  after: Json | undefined,
  path: Difference['path'] = [],
): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && !isPlain(before)) {
    return before.flatMap((item, index) => differences(item, after[index], [...path, index]));
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** Whether a list has no lists or objects in it. */
export function isPlain(list: readonly Json[]): boolean {
  return list.every((item) => item === null || typeof item !== 'object');
}
