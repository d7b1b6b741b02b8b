import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * Forwards a request unchanged, including the host, which is part of what the client signed.
 *
 * @param signal breaks the forwarded request off
 */
export async function relay(
  rootUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method = 'GET', headers, url = '/' } = request;
  const options = { method, headers, agent: false, ...(signal ? { signal } : {}) };
  const passedOn = httpRequest(`${rootUrl}${url}`, options, resolve);
  passedOn.on('error', reject);
  // If the request's own body fails first, that is reported instead.
  promise.catch(() => undefined);
  await pipeline(request, passedOn);
  const answer = await promise;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}
