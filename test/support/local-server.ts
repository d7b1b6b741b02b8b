import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:net';

export interface LocalServer {
  url: string;
  /** Cuts all connections. */
  close: () => Promise<void>;
}

/** Serves HTTP on a free port of 127.0.0.1. */
export async function startServer(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  // Keeps idle connections open, so that no client reuses one that was just closed.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @returns the port of 127.0.0.1 that was free */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}
