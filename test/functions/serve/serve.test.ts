import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bundleServe } from '../../../infra/bundle.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { aTest } from '../../support/push-tasks.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { ServeProcess } from '../../support/serve-process.ts';
import { clonesOf, taskNow } from '../../support/task-group.ts';

const way = useQueuedWay();
afterEach(() => way().tc.setFunctionsUrl(undefined));

const completed = async (action: string) =>
  way().tc.until(async () => (await taskNow(way().tc, action)).state === 'completed');

describe('npm run serve', () => {
  it('serves both ways in one process, with health, version and metrics endpoints', async () => {
    const serve = ServeProcess.start(way());
    const url = await serve.url();
    const push = way().newPush();
    const { label } = aTest(push, 'failed');

    const action = await way().press(push, [label]);
    await completed(action);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);

    way().tc.setFunctionsUrl(url);
    const clone = await way().press(push, [label]);
    expect(await new Queue({ rootUrl: way().tc.rootUrl }).task(clone)).toMatchObject({
      metadata: { name: label },
    });

    expect(await serve.get('/__lbheartbeat__')).toMatchObject({ status: 200 });
    const heartbeat = await serve.get('/__heartbeat__');
    expect(heartbeat.status).toBe(200);
    expect(JSON.parse(heartbeat.body)).toStrictEqual({
      status: 'ok',
      checks: { taskcluster: 'ok', clock: 'ok', log: 'ok' },
      details: {},
    });
    const version = await serve.get('/__version__');
    expect(Object.keys(JSON.parse(version.body))).toStrictEqual(['source', 'version', 'commit', 'build']);
    const metrics = await serve.get('/metrics');
    expect(metrics.body).toContain('retrigger_hooks_clones_total{service="trigger"} 1');
    expect(metrics.body).toContain('retrigger_hooks_clones_total{service="worker"} 1');
    expect(metrics.body).toContain('retrigger_hooks_click_to_pending_seconds_count{service="trigger"} 1');
    expect(serve.records.filter(({ event }) => event === 'action-done')).toMatchObject([
      { service: 'worker', level: 'info' },
      { service: 'trigger', level: 'info' },
    ]);

    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    expect(serve.records.filter(({ level }) => level !== 'info')).toStrictEqual([]);
  });

  it('runs from its bundle, one way only, with the access token in a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'serve-'));
    await bundleServe(dir);
    const token = join(dir, 'token');
    await writeFile(token, `${way().deployment.worker.accessToken}\n`);
    const serve = ServeProcess.start(way(), {
      file: join(dir, 'serve.mjs'),
      args: ['--only', 'worker'],
      env: { WORKER_TASKCLUSTER_ACCESS_TOKEN: undefined, WORKER_TASKCLUSTER_ACCESS_TOKEN_FILE: token },
    });
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await completed(action);
    expect(await serve.get('/api/hooks/v1/hooks/a/b/trigger')).toMatchObject({ status: 404 });
    expect(JSON.parse((await serve.get('/__version__')).body)).toMatchObject({ version: '0.1.0' });
    serve.kill('SIGINT');
    expect(await serve.ended).toBe(0);
  });

  it('reports all problems with the settings of both ways at once, each one once', async () => {
    const serve = ServeProcess.bare({
      env: { PORT: '99999', TASKCLUSTER_ROOT_URL: undefined, TASKCLUSTER_CLIENT_ID: 'a' },
    });
    expect(await serve.ended).toBe(1);
    expect(serve.printed).toBe(
      [
        'The settings are not complete:',
        '- PORT is not a port, 0 for any free one: 99999',
        '- TASKCLUSTER_ROOT_URL is missing',
        '- give exactly one of TASKCLUSTER_ACCESS_TOKEN_PARAMETER (on AWS), TASKCLUSTER_ACCESS_TOKEN_FILE ' +
          '(in containers) and TASKCLUSTER_ACCESS_TOKEN',
        '- TASK_QUEUES is missing',
        '',
      ].join('\n'),
    );
  });

  it('refuses bodies over the limit, unknown paths and paths that cannot be decoded as Taskcluster does', async () => {
    const serve = ServeProcess.start(way(), { args: ['--only', 'trigger'] });
    const trigger = `${await serve.url()}/api/hooks/v1/hooks/a/b/trigger`;
    const large = await fetch(trigger, { method: 'POST', body: Buffer.alloc(6_000_001) });
    expect([large.status, await large.json()]).toMatchObject([413, { code: 'InputTooLarge' }]);
    expect(large.headers.get('access-control-allow-origin')).toBe('*');
    expect(await serve.get('/api/queue/v1/ping')).toMatchObject({ status: 404 });
    const odd = await fetch(`${await serve.url()}/api/hooks/v1/hooks/%zz/b/trigger`, { method: 'POST' });
    expect(odd.status).toBe(400);
    const preflight = await fetch(trigger, { method: 'OPTIONS', headers: { origin: 'https://treeherder' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toStrictEqual([
      204,
      '*',
    ]);
  });
});
