import { afterEach, describe, expect, it } from 'vitest';
import { checkCommand } from '../../hooks/check-command.ts';
import { applyCommand, diffCommand, renderCommand } from '../../hooks/commands.ts';
import { DIFFERENT, FAILED, OK } from '../../hooks/session.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { hgHook } from './hooks.ts';
import { REPOSITORY_ROLE, ROLE_ID, session, startDeployment, TRIGGER_GRANT } from './service.ts';

const READING = ['queue:get-artifact:public/*', 'queue:get-task:*', 'queue:status:*', 'index:list-tasks:*'];

let running: LocalTaskcluster | undefined;
afterEach(() => running?.close());

async function start(anonymous: string[]) {
  const { tc } = await startDeployment([hgHook()]);
  running = tc;
  tc.createRole('anonymous', ['queue:create-task:project:none', ...anonymous]);
  return tc;
}

describe('if anonymous may not read', () => {
  it('render, diff and check name the scopes, and apply wraps nothing', async () => {
    const tc = await start([]);
    const rendered = await renderCommand(session(tc).session);
    const scopes = rendered.grants.filter(({ to }) => to === `role:${ROLE_ID}`).map(({ scope }) => scope);
    expect(scopes).toEqual(expect.arrayContaining(READING));
    // In the role of the hook, they would not help.
    expect(rendered.roles).toEqual([{ roleId: ROLE_ID, scopes: [TRIGGER_GRANT] }]);
    for (const [command, status] of [
      [diffCommand, DIFFERENT],
      [checkCommand, FAILED],
      [applyCommand, FAILED],
    ] as const) {
      const shown = session(tc);
      expect(await command(shown.session)).toBe(status);
      for (const scope of READING) expect(shown.text().split(` needs ${scope}\n`)).toHaveLength(2);
      expect(shown.text()).toContain(
        '! missing grant: role:anonymous, or what the action tasks of project-gecko/in-tree-action-1-generic/* assume, needs queue:status:*\n',
      );
      // One reason for all of them, and no additional finding.
      expect(shown.text().split('the worker reads with')).toHaveLength(2);
      expect(shown.text()).not.toContain('could not read');
    }
  });

  it('check succeeds if the repositories’ roles may', async () => {
    const tc = await start([]);
    tc.createRole(REPOSITORY_ROLE.roleId, [...REPOSITORY_ROLE.scopes, ...READING]);
    const shown = session(tc);
    expect([await checkCommand(shown.session), shown.text()]).toEqual([
      OK,
      expect.stringContaining('0 grants missing'),
    ]);
  });

  it('check finds that the hook’s role may, but its action tasks may not', async () => {
    const tc = await start([]);
    tc.createRole(ROLE_ID, [
      `assume:${REPOSITORY_ROLE.roleId}`,
      'hooks:trigger-hook:project-gecko/in-tree-action-1-generic/*',
      ...READING,
    ]);
    const shown = session(tc);
    expect(await checkCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`its action task could not read`);
    expect(shown.text()).toContain(READING.join(', '));
  });
});

it('is not checked for someone who may not expand scopes', async () => {
  const tc = await start(READING);
  const credentials = tc.createClient('operator', [
    'hooks:list-hooks:*',
    'auth:get-role:*',
    'auth:get-client:*',
  ]);
  const shown = session(tc, { credentials });
  expect(await checkCommand(shown.session)).toBe(OK);
  expect(shown.text()).toContain(
    '? not checked: what the action tasks may read: could not expand scopes: 403',
  );
});

it('if anonymous may read, nothing is missing', async () => {
  const shown = session(await start(READING));
  expect([await checkCommand(shown.session), shown.text()]).toEqual([
    OK,
    expect.stringContaining('0 grants missing'),
  ]);
});
