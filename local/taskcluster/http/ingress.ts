import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';

import type { CallLog } from '../calls.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { errorBody } from './api-error.ts';
import { decodeSegment } from './path.ts';
import { BodyTooLarge, parseJson, readBody } from './body.ts';

const TRIGGER = /^\/api\/hooks\/v1\/hooks\/([^/]+)\/([^/]+)\/trigger$/;

/** The rule of a deployment's ingress: triggers of in-tree action hooks, except full hooks, go to the functions. */
export function goesToFunctions(httpMethod: string | undefined, url: string): boolean {
  if (httpMethod !== 'POST' && httpMethod !== 'OPTIONS') return false;
  const [, group, hook] = TRIGGER.exec(url.split('?')[0] ?? '') ?? [];
  if (group === undefined || hook === undefined) return false;
  const hookId = decodeSegment(hook);
  return (
    decodeSegment(group).startsWith('project-') &&
    /^in-tree-.*action-/.test(hookId) &&
    !hookId.endsWith('/full')
  );
}

/**
 * Forwards the request as it was received, with the path still encoded, and relays the answer; 502 if the functions
 * cannot be reached.
 */
export async function proxyToFunctions(
  functionsUrl: string,
  calls: CallLog,
  now: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '/';
  const httpMethod = request.method ?? 'POST';
  const call = calls.start({ service: 'functions', method: 'triggerHook', httpMethod, path });
  const refuse = (code: string, status: number, text: string, sent: unknown) => {
    const failed = { method: 'triggerHook', params: {}, payload: sent, now: now() };
    const answer = JSON.stringify(errorBody(code, status, text, failed));
    call.status = status;
    call.bytes = Buffer.byteLength(answer);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
    });
    response.end(answer);
  };
  let body: Buffer;
  try {
    body = await readBody(request);
  } catch (error) {
    // A gateway answers this itself: a body that large never reaches a function.
    if (!(error instanceof BodyTooLarge)) throw error;
    refuse('InputTooLarge', 413, 'The request body is too large', {});
    calls.end(call);
    return;
  }
  const payload = readable(body);
  if (payload !== undefined) call.body = payload;
  try {
    const answer = await send(functionsUrl, request, body);
    if (answer.statusCode === 200) {
      const content = await readBody(answer);
      const crashed = isCrash(readable(content));
      call.status = crashed ? 500 : 200;
      const sent = crashed ? Buffer.from(JSON.stringify({ message: 'Internal Server Error' })) : content;
      call.bytes = sent.length;
      const { 'transfer-encoding': _chunked, ...headers } = answer.headers;
      response.writeHead(call.status, { ...headers, 'content-length': sent.length });
      response.end(sent);
      calls.end(call);
      return;
    }
    call.status = answer.statusCode ?? 0;
    response.writeHead(call.status, answer.headers);
    answer.on('data', (chunk: Buffer) => {
      call.bytes += chunk.length;
    });
    await pipeline(answer, response);
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
    } else {
      const reason = error instanceof Error ? error.message : String(error);
      refuse('BadGateway', 502, `The functions cannot be reached: ${reason}`, payload ?? {});
    }
  }
  calls.end(call);
}

/** When a function crashes, serverless-offline answers 200 with its stack; API Gateway answers 500 without it. */
function isCrash(answer: unknown): boolean {
  return isObject(answer) && 'errorType' in answer && 'stackTrace' in answer;
}

function send(functionsUrl: string, request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const target = new URL(functionsUrl);
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(request.headers.host ?? '') ?? [];
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const makeRequest = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = makeRequest(
    target,
    {
      method: request.method,
      path: `${target.pathname.replace(/\/$/, '')}${request.url ?? '/'}`,
      headers: {
        ...request.headers,
        'x-forwarded-host': host,
        'x-forwarded-port': port ?? '80',
        'x-forwarded-proto': 'http',
      },
    },
    resolve,
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

function readable(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
