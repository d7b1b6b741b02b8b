import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { isObject } from '../../../functions/tasks/shapes.ts';

/** The attributes of a Hawk `Authorization` header. */
export interface HawkHeader {
  id: string;
  ts: string;
  nonce: string;
  mac: string;
  hash?: string;
  ext?: string;
}

/** What was signed, besides the header itself. */
export interface SignedRequest {
  /** Lower case. */
  method: string;
  /** Path and query exactly as the client signed them. */
  resource: string;
  host: string;
  port: number;
}

/** Why a header is refused, in the words of the Hawk library that the auth service uses. */
export class HawkError extends Error {
  override name = 'HawkError';
}

/** Hawk's own limit; a certificate with many scopes can exceed it. */
const MAX_HEADER = 4096;
const KNOWN = new Set(['id', 'ts', 'nonce', 'hash', 'ext', 'mac', 'app', 'dlg']);

export function parseHawkHeader(authorization: string): HawkHeader {
  if (authorization.length > MAX_HEADER) throw new HawkError('Bad Request: Header length too long');
  const parts = /^(\w+)(?:\s+(.*))?$/.exec(authorization);
  if (!parts) throw new HawkError('Bad Request: Invalid header syntax');
  if (parts[1]?.toLowerCase() !== 'hawk') throw new HawkError('Unauthorized: Unauthorized');
  if (parts[2] === undefined) throw new HawkError('Bad Request: Invalid header syntax');
  const attributes: Record<string, string> = {};
  const rest = parts[2].replace(/(\w+)="([^"\\]*)"\s*(?:,\s*|$)/g, (_, key: string, value: string) => {
    if (!KNOWN.has(key)) throw new HawkError(`Bad Request: Unknown attribute: ${key}`);
    if (key in attributes) throw new HawkError(`Bad Request: Duplicate attribute: ${key}`);
    attributes[key] = value;
    return '';
  });
  if (rest !== '') throw new HawkError('Bad Request: Bad header format');
  const { id, ts, nonce, mac, hash, ext } = attributes;
  if (!id || !ts || !nonce || !mac) throw new HawkError('Bad Request: Missing attributes');
  return { id, ts, nonce, mac, ...(hash ? { hash } : {}), ...(ext ? { ext } : {}) };
}

/** True when the header's MAC was made with this key over this request. */
export function macMatches(header: HawkHeader, request: SignedRequest, key: string): boolean {
  const text = [
    'hawk.1.header',
    header.ts,
    header.nonce,
    request.method.toUpperCase(),
    request.resource,
    request.host.toLowerCase(),
    request.port,
    header.hash ?? '',
    (header.ext ?? '').replaceAll('\\', '\\\\').replaceAll('\n', '\\n'),
    '',
  ].join('\n');
  return sameText(createHmac('sha256', key).update(text).digest('base64'), header.mac);
}

/** The hash of a payload, which a client may include in what it signs. */
export function payloadHash(payload: string, contentType: string | undefined): string {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return createHash('sha256').update(`hawk.1.payload\n${type}\n${payload}\n`).digest('base64');
}

/** The JSON object in the header's `ext`, which holds Taskcluster's certificate and authorizedScopes. */
export function parseExt(ext: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(ext, 'base64').toString('utf8'));
  } catch {
    throw new HawkError('Failed to parse ext');
  }
  if (!isObject(parsed)) throw new HawkError('Failed to parse ext');
  return parsed;
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
