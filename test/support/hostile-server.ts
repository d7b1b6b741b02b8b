import type { RequestListener } from 'node:http';
import { startServer, type LocalServer } from './local-server.ts';

/** An HTTP server on this machine that answers as a test says, and records the requests. */
export class HostileServer {
  /** Paths, in order. */
  readonly asked: string[] = [];
  answer: RequestListener = (_request, response) => response.end('{}');
  readonly #server: LocalServer;

  private constructor(server: LocalServer) {
    this.#server = server;
  }

  static async start(): Promise<HostileServer> {
    const hostile = new HostileServer(
      await startServer((request, response) => {
        hostile.asked.push(request.url ?? '');
        hostile.answer(request, response);
      }),
    );
    return hostile;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get url(): string {
    return this.#server.url;
  }

  stop(): Promise<void> {
    return this.#server.close();
  }
}

/** Answers that it speaks another protocol from now on, although nobody asked. */
export const switchProtocol: RequestListener = ({ socket }) =>
  socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
