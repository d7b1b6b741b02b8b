export type JsonObject = Record<string, unknown>;

/** An object that is not an array: what JSON calls an object. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value as it arrives on the other side of an HTTP call: dates as text, undefined left out. */
export function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/**
 * The same object with its keys in the order in which the services' database keeps them (PostgreSQL's jsonb: shorter
 * keys first, then by bytes). What is written to a service does not come back in the order in which it was written.
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
  return isRecord(value) ? asStored(value) : value;
}
