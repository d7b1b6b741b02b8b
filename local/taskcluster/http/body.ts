import type { IncomingMessage } from 'node:http';

import { ApiError } from './api-error.ts';

const MAX_BODY = 10 * 1024 * 1024;
/** No document of Taskcluster's nests deeper than a few dozen levels; walking a much deeper one overflows the stack. */
const MAX_DEPTH = 200;

/** The services answer a body over 10 MB with an internal error, not with 413. */
export class BodyTooLarge extends Error {
  override name = 'PayloadTooLargeError';
  constructor() {
    super('request entity too large');
  }
}

/** Reads a whole body. One that is too large is also read to its end, so that the client gets its answer. */
export async function readBody(request: IncomingMessage, limit = MAX_BODY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new BodyTooLarge();
  return Buffer.concat(chunks);
}

/** The JSON object or array in a body; `{}` if it is empty. Throws MalformedPayload. */
export function parseJson(text: string): unknown {
  if (text === '') return {};
  if (isTooDeep(text)) {
    throw new ApiError('MalformedPayload', `Failed to parse JSON: nested deeper than ${MAX_DEPTH}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError('MalformedPayload', `Failed to parse JSON: ${reason}`);
  }
  if (typeof parsed !== 'object' || parsed === null) {
    throw new ApiError('MalformedPayload', 'Failed to parse JSON: Must be an object or array');
  }
  return parsed;
}

/** Whether arrays and objects nest too deeply, without parsing. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === '[' || character === '{') {
      if (++depth > MAX_DEPTH) return true;
    } else if (character === ']' || character === '}') {
      depth--;
    }
  }
  return false;
}

export function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
