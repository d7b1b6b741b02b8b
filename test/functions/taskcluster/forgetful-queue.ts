import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { startServer } from '../../support/local-server.ts';

export interface ForgetfulQueue {
  rootUrl: string;
  /** From now on, batch reads leave out this task, as the queue does once it has expired and was removed. */
  forget(taskId: string): void;
  close(): Promise<void>;
}

/** A proxy to a Taskcluster that hides forgotten tasks and forwards everything else. */
export async function startForgetfulQueue(rootUrl: string): Promise<ForgetfulQueue> {
  const forgotten = new Set<unknown>();
  const remembered = (entry: unknown) => !isObject(entry) || !forgotten.has(entry['taskId']);
  const without = (answer: unknown): unknown => {
    if (!isObject(answer)) return answer;
    const kept = Object.entries(answer).map(([field, value]) => [
      field,
      Array.isArray(value) ? value.filter(remembered) : value,
    ]);
    return Object.fromEntries(kept);
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${rootUrl}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        'content-type': 'application/json',
        // The caller signed for the address that it knows.
        'x-forwarded-host': new URL(front).hostname,
        'x-forwarded-port': new URL(front).port,
        ...(authorization === '' ? {} : { authorization }),
      },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      redirect: 'manual',
    });
    const text = await answer.text();
    const batch = /\/tasks(\/status)?(\?|$)/.test(request.url ?? '');
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(batch ? JSON.stringify(without(JSON.parse(text))) : text);
  };
  const { url: front, close } = await startServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  return {
    rootUrl: front,
    forget: (taskId) => forgotten.add(taskId),
    close,
  };
}
