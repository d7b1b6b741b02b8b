import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { CallLog } from '../calls.ts';
import type { ArtifactStore } from '../queue/artifact-store.ts';
import { readBody } from './body.ts';
import { decodeSegment } from './path.ts';

export const ARTIFACT_DATA_PATH = '/artifact-data';
const MAX_ARTIFACT = 512 * 1024 * 1024;

/**
 * The bucket behind the artifacts: PUT with the signed URL of createArtifact and the same content-type, GET of what
 * was put. Refuses like S3 does: 403 for a signature that does not fit, 404 for what is not there.
 */
export async function handleArtifactData(
  artifacts: ArtifactStore,
  calls: CallLog,
  latencyMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const key = url.pathname
    .slice(ARTIFACT_DATA_PATH.length + 1)
    .split('/')
    .map(decodeSegment)
    .join('/');
  const signature = url.searchParams.get('signature') ?? '';
  const httpMethod = request.method ?? 'GET';
  const method = httpMethod.toLowerCase();
  const call = calls.start({ service: 'artifact-data', method, httpMethod, path: request.url ?? '/' });
  const answer = (
    status: number,
    headers: Record<string, string> = {},
    bytes: Buffer = Buffer.alloc(0),
  ): void => {
    call.status = status;
    call.bytes = bytes.length;
    call.endMs = calls.elapsed();
    response.writeHead(status, {
      'access-control-allow-origin': '*',
      ...headers,
      'content-length': bytes.length,
    });
    response.end(method === 'head' ? undefined : bytes);
  };
  const bytes = await readBody(request, MAX_ARTIFACT);
  if (latencyMs > 0) await sleep(latencyMs);
  if (method === 'put') {
    const contentType = request.headers['content-type'] ?? '';
    if (!artifacts.mayPut(key, contentType, signature)) return answer(403);
    const contentEncoding = request.headers['content-encoding'];
    artifacts.setData(key, {
      contentType,
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      content: { bytes },
    });
    return answer(200);
  }
  if (method !== 'get' && method !== 'head') return answer(405);
  if (!artifacts.mayGet(key, signature)) return answer(403);
  const data = artifacts.data(key);
  if (!data) return answer(404);
  const headers = {
    'content-type': data.contentType,
    ...(data.contentEncoding === undefined ? {} : { 'content-encoding': data.contentEncoding }),
  };
  const content =
    'bytes' in data.content ? data.content.bytes : Buffer.from(JSON.stringify(data.content.json));
  return answer(200, headers, content);
}
