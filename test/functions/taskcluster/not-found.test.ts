import { afterEach, beforeEach, expect, it } from 'vitest';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterHooks } from '../../../functions/taskcluster/hooks.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { HostileServer } from '../../support/hostile-server.ts';

const HOOK = { hookGroupId: 'project-gecko', hookId: 'in-tree-action-3-generic/0123456789' };

let server: HostileServer;
let reader: TaskclusterReader;
let hooks: TaskclusterHooks;
beforeEach(async () => {
  server = await HostileServer.start();
  const client = new TaskclusterClient({ rootUrl: server.url });
  reader = new TaskclusterReader(client, new Downloads(server.url));
  hooks = new TaskclusterHooks(client, reader);
});
afterEach(() => server.stop());

it.each<[string, () => Promise<unknown>, unknown]>([
  ['a task', () => reader.task('a'), undefined],
  ['statuses', () => reader.statuses(['a']), new Map()],
  ['an artifact', () => reader.artifact('a', 'public/x.json'), undefined],
  ['a hook', () => hooks.exists(HOOK), false],
  ['a triggered hook', () => hooks.triggerHook(HOOK, {}), undefined],
])('%s is not there if Taskcluster says so, but not if a proxy does', async (_, ask, absent) => {
  server.answer = (__, response) =>
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end('{"code": "ResourceNotFound", "message": "no such thing"}');
  expect(await ask()).toStrictEqual(absent);

  server.answer = (__, response) => response.writeHead(404).end('default backend - 404');
  await expect(ask()).rejects.toMatchObject({ statusCode: 404, lasting: false, refused: true });
});
