import type { IncomingMessage, ServerResponse } from 'node:http';

import { Ajv, type ValidateFunction } from 'ajv';

import type { Fault, LocalTaskcluster } from './api.ts';
import { readBody } from './http/body.ts';

export const CONTROL_PATH = '/local/';

const MOMENTS = ['before', 'midway', 'after'];

const ajv = new Ajv({ allErrors: true });
const validateLatency = ajv.compile<{ ms: number }>({
  type: 'object',
  additionalProperties: false,
  required: ['ms'],
  properties: { ms: { type: 'number', minimum: 0 } },
});
const validateFaults = ajv.compile<Fault[]>({
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['method'],
    properties: {
      method: { type: 'string', minLength: 1 },
      path: { type: 'string', minLength: 1 },
      nth: { type: 'integer', minimum: 1 },
      times: { type: 'integer', minimum: 1 },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      drop: { type: 'string', enum: MOMENTS },
      hang: { type: 'string', enum: MOMENTS },
      halfway: { type: 'boolean', enum: [true] },
      delayMs: { type: 'number', minimum: 0 },
    },
  },
});

class BadBody extends Error {
  override name = 'BadBody';
}

/** What `/local/*` works on. */
type Controlled = Pick<
  LocalTaskcluster,
  'calls' | 'clearCalls' | 'setLatency' | 'setFaults' | 'expireClaims'
> & {
  /** The clock of the calls: milliseconds since the server started. */
  elapsedMs(): number;
};

/**
 * `/local/*`: observe and disturb the local Taskcluster from outside its process. These calls are not recorded.
 * `/local/calls?since=<ms>` leaves out calls that started earlier, by the clock that `/local/ready` returns.
 */
export async function handleControl(
  local: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  try {
    const answer = control(local, `${request.method} ${request.url}`, body);
    if (answer === undefined) send(response, 404, { error: 'Not found' });
    else send(response, 200, answer);
  } catch (error) {
    if (!(error instanceof BadBody)) throw error;
    send(response, 400, { error: error.message });
  }
}

function control(local: Controlled, action: string, body: Buffer): unknown {
  const [, since] = /^GET \/local\/calls\?since=(\d+(?:\.\d+)?)$/.exec(action) ?? [];
  if (since !== undefined) return local.calls().filter(({ startMs }) => startMs >= Number(since));
  switch (action) {
    case 'GET /local/ready':
      return { ready: true, elapsedMs: local.elapsedMs() };
    case 'GET /local/calls':
      return local.calls();
    case 'DELETE /local/calls':
      local.clearCalls();
      return {};
    case 'POST /local/latency':
      local.setLatency(parse(body, validateLatency).ms);
      return {};
    case 'POST /local/faults':
      local.setFaults(parse(body, validateFaults));
      return {};
    case 'POST /local/expire-claims':
      local.expireClaims();
      return {};
    default:
      return undefined;
  }
}

function parse<T>(body: Buffer, validate: ValidateFunction<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new BadBody(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (validate(value)) return value;
  throw new BadBody(ajv.errorsText(validate.errors, { dataVar: 'body' }));
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(json));
}
