import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { connect, type Service } from '../../../hooks/read/service.ts';
import { hgHook } from '../hooks.ts';

/** A service at an address that always answers the same. */
async function answering(status: number, body: string): Promise<Service> {
  const server = createServer((_request, response) =>
    response
      .writeHead(status, { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' })
      .end(body),
  );
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return connect(`http://127.0.0.1:${address.port}`, undefined);
}

it('reads a group of a thousand hooks', async () => {
  const hook = { ...hgHook(), metadata: { name: 'x'.repeat(30_000) } };
  const service = await answering(200, JSON.stringify({ hooks: Array.from({ length: 1000 }, () => hook) }));
  expect(await service.listHooks('project-gecko')).toHaveLength(1000);
});

it('does not take a 404 of something else for an answer that there is no such hook', async () => {
  const service = await answering(404, '<h1>Not found</h1>');
  const reason = `${service.rootUrl} answers 404, and not as Taskcluster does`;
  await expect(service.listHooks('project-gecko')).rejects.toThrow(
    `could not list the hooks of project-gecko: ${reason}`,
  );
  await expect(service.hook(hgHook())).rejects.toThrow(reason);
  await expect(service.role('a')).rejects.toThrow(`could not read role a: ${reason}`);
});

it('names a page that is not Taskcluster', async () => {
  const service = await answering(200, '<h1>Hello</h1>');
  await expect(service.listHooks('project-gecko')).rejects.toThrow(
    `could not list the hooks of project-gecko: ${service.rootUrl} does not answer as Taskcluster does: the answer (200) is not JSON`,
  );
});

it('knows Taskcluster’s own 404', async () => {
  const service = await answering(404, JSON.stringify({ code: 'ResourceNotFound', message: 'No such hook' }));
  expect(await service.hook(hgHook())).toBeUndefined();
  expect(await service.listHooks('project-gecko')).toEqual([]);
});
