import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * A proxy to a Taskcluster that can be shut for good. To Taskcluster, a process that only has this connection then
 * looks killed: its connections are cut, and it is never heard of again.
 */
export interface Door {
  url: string;
  shut(): void;
}

export async function openDoor(rootUrl: string): Promise<Door> {
  let open = true;
  const server = createServer((request, response) => {
    if (!open) response.destroy();
    else relay(rootUrl, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the door has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    shut: () => {
      open = false;
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Forwards a request unchanged, including the host, which is part of what the client signed. */
async function relay(rootUrl: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method = 'GET', headers, url = '/' } = request;
  const passedOn = httpRequest(`${rootUrl}${url}`, { method, headers, agent: false }, resolve);
  passedOn.on('error', reject);
  // If the request's own body fails first, that is reported instead.
  promise.catch(() => undefined);
  response.on('close', () => passedOn.destroy());
  await pipeline(request, passedOn);
  const answer = await promise;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}
