import type { IncomingMessage } from 'node:http';

import { ApiError } from './api-error.ts';

const MAX_BODY = 10 * 1024 * 1024;

/** The services answer a body over 10 MB with an internal error, not with 413. */
export class BodyTooLarge extends Error {
  override name = 'PayloadTooLargeError';
  constructor() {
    super('request entity too large');
  }
}

/** Reads a body whole; one that is too large is read to its end too, so that the client gets its answer. */
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

/** The JSON object or array in a body; `{}` for none. Throws MalformedPayload. */
export function parseJson(text: string): unknown {
  if (text === '') return {};
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

export function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
