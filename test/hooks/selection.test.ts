import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  applyCommand,
  checkCommand,
  diffCommand,
  renderCommand,
  unwrapCommand,
} from '../../hooks/commands.ts';
import { describeFindings } from '../../hooks/compare/group-findings.ts';
import type { Session } from '../../hooks/commands.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { hgHook } from './hooks.ts';
import { deployment, session, startDeployment, WORKER } from './service.ts';

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

describe('hooks check', () => {
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
    ({ tc } = await startDeployment([hgHook()]));
    const other = 'in-tree-action-1-other';
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
