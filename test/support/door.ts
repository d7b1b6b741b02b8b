import { startServer } from './local-server.ts';
import { relay } from './relay.ts';

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
  const server = await startServer((request, response) => {
    if (!open) {
      response.destroy();
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    relay(rootUrl, request, response, gone.signal).catch(() => response.destroy());
  });
  return {
    url: server.url,
    shut: () => {
      open = false;
      void server.close();
    },
  };
}
