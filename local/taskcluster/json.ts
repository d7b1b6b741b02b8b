export type JsonObject = Record<string, unknown>;

/** An object that is not an array: what JSON calls an object. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value as it arrives on the other side of an HTTP call: dates as text, undefined left out. */
export function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
