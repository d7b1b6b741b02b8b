import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { generatePush } from '../../local/push/generate.ts';
import type { Push } from '../../local/push/push.ts';
import { Hooks, Queue } from '../../local/treeherder/client.ts';
import { at } from '../support/json.ts';
import { aTest, change } from '../support/push-tasks.ts';
import { requestsPayload } from '../support/requests.ts';
import { runScript } from '../support/scripts.ts';

describe('npm start -- --once', () => {
  it('shows a retrigger from the click to the pending task, both ways, and exits with 0', async () => {
    const { printed, closed } = await runScript('start', ['--once', '--size', '50']);
    expect({ code: await closed, err: printed.err }).toStrictEqual({ code: 0, err: '' });
    expect(printed.out).toMatch(/^Starting /);
    for (const way of ['direct', 'queued']) {
      const [, timeline = ''] = printed.out.split(`the ${way} way`);
      const steps = [
        ...timeline.matchAll(/^ {2}(click|authenticated|claimed|read|created|pending) +(\d+) ms/gm),
      ];
      expect(steps.slice(0, 5).map(([, name]) => name)).toStrictEqual([
        'click',
        way === 'direct' ? 'authenticated' : 'claimed',
        'read',
        'created',
        'pending',
      ]);
      expect(timeline).toMatch(/new task: [A-Za-z0-9_-]{22}\n/);
    }
    expect(printed.out).toMatch(/^New job test-\S+, the direct way\n/m);
  });

  it('fails if the button does nothing', async () => {
    const dir = await pushDir((push) => change(push, push.decisionTaskId, { task: { scopes: [] } }));
    const { printed, closed } = await runScript('start', ['--once', '--push', dir]);
    expect(await closed).toBe(1);
    expect(printed.err).toContain("Action is misconfigured: decision task's scopes do not satisfy");
    expect(printed.out).not.toContain('new task');
  });
});

const dirs: string[] = [];
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true });
});

/** Writes a push in the form that `--push` reads. */
const pushDir = async (changePush: (push: Push) => void = () => undefined): Promise<string> => {
  const push = generatePush({ size: 50, seed: 99, rootUrl: 'http://127.0.0.1', now: new Date() });
  changePush(push);
  const { 'public/label-to-taskid.json': labels = {}, ...own } = push.artifacts[push.decisionTaskId] ?? {};
  const dir = await mkdtemp(join(tmpdir(), 'push-'));
  dirs.push(dir);
  const files = {
    'meta.json': { decision: push.decisionTaskId },
    'queue.json': push.tasks,
    'index.json': push.index,
    'label-to-taskid.json': labels,
    'extra-artifacts.json': { ...push.artifacts, [push.decisionTaskId]: own },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(dir, name), JSON.stringify(content));
  return dir;
};

describe('npm run local', () => {
  it('serves a push from a directory, and prints how to reach it', async () => {
    const push = generatePush({ size: 50, seed: 99, rootUrl: 'http://127.0.0.1', now: new Date() });
    const { child, closed, firstLine } = await runScript('local', ['--push', await pushDir()]);
    const ready: unknown = JSON.parse(await firstLine);
    const rootUrl = String(at(ready, 'rootUrl'));
    const [hookGroupId, hookId] = [String(at(ready, 'hookGroupId')), String(at(ready, 'hookId'))];
    const credentials = { clientId: expect.any(String), accessToken: expect.any(String) };
    expect(ready).toStrictEqual({
      rootUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      credentials,
      user: credentials,
      decisionTaskId: push.decisionTaskId,
      hookGroupId: 'project-gecko',
      hookId: expect.stringMatching(/^in-tree-action-3-generic\//),
      triggerUrl: `${rootUrl}/api/hooks/v1/hooks/${hookGroupId}/${encodeURIComponent(hookId)}/trigger`,
    });

    const hooks = new Hooks({ rootUrl, credentials: Object(at(ready, 'user')) });
    const answer = await hooks.triggerHook(
      hookGroupId,
      hookId,
      requestsPayload(push, [{ tasks: [aTest(push).label] }]),
    );
    expect(await new Queue({ rootUrl }).task(String(at(answer, 'taskId')))).toMatchObject({
      metadata: { name: aTest(push).label },
    });
    const response = await fetch(`${rootUrl}/local/calls`);
    const calls: unknown = await response.json();
    expect(JSON.stringify(calls)).toContain('"method":"createTask"');

    child.kill('SIGINT');
    expect(await closed).toBe(0);
  });

  it('runs without the functions', async () => {
    const { child, closed, firstLine } = await runScript('local', [
      '--no-functions',
      '--size',
      '50',
      '--latency',
      '20',
    ]);
    const rootUrl = String(at(JSON.parse(await firstLine), 'rootUrl'));
    await expect(fetch(`${rootUrl}/local/ready`).then((response) => response.json())).resolves.toMatchObject({
      ready: true,
    });
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
  });

  it('can have a push without marks, as of projects other than Firefox', async () => {
    const { child, closed, firstLine } = await runScript('local', [
      '--no-functions',
      '--size',
      '50',
      '--unmarked',
    ]);
    const { rootUrl, decisionTaskId }: Record<string, string> = JSON.parse(await firstLine);
    const group = await fetch(`${rootUrl}/api/queue/v1/task-group/${decisionTaskId}/list`);
    const text = await group.text();
    expect(text).toContain('"test-suite":');
    expect(text).not.toContain('"retrigger":');
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
  });

  it.each([
    [['--size', '49'], '--size takes a whole number from 50 to 20000, not 49.\n'],
    [['--size', '50', '--push', '.'], 'Give --size or --push, not both.\n'],
    [['--unmarked', '--push', '.'], 'Give --unmarked or --push, not both.\n'],
    [['--port', 'http'], '--port takes a whole number from 0 to 65535, not http.\n'],
    [['--latency', '-1'], "Option '--latency' argument is ambiguous.\n"],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { printed, closed } = await runScript('local', args);
    expect(await closed).toBe(64);
    expect(printed.err.startsWith(`${sentence}\nusage: npm run local -- `)).toBe(true);
    expect(printed.out).toBe('');
  });
});
