import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Call, Fault } from '../api.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { CallLog } from '../calls.ts';
import type { FaultRules } from '../faults.ts';
import { errorBody } from './api-error.ts';
import { readBody } from './body.ts';
import { breaksOff, sendAnswer } from './break-off.ts';
import { perform } from './dispatch.ts';
import type { Reply } from './endpoint.ts';
import type { Match, Router } from './router.ts';
import { serviceOf } from './router.ts';

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-max-age': '900',
  'access-control-allow-methods': 'OPTIONS,GET,HEAD,POST,PUT,DELETE,TRACE,CONNECT',
  'access-control-request-method': '*',
  'access-control-allow-headers': 'X-Requested-With,Content-Type,Authorization,Accept,Origin,Cache-Control',
  'cache-control': 'no-store no-cache must-revalidate',
};

export interface ApiServerOptions {
  router: Router;
  authenticator: Authenticator;
  calls: CallLog;
  faults: FaultRules;
  now: () => number;
  /** Milliseconds added to every answer. */
  latencyMs: () => number;
  recordResponses: boolean;
}

/** Answers API requests of all services, with the latency and the faults that were set. */
export class ApiServer {
  readonly #options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { router, calls, faults, latencyMs } = this.#options;
    const url = request.url ?? '/';
    const path = url.split('?')[0] ?? '/';
    const httpMethod = request.method ?? 'GET';
    const service = serviceOf(path);
    if (httpMethod === 'OPTIONS' && service !== undefined) {
      preflight(response, router.allowed(path));
      return;
    }
    const match = router.match(httpMethod, path);
    const method = match?.endpoint.name ?? 'unknown';
    const call = calls.start({ service: service ?? 'unknown', method, httpMethod, path: url });
    const fault = faults.next(method, url);
    if (fault) call.faulted = true;
    const half = latencyMs() / 2;
    const body = await readBody(request).catch((error: unknown) => asError(error));
    await wait(half + (fault?.delayMs ?? 0));
    await fault?.until;
    if (breaksOff(fault, 'before', call, calls, request)) return;
    const reply = await this.#perform(request, response, { call, match, body, fault });
    await wait(half);
    if (breaksOff(fault, 'after', call, calls, request)) return;
    this.#send(request, response, { call, fault, reply, isApi: service !== undefined });
  }

  async #perform(
    request: IncomingMessage,
    response: ServerResponse,
    {
      call,
      match,
      body,
      fault,
    }: { call: Call; match: Match | undefined; body: Buffer | Error; fault: Fault | undefined },
  ): Promise<Reply> {
    const { authenticator, now } = this.#options;
    if (fault?.status !== undefined) return faultReply(fault.status, call, match, now());
    if (!match) return { status: 404, json: { error: 'Not found' } };
    return perform(authenticator, {
      request,
      response,
      match,
      body,
      now,
      stopped: fault?.halfway === true,
      seen: (details) => Object.assign(call, details),
    });
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    { call, fault, reply, isApi }: { call: Call; fault: Fault | undefined; reply: Reply; isApi: boolean },
  ): void {
    const { calls, recordResponses } = this.#options;
    const text = reply.json === undefined ? '' : JSON.stringify(reply.json);
    if (recordResponses && text !== '') call.response = JSON.parse(text);
    const headers = {
      ...(isApi ? CORS_HEADERS : {}),
      ...reply.headers,
      ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    };
    const answer = { status: reply.status ?? 200, headers, bytes: Buffer.from(text) };
    sendAnswer(answer, { fault, call, calls }, request, response);
  }
}

function preflight(response: ServerResponse, allowed: string[]): void {
  const status = allowed.length > 0 ? 200 : 404;
  response.writeHead(status, { ...CORS_HEADERS, allow: allowed.join(','), 'content-length': 0 }).end();
}

/** The code of a refusal that was chosen. A 404 is one of something in between: it does not say `ResourceNotFound`. */
const FAULT_CODES: Readonly<Record<number, string>> = {
  401: 'AuthenticationFailed',
  403: 'InsufficientScopes',
  409: 'RequestConflict',
  429: 'TooManyRequests',
};

function faultReply(status: number, call: Call, match: Match | undefined, now: number): Reply {
  const code = status >= 500 ? 'InternalServerError' : (FAULT_CODES[status] ?? 'InputError');
  const failed = { method: call.method, params: match?.params ?? {}, payload: {}, now };
  return { status, json: errorBody(code, status, 'This call was chosen to fail.', failed) };
}

async function wait(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
