import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { AnswerTooLargeError, JsonBody, type AnswerBody } from './answer-body.ts';
import { decompressed, ENCODINGS } from './decompression.ts';

/** The concurrent requests of one cancel-all, and room for others of the process. */
const MAX_SOCKETS = 128;
/** The largest error body to read; longer ones are reported only by their status. */
const ERROR_BYTES = 1024 * 1024;

// A connection for each request would cost a TLS handshake, which takes longer than the request.
const AGENTS = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
};

export interface ApiRequest {
  method: string;
  url: URL;
  /** Absent for an anonymous request. */
  authorization: string | undefined;
  /** JSON. */
  payload: string | undefined;
  /** Time limit until the last byte of the answer. */
  timeoutMs: number;
}

export interface ApiAnswer {
  status: number;
  /** Undefined if there is none, or if an error is not JSON. */
  body: unknown;
}

const NO_CONTENT = 204;

/** A 303 tells where an artifact is. Any other redirect is a proxy's: nothing was done. */
export function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 303;
}

/** There was no complete answer. */
class NoAnswerError extends Error {
  /** The network's code, or one of ours. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'NoAnswerError';
    this.code = code;
  }
}

/**
 * Sends one request and reads its answer.
 *
 * @param body for the body of a successful answer
 * @throws NoAnswerError, or an error of Node's with a `code`; AnswerTooLargeError; whatever `body` throws
 */
export function exchange(
  { method, url, authorization, payload, timeoutMs }: ApiRequest,
  body: AnswerBody,
): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const secure = url.protocol === 'https:';
  const request = (secure ? https : http).request(url, {
    method,
    agent: AGENTS[secure ? 'https:' : 'http:'],
    headers: {
      'accept-encoding': ENCODINGS,
      'user-agent': 'retrigger-hooks',
      ...(authorization === undefined ? {} : { authorization }),
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    },
  });
  const timer = setTimeout(
    () => request.destroy(new NoAnswerError('ECONNABORTED', `no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  let answered = false;
  request.on('error', reject);
  request.on('response', (response) => {
    answered = true;
    read(response, body).then(resolve, (error: unknown) => {
      reject(error);
      request.destroy();
    });
  });
  request.on('close', () => {
    clearTimeout(timer);
    // Node reports neither an answer nor an error if a server switches to another protocol.
    if (!answered) reject(new NoAnswerError('BrokenOff', 'the connection was closed before the answer'));
  });
  request.end(payload);
  return promise;
}

async function read(response: IncomingMessage, body: AnswerBody): Promise<ApiAnswer> {
  const { statusCode: status = 0, headers } = response;
  const isJson = headers['content-type']?.startsWith('application/json') ?? false;
  if (isSuccess(status) && status !== NO_CONTENT) {
    // A proxy's page must not look like the result of a call.
    if (!isJson) throw new NoAnswerError('BrokenOff', `the answer (${status}) is not JSON`);
    return { status, body: await received(response, body) };
  }
  try {
    return { status, body: await received(response, isJson ? new JsonBody(ERROR_BYTES) : undefined) };
  } catch (error) {
    // The status is enough if the rest of an error cannot be read.
    if (error instanceof SyntaxError || error instanceof AnswerTooLargeError)
      return { status, body: undefined };
    throw error;
  }
}

/** @param body undefined if the content does not matter */
function received(response: IncomingMessage, body: AnswerBody | undefined): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const content = decompressed(response);
  if (!content) throw new NoAnswerError('BrokenOff', 'the answer has an unknown compression');
  content.on('data', (chunk: Buffer) => {
    try {
      body?.write(chunk);
    } catch (error) {
      reject(error);
      content.destroy();
    }
  });
  content.on('end', () => {
    try {
      resolve(body?.end());
    } catch (error) {
      reject(error);
    }
  });
  content.on('error', reject);
  // This comes after the end or an error, unless the connection was cut.
  content.on('close', () =>
    reject(new NoAnswerError('BrokenOff', 'the connection was cut within the answer')),
  );
  return promise;
}
