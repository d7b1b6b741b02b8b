/**
 * The deepest JSON that is accepted from anyone. Real definitions and payloads are less than 20 levels deep; code that
 * walks a document recursively (a validator, JSON.stringify) overflows the stack after some thousand levels.
 */
export const MAX_DEPTH = 100;

/** JSON that is nested more deeply than we accept. */
export class TooDeepError extends Error {
  constructor() {
    super(`JSON is nested deeper than ${MAX_DEPTH} levels`);
    this.name = 'TooDeepError';
  }
}

/**
 * JSON.parse for untrusted text.
 *
 * @throws SyntaxError as JSON.parse does, whose message quotes the text; TooDeepError
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw new TooDeepError();
  return JSON.parse(text);
}

/** How deeply brackets nest in the text, outside strings. One pass, no stack, and no check whether it is JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        deepest = Math.max(deepest, ++depth);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
    }
  }
  return deepest;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}

/** Whether an already parsed value is too deep. Checks level by level, without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 1; depth <= MAX_DEPTH; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Object.values(item))
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    if (next.length === 0) return false;
    level = next;
  }
  return true;
}

/** What a key or value takes in memory besides its text, about. An empty list takes two bytes of JSON and 40 of memory. */
const VALUE_BYTES = 32;
/** The bytes before a key or a value. Some are inside of strings; that makes it a little too much. */
const MARKS = Uint8Array.from({ length: 256 }, (_, byte) =>
  '[{,:'.includes(String.fromCodePoint(byte)) ? 1 : 0,
);

/** About what JSON takes in memory once it is parsed: three times its length, or up to thirty if it is made for that. */
export function parsedBytes(json: Uint8Array): number {
  let marks = 0;
  // An iterator would take ten times as long.
  for (let at = 0; at < json.length; at++) marks += MARKS[json[at]!]!;
  return json.length + marks * VALUE_BYTES;
}

/** The approximate length of a value's JSON, without serializing it: a push's labels alone are megabytes. */
export function jsonBytes(value: unknown): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value !== 'object' || value === null) return 6;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += jsonBytes(item);
    return bytes;
  }
  for (const [key, item] of Object.entries(value)) bytes += key.length + 3 + jsonBytes(item);
  return bytes;
}
