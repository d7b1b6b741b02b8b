import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Hooks } from '../../local/treeherder/client.ts';
import { generatePush } from '../../local/push/generate.ts';
import { seedDeployment } from '../../local/seed/deployment.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { pressRetrigger } from '../../local/treeherder/button.ts';
import { tests } from '../support/push-tasks.ts';
import { runNode } from '../support/scripts.ts';
import { clonesOf, taskNow } from '../support/task-group.ts';

// The steps and commands of docs/adopting.md: from unwrapped hooks to a retrigger, and back.
it('can be adopted, used and removed again', async () => {
  const tc = await startLocalTaskcluster({ longPollMs: 200, claimLookMs: 5 });
  try {
    const { hooks, user, worker } = await seedDeployment(tc);
    const service = new Hooks({ rootUrl: tc.rootUrl, credentials: tc.credentials });
    for (const { full } of hooks) await service.removeHook(full.hookGroupId, full.hookId);
    const definitions = () =>
      Promise.all(hooks.map(({ hook }) => service.hook(hook.hookGroupId, hook.hookId)));
    const before = await definitions();

    const config = join(await mkdtemp(join(tmpdir(), 'adopting-')), 'my-deployment.yml');
    await writeFile(config, CONFIG(worker.clientId));
    const tool = async (...args: string[]) => {
      const { closed, printed } = runNode(['hooks/cli.ts', ...args, '--config', config], {
        TASKCLUSTER_ROOT_URL: tc.rootUrl,
        TASKCLUSTER_CLIENT_ID: tc.credentials.clientId,
        TASKCLUSTER_ACCESS_TOKEN: tc.credentials.accessToken,
      });
      return { status: await closed, text: printed.out + printed.err };
    };
    expect(await tool('check')).toMatchObject({ status: 0 });
    expect(await tool('diff')).toMatchObject({ status: 2 });
    expect(await tool('apply', '--yes')).toMatchObject({ status: 0 });
    expect(await tool('diff')).toMatchObject({ status: 0 });

    const serve = runNode(['functions/serve/main.ts', '--only', 'worker'], {
      PORT: '0',
      TASKCLUSTER_ROOT_URL: tc.rootUrl,
      TASKCLUSTER_CLIENT_ID: worker.clientId,
      TASKCLUSTER_ACCESS_TOKEN: worker.accessToken,
      TASK_QUEUES: 'gecko-3/retrigger',
    });
    const push = generatePush({ size: 50, rootUrl: tc.rootUrl, now: new Date() });
    tc.loadPush(push);
    const [test] = tests(push);
    const { decisionTaskId } = push;
    const { taskId } = await pressRetrigger(
      { rootUrl: tc.rootUrl, userCredentials: user, decisionTaskId },
      { labels: [test?.label ?? ''] },
    );
    await tc.until(async () => (await taskNow(tc, taskId)).state === 'completed', 20_000);
    expect(await clonesOf(tc, decisionTaskId, taskId)).toHaveLength(1);
    serve.child.kill('SIGTERM');
    expect(await serve.closed).toBe(0);

    expect(await tool('unwrap', '--yes')).toMatchObject({ status: 0 });
    expect(await definitions()).toStrictEqual(before);
    for (const { full } of hooks)
      await expect(service.hook(full.hookGroupId, full.hookId)).rejects.toMatchObject({ statusCode: 404 });
  } finally {
    await tc.close();
  }
});

const CONFIG = (workerClientId: string) => `version: 1
mode: wrap
worker:
  clientId: ${workerClientId}
  workerGroup: retrigger-hooks
trustDomains:
  gecko:
    1: {permissions: [generic]}
    3: {permissions: [generic]}
`;
