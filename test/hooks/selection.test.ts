import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkCommand } from '../../hooks/check-command.ts';
import { applyCommand, diffCommand, renderCommand, unwrapCommand } from '../../hooks/commands.ts';
import { describeFindings } from '../../hooks/compare/group-findings.ts';
import type { JsonObject } from '../../hooks/read/definition.ts';
import { unusedNames } from '../../hooks/read/families.ts';
import { wrapHook } from '../../hooks/render/wrap.ts';
import { DIFFERENT, FAILED, OK, type Session } from '../../hooks/session.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { hgHook, SETTINGS } from './hooks.ts';
import { CONFIG, deployment, session, startDeployment, WORKER } from './service.ts';

let tc: LocalTaskcluster | undefined;
afterEach(() => tc?.close());

const COMMANDS: [string, (session: Session) => Promise<unknown>][] = [
  ['render', renderCommand],
  ['check', checkCommand],
  ['diff', diffCommand],
  ['apply', applyCommand],
  ['unwrap', unwrapCommand],
];

describe.each(COMMANDS)('hooks %s', (_name, command) => {
  it('refuses a pattern that selects nothing', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const { session: given } = session(tc, { only: 'project-gekco/*' });
    await expect(command(given)).rejects.toThrow(
      `--only project-gekco/* matches none of the configured hooks of ${tc.rootUrl}: ` +
        'project-gecko/in-tree-action-1-generic/*',
    );
  });

  it('refuses a service with none of the hooks', async () => {
    ({ tc } = await startDeployment([]));
    const { session: given } = session(tc);
    await expect(command({ ...given, hooks: [] })).rejects.toThrow('matches the configuration');
  });
});

describe('a name in the configuration that no hook has', () => {
  const text = CONFIG.replace('[generic]', '[generic, genric]');
  const unknown = 'project-gecko/in-tree-action-1-genric/*';

  it.each([
    ['check', checkCommand, FAILED],
    ['diff', diffCommand, DIFFERENT],
    ['apply', applyCommand, FAILED],
    ['unwrap', unwrapCommand, FAILED],
  ])('is reported by %s', async (_name, command, status) => {
    ({ tc } = await startDeployment([hgHook()]));
    const shown = session(tc, { deployment: deployment(text) });
    expect(await command(shown.session)).toBe(status);
    expect(shown.text()).toContain(unknown);
    expect(shown.text()).toContain('there is no such hook; check the trust domain, level, permissions');
  });

  it('is an error for render, which would be incomplete', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const { session: given } = session(tc, { deployment: deployment(text) });
    await expect(renderCommand(given)).rejects.toThrow(`${unknown}: there is no such hook`);
  });

  it('gets no role, and the other hooks are wrapped', async () => {
    const started = await startDeployment([hgHook()]);
    ({ tc } = started);
    const managed = session(tc, { deployment: deployment(`${text}manageRoles: true\n`) });
    expect(await applyCommand(managed.session)).toBe(FAILED);
    expect(managed.text()).toContain('1 done, 1 failed');
    expect(await started.admin.hook(hgHook())).toEqual(wrapHook(hgHook(), SETTINGS));
    expect(await started.admin.role('hook-id:project-gecko/in-tree-action-1-genric/*')).toBeUndefined();
  });

  it('does not matter where --only selects hooks', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const one = { deployment: deployment(text), only: `project-gecko/${hgHook().hookId}` };
    expect(await applyCommand(session(tc, one).session)).toBe(OK);
  });

  it('may be one of a pull request’s permissions, but not all of them', () => {
    const both = deployment(
      CONFIG.replace('[generic]', '[generic, release]').replace('{perm', '{pullRequestActions: true, perm'),
    );
    const hooks = ['in-tree-action-1-generic', 'in-tree-pr-action-1-release'].map((prefix) => ({
      hookGroupId: 'project-gecko',
      hookId: `${prefix}/ab12cd34ef`,
    }));
    expect(unusedNames(hooks, both)).toEqual([]);
    expect(unusedNames(hooks.slice(0, 1), both)).toEqual([
      'project-gecko/in-tree-pr-action-1-generic/*',
      'project-gecko/in-tree-action-1-release/*',
      'project-gecko/in-tree-pr-action-1-release/*',
    ]);
    expect(unusedNames([], deployment(`${CONFIG}mode: global\nowner: a@b\n`))).toEqual([]);
  });
});

/** A hook with the mark of a wrapper. */
const marked = (letter: string, version: number, more: JsonObject) => ({
  ...hgHook(letter.repeat(10)),
  task: { $let: { retriggerHooks: { version }, ...more }, in: {} },
});

describe('hooks check', () => {
  it('succeeds under the kill switch: there is nothing to check, and apply is safe', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const off = deployment(CONFIG.replace('{perm', '{killSwitch: true, perm'));
    const shown = session(tc, { deployment: off });
    expect(await checkCommand(shown.session)).toBe(OK);
    expect(shown.text()).toBe('there is nothing to check: every matching hook is under the kill switch\n');
  });

  it('fails if it checks nothing for another reason', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const global = deployment(`${CONFIG}mode: global\nowner: releng@example.com\n`);
    const shown = session(tc, { deployment: global, only: `project-gecko/${hgHook().hookId}` });
    expect(await checkCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toBe('there is nothing to check: no matching hook would be wrapped\n');
  });

  it('checks the other hooks if one is damaged or of a newer version', async () => {
    ({ tc } = await startDeployment([
      hgHook(),
      marked('b', 1, {}),
      marked('c', 99, { originalTask: hgHook().task }),
    ]));
    const shown = session(tc);
    expect(await checkCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('its original template is missing');
    expect(shown.text()).toContain('was wrapped by version 99');
    expect(shown.text()).toContain('1 hook, 96 payloads rendered');
    expect(shown.text()).toContain('2 problems');
  });

  it('asks where the hooks are, if not given', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const { session: given } = session(tc);
    await expect(checkCommand({ ...given, service: undefined })).rejects.toThrow(
      'no hooks to read: give --root-url, TASKCLUSTER_ROOT_URL or --hooks FILE',
    );
  });

  it('reports a cause once, for any number of payloads and hooks', async () => {
    ({ tc } = await startDeployment(Array.from({ length: 5 }, (_, at) => hgHook(`a${at}`.padEnd(10, '0')))));
    // It lacks everything that the action tasks need.
    tc.createRole('repo:hg.mozilla.org/try:action:generic', []);
    const { session: given, text } = session(tc);
    expect(await checkCommand(given)).toBe(1);
    const lines = text().trim().split('\n');
    expect(lines.length).toBeLessThan(30);
    expect(new Set(lines.filter((line) => line.startsWith('!'))).size).toBe(
      lines.filter((line) => line.startsWith('!')).length,
    );
  });

  it('reports a missing grant once, and not again for each payload', async () => {
    ({ tc } = await startDeployment([hgHook(), hgHook('b'.repeat(10))]));
    tc.createRole('hook-id:project-gecko/in-tree-action-1-generic/*', [
      'assume:repo:hg.mozilla.org/try:action:generic',
    ]);
    const { session: given, text } = session(tc);
    expect(await checkCommand(given)).toBe(1);
    expect(
      text()
        .split('\n')
        .filter((line) => line.startsWith('!')),
    ).toEqual([
      '! missing grant: role:hook-id:project-gecko/in-tree-action-1-generic/* needs ' +
        'hooks:trigger-hook:project-gecko/in-tree-action-1-generic/*',
    ]);
    expect(text()).toContain(': 0 problems, 1 grant missing');
  });

  it('reports no more than the missing grants of a global hook that has no role yet', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    const global = deployment(`${CONFIG}mode: global\nowner: releng@example.com\n`);
    const shown = session(tc, { deployment: global });
    expect(await checkCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('0 problems, 2 grants missing');
  });

  it('groups by cause', () => {
    const findings = ['a', 'b', 'c', 'd', 'e'].flatMap((hook) =>
      ['retrigger', 'rerun'].map((payload) => ({ hook, payload, message: 'it loops' })),
    );
    expect(
      describeFindings([...findings, { hook: 'f', message: 'it is blue' }]).map(({ text }) => text),
    ).toEqual([
      '! it loops',
      '      5 hooks: a; b; c and 2 more',
      '      2 payloads: retrigger; rerun',
      '! it is blue',
      '      1 hook: f',
    ]);
  });
});

describe('what is read', () => {
  it('roles and clients, in parallel', async () => {
    const other = 'in-tree-action-1-other';
    ({ tc } = await startDeployment([hgHook(), { ...hgHook(), hookId: `${other}/ab12cd34ef` }]));
    const text = `version: 1
worker: {clientId: ${WORKER}, workerGroup: retrigger}
trustDomains: {gecko: {1: {permissions: [generic, other]}}}
`;
    tc.createRole(`hook-id:project-gecko/${other}/*`, []);
    const server = tc;
    const reads = () => server.calls().filter(({ service }) => service === 'auth');
    // None is answered before all have begun.
    const begun = vi.waitFor(() => expect(reads()).toHaveLength(4), { timeout: 60_000 });
    server.setFaults([{ method: '*', path: '/api/auth/*', times: 4, until: begun }]);
    await diffCommand(session(tc, { deployment: deployment(text) }).session);
    expect(
      reads()
        .map(({ method }) => method)
        .toSorted(),
    ).toEqual(['client', 'role', 'role', 'role']);
  });

  it('unwrap reads neither', async () => {
    ({ tc } = await startDeployment([hgHook()]));
    await unwrapCommand(session(tc).session);
    expect(tc.calls().filter(({ service }) => service === 'auth')).toEqual([]);
  });
});
