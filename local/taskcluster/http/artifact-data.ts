import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { CallLog } from '../calls.ts';
import type { FaultRules } from '../faults.ts';
import type { ArtifactStore, StoredData } from '../queue/artifact-store.ts';
import { readBody } from './body.ts';
import { breaksOff, sendAnswer } from './break-off.ts';
import { decodeSegment } from './path.ts';

export const ARTIFACT_DATA_PATH = '/artifact-data';
const MAX_ARTIFACT = 512 * 1024 * 1024;

export interface ArtifactDataOptions {
  artifacts: ArtifactStore;
  calls: CallLog;
  faults: FaultRules;
  latencyMs: () => number;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  bytes?: Buffer;
  /** Instead of bytes: a body without a content-length. */
  stream?: () => Iterable<Buffer> | AsyncIterable<Buffer>;
}

/**
 * The bucket behind the artifacts: PUT with the signed URL of createArtifact and the same content-type, GET of what was
 * put. Refuses as S3 does: 403 for a wrong signature, 404 for data that is not there.
 */
export async function handleArtifactData(
  { artifacts, calls, faults, latencyMs }: ArtifactDataOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '/';
  const httpMethod = request.method ?? 'GET';
  const method = httpMethod.toLowerCase();
  const call = calls.start({ service: 'artifact-data', method, httpMethod, path });
  const fault = faults.next(method, path);
  if (fault) call.faulted = true;
  const body = await readBody(request, MAX_ARTIFACT);
  const delayMs = latencyMs() + (fault?.delayMs ?? 0);
  if (delayMs > 0) await sleep(delayMs);
  await fault?.until;
  if (breaksOff(fault, 'before', call, calls, request)) return;
  const answer = fault?.status === undefined ? answerTo(artifacts, request, body) : failure(fault.status);
  if (breaksOff(fault, 'after', call, calls, request)) return;
  const headers = { 'access-control-allow-origin': '*', ...answer.headers };
  if (!answer.stream) {
    const { status, bytes = Buffer.alloc(0) } = answer;
    return sendAnswer({ status, headers, bytes }, { fault, call, calls }, request, response);
  }
  call.status = answer.status;
  response.writeHead(answer.status, headers);
  const counted = async function* (stream: Iterable<Buffer> | AsyncIterable<Buffer>) {
    for await (const chunk of stream) {
      call.bytes += chunk.length;
      yield chunk;
    }
  };
  // No client reads such a body to its end.
  await pipeline(counted(answer.stream()), response).catch(() => undefined);
  calls.end(call);
}

function answerTo(artifacts: ArtifactStore, request: IncomingMessage, bytes: Buffer): Answer {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const key = url.pathname
    .slice(ARTIFACT_DATA_PATH.length + 1)
    .split('/')
    .map(decodeSegment)
    .join('/');
  const signature = url.searchParams.get('signature') ?? '';
  switch (request.method ?? 'GET') {
    case 'PUT': {
      const contentType = request.headers['content-type'] ?? '';
      if (!artifacts.mayPut(key, contentType, signature)) return { status: 403 };
      const contentEncoding = request.headers['content-encoding'];
      artifacts.setData(key, {
        contentType,
        ...(contentEncoding === undefined ? {} : { contentEncoding }),
        content: { bytes },
      });
      return { status: 200 };
    }
    case 'GET':
    case 'HEAD': {
      if (!artifacts.mayGet(key, signature)) return { status: 403 };
      const data = artifacts.data(key);
      return data ? contentOf(data) : { status: 404 };
    }
    default:
      return { status: 405 };
  }
}

function contentOf({ contentType, contentEncoding, content }: StoredData): Answer {
  if ('redirect' in content) return { status: 302, headers: { location: content.redirect } };
  const headers = {
    'content-type': contentType,
    ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
  };
  if ('stream' in content) return { status: 200, headers, stream: content.stream };
  if ('lazy' in content) return { status: 200, headers, bytes: content.lazy() };
  const bytes = 'bytes' in content ? content.bytes : Buffer.from(JSON.stringify(content.json));
  return { status: 200, headers, bytes };
}

function failure(status: number): Answer {
  const bytes = Buffer.from(
    '<Error><Code>Chosen</Code><Message>This call was chosen to fail.</Message></Error>',
  );
  return { status, headers: { 'content-type': 'application/xml' }, bytes };
}
