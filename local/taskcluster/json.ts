import { isObject } from '../../functions/tasks/shapes.ts';

export type JsonObject = Record<string, unknown>;

/** The value as it arrives at the other end of an HTTP call: dates as text, undefined left out. */
export function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/**
 * The same object with its keys in the order of the services' database (PostgreSQL's jsonb: shorter keys first, then by
 * bytes). A service does not return an object's keys in the order in which they were written.
 */
export function asStored(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .toSorted(
        ([a], [b]) =>
          Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
      )
      .map(([key, value]) => [key, valueAsStored(value)]),
  );
}

function valueAsStored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueAsStored);
  return isObject(value) ? asStored(value) : value;
}
