import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hookPath } from '../../functions/tasks/hook-name.ts';
import { fullCopy, wrapHook } from '../../hooks/render/wrap.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { BARE_ENVIRONMENT, runScript } from '../support/scripts.ts';
import { hgHook, SETTINGS } from './hooks.ts';
import { BYSTANDERS, CONFIG, startDeployment, writes } from './service.ts';

const CLI = new URL('../../hooks/cli.ts', import.meta.url).pathname;

let tc: LocalTaskcluster | undefined;
let dir: string;
let config: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hooks-cli-'));
  config = join(dir, 'my-deployment.yml');
  writeFileSync(config, CONFIG);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await tc?.close();
  tc = undefined;
  rmSync(dir, { recursive: true });
});

interface Run {
  child: ChildProcess;
  ended: Promise<{ status: number | null; out: string; err: string }>;
}

function run(args: string[], env: Record<string, string> = {}, stdout: 'pipe' | number = 'pipe'): Run {
  const credentials =
    tc === undefined
      ? {}
      : {
          TASKCLUSTER_ROOT_URL: tc.rootUrl,
          TASKCLUSTER_CLIENT_ID: tc.credentials.clientId,
          TASKCLUSTER_ACCESS_TOKEN: tc.credentials.accessToken,
        };
  const child = spawn(process.execPath, [CLI, ...args, '--config', config], {
    env: { ...BARE_ENVIRONMENT, ...credentials, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ status: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (status) => resolve({ status, out, err }));
  });
  return { child, ended };
}

/** The same, but nobody reads what it prints. */
function runUnread(args: string[]): Run['ended'] {
  const { child, ended } = run(args);
  child.stdout?.destroy();
  return ended;
}

const hooks = (count: number) =>
  Array.from({ length: count }, (_, i) => hgHook(i.toString(16).padStart(10, '0').replace(/^0/, 'a')));

describe('npm run hooks', () => {
  it('apply on 300 hooks, killed midway, applied again, gives the wanted state', async () => {
    const all = hooks(300);
    const started = await startDeployment(all);
    tc = started.tc;
    const server = tc;
    const first = run(['apply', '--yes']);
    await vi.waitFor(() => expect(writes(server).length).toBeGreaterThan(200), {
      timeout: 120_000,
      interval: 5,
    });
    first.child.kill('SIGKILL');
    expect((await first.ended).status).toBeNull();
    const midway = writes(server).length;
    expect(midway).toBeLessThan(600);

    const second = await run(['apply', '--yes', '--json']).ended;
    // Only progress lines, for what takes more than a second.
    expect(second.err).toMatch(/^(?:(?:Reading|Writing) [\w ]+ …\n)*$/);
    expect(second.status).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({ failed: [] });
    const after = new Map(
      (await started.admin.listHooks('project-gecko')).map((hook) => [hookPath(hook), hook]),
    );
    for (const hook of all) {
      expect(after.get(hookPath(hook))).toEqual(wrapHook(hook, SETTINGS));
      expect(after.get(`${hookPath(hook)}/full`)).toEqual(fullCopy(hook));
    }
    expect(after.size).toBe(
      600 + BYSTANDERS.filter(({ hookGroupId }) => hookGroupId === 'project-gecko').length,
    );
    // Nothing was done twice, except that a call under way when the first apply died may have been repeated.
    expect(writes(server).length).toBeLessThanOrEqual(600 + 10);
    expect((await run(['diff']).ended).status).toBe(0);
  });

  it('diff exits with 2 for a difference, 1 for an error, and only uses colours on a terminal', async () => {
    ({ tc } = await startDeployment(hooks(1)));
    const different = await run(['diff']).ended;
    expect(different.status).toBe(2);
    expect(different.out).toContain('1 hook to change');
    expect(different.out).not.toContain('\u001B[');
    expect((await run(['diff'], { FORCE_COLOR: '1' }).ended).out).toContain('\u001B[32m');
    const json = await run(['diff', '--json']).ended;
    expect(json.status).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ hooks: [{ changes: [{ before: null }, {}] }], missing: [] });
    await tc.close();
    const gone = await run(['diff']).ended;
    expect(gone.status).toBe(1);
    expect(gone.err).toMatch(/could not be reached \(ECONNREFUSED\)\n$/);
    tc = undefined;
  });

  it('does everything if nobody reads its output, and has the same exit status', async () => {
    const started = await startDeployment(hooks(2));
    tc = started.tc;
    expect(await runUnread(['diff'])).toMatchObject({ status: 2, err: '' });
    expect(await runUnread(['apply', '--yes'])).toMatchObject({ status: 0, err: '' });
    expect(await started.admin.hook(hgHook('a000000001'))).toEqual(wrapHook(hgHook('a000000001'), SETTINGS));
  });

  it('fails if its output cannot be written, but still does everything', async () => {
    const started = await startDeployment(hooks(1));
    tc = started.tc;
    const full = openSync('/dev/full', 'w');
    const { ended } = run(['apply', '--yes'], {}, full);
    closeSync(full);
    expect(await ended).toMatchObject({
      status: 1,
      err: 'The output is incomplete: ENOSPC: no space left on device, write\n',
    });
    expect(await started.admin.hook(hgHook('a000000000'))).toEqual(wrapHook(hgHook('a000000000'), SETTINGS));
  });

  it('refuses to write unasked', async () => {
    ({ tc } = await startDeployment(hooks(1)));
    for (const command of ['apply', 'unwrap']) {
      const refused = await run([command]).ended;
      expect(refused).toMatchObject({ status: 64, err: expect.stringContaining('give --yes') });
    }
    expect(writes(tc)).toEqual([]);
  });

  it('applies, checks and unwraps', async () => {
    const started = await startDeployment(hooks(2));
    tc = started.tc;
    expect(await run(['apply', '--yes']).ended).toMatchObject({
      status: 0,
      out: expect.stringContaining('2 done, 0 failed'),
    });
    expect(await run(['check']).ended).toMatchObject({
      status: 0,
      out: expect.stringContaining('0 problems, 0 grants missing'),
    });
    expect(await run(['unwrap', '--yes']).ended).toMatchObject({ status: 0 });
    expect(await started.admin.hook(hgHook('a000000000'))).toEqual(hgHook('a000000000'));
  });

  it('renders and checks offline, from a file of definitions', async () => {
    const file = join(dir, 'hooks.json');
    writeFileSync(file, JSON.stringify({ hooks: [...hooks(1), ...BYSTANDERS] }));
    const rendered = await run(['render', '--json', '--hooks', file]).ended;
    expect(rendered.status).toBe(0);
    expect(JSON.parse(rendered.out)).toMatchObject({
      hooks: [{ hookId: hgHook('a000000000').hookId }, { hookId: `${hgHook('a000000000').hookId}/full` }],
      roles: [{ roleId: 'hook-id:project-gecko/in-tree-action-1-generic/*' }],
    });
    expect((await run(['render', '--hooks', file]).ended).out).toMatch(/^hooks:\n/);
    const written = await run(['render', '--hooks', file, '--out', join(dir, 'out')]).ended;
    expect(written.out.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse(readFileSync(join(dir, 'out/retrigger-hooks.json'), 'utf8'))).toEqual(
      JSON.parse(rendered.out),
    );
    const checked = await run(['check', '--hooks', file]).ended;
    expect(checked).toMatchObject({ status: 0, out: expect.stringContaining('offline') });
  });

  it('writes the files for fxci-config and the snippet', async () => {
    const out = join(dir, 'fxci');
    const written = await run(['render', '--for', 'fxci-config', '--out', out]).ended;
    expect(written).toMatchObject({ status: 0, out: `${join(out, 'retrigger-hooks.yml')}\n` });
    writeFileSync(config, `${CONFIG}mode: global\nowner: releng@example.com\n`);
    const global = await run(['render', '--for', 'fxci-config', '--out', out]).ended;
    expect(global.out.trim().split('\n')).toEqual([
      join(out, 'hooks.retrigger.yml'),
      join(out, 'hook-templates/retrigger.yml'),
    ]);
    expect(JSON.parse((await run(['render', '--json']).ended).out)).toMatchObject({
      hooks: [{ hookId: 'retrigger-1' }],
    });
  });

  it('writes the snippet as the README says, without a configuration', async () => {
    const { printed, closed } = await runScript('hooks', ['render', '--for', 'snippet']);
    expect({ status: await closed, err: printed.err }).toEqual({ status: 0, err: '' });
    expect(printed.out).toMatch(/^# Put this around the one task/);
  });

  it.each([
    [[], 64, 'COMMAND is missing.'],
    [['frobnicate'], 64, 'Unknown command frobnicate.'],
    [['diff', 'extra'], 64, 'Unexpected argument extra.'],
    [['diff'], 1, 'give --root-url'],
    [['render'], 1, 'give --root-url'],
    [['render', '--for', 'nothing'], 64, '--for takes'],
    [['diff', '--colour'], 64, '--colour'],
    [['diff', '--hooks', 'FILE'], 64, '--hooks goes with render and check.'],
    [['apply', '--yes', '--out', 'DIR'], 64, '--out goes with render.'],
    [['check', '--for', 'snippet'], 64, '--for goes with render.'],
    [['check', '--hooks', '/does/not/exist'], 1, 'ENOENT'],
    [['diff', '--root-url', 'localhost:8080'], 64, '--root-url localhost:8080 is not an http(s) URL.'],
  ])('says what is wrong with %j', async (args, expected, message) => {
    const { status, out, err } = await run(args).ended;
    expect({ status, out }).toStrictEqual({ status: expected, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it('names file, line and field of a mistake in the configuration', async () => {
    writeFileSync(config, CONFIG.replace('[generic]', 'generic'));
    const { status, err } = await run(['diff']).ended;
    expect(status).toBe(1);
    expect(err).toBe(`${config}:5: trustDomains.gecko.1.permissions: must be a list\n`);
  });
});
