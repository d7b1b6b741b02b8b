import { describe, expect, it } from 'vitest';
import { applyCommand, diffCommand, unwrapCommand } from '../../../hooks/commands.ts';
import { DIFFERENT, FAILED, OK } from '../../../hooks/session.ts';
import { unwrapHook, wrapHook } from '../../../hooks/render/wrap.ts';
import type { Service } from '../../../hooks/read/service.ts';
import { hgHook, SETTINGS } from '../hooks.ts';
import {
  CONFIG,
  deployment,
  FIRST,
  FULL,
  HOOKS,
  REPOSITORY_ROLE,
  ROLE_ID,
  session,
  TRIGGER_GRANT,
  useDeployment,
  writes,
} from '../service.ts';

const { start, stop } = useDeployment();
const path = (hash: string) => `project-gecko/in-tree-action-1-generic/${hash}`;

/** An operator who says yes after the service has gone away. */
async function stopped(): Promise<boolean> {
  await stop();
  return true;
}

describe('apply, if something goes wrong,', () => {
  it('leaves alone what someone else changed after the difference was shown', async () => {
    const { tc, admin } = await start(HOOKS);
    const theirs = { ...FIRST, metadata: { ...FIRST.metadata, description: 'changed meanwhile' } };
    const confirm = async () => {
      await admin.updateHook(theirs);
      return true;
    };
    const shown = session(tc, { confirm });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`${path('ab12cd34ef')} was changed by someone else`);
    expect(shown.text()).toContain('2 done, 1 failed');
    expect(await admin.hook(FIRST)).toEqual(theirs);
  });

  it('says what was written before that', async () => {
    const { tc, admin } = await start([FIRST]);
    const theirs = { ...FIRST, metadata: { ...FIRST.metadata, description: 'changed meanwhile' } };
    const shown = session(tc);
    const { service } = shown.session;
    if (!service) throw new Error('a session has a service');
    const createHook: typeof service.createHook = async (hook) => {
      const created = await service.createHook(hook);
      await admin.updateHook(theirs);
      return created;
    };
    expect(await applyCommand({ ...shown.session, service: { ...service, createHook } })).toBe(FAILED);
    expect(shown.text()).not.toContain('nothing was written');
    expect(shown.text()).toContain(
      `${path('ab12cd34ef')} was changed by someone else since the difference was shown; it was left as it is ` +
        `(written before that: ${path('ab12cd34ef')}/full)`,
    );
    expect([await admin.hook(FIRST), await admin.hook(FULL)]).toEqual([theirs, FULL]);
  });

  it('does not wrap a hook whose full copy was removed after the difference was shown', async () => {
    const { tc, admin } = await start([FIRST]);
    await admin.createHook(FULL);
    const confirm = async () => {
      await admin.removeHook(FULL);
      return true;
    };
    const shown = session(tc, { confirm });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`${path('ab12cd34ef')}/full was changed by someone else`);
    expect(shown.text()).toContain('so the hook was left as it is');
    expect(await admin.hook(FIRST)).toEqual(FIRST);
  });

  it('does not remove the full copy of a hook that was wrapped after the difference was shown', async () => {
    const { tc, admin } = await start([FIRST]);
    await admin.createHook(FULL);
    const confirm = async () => {
      await admin.updateHook(wrapHook(FIRST, SETTINGS));
      return true;
    };
    const shown = session(tc, { confirm });
    expect(await unwrapCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('was wrapped by someone else since the difference was shown');
    expect(await admin.hook(FULL)).toEqual(FULL);
  });

  it('says so if the service stores something else than it was sent', async () => {
    const { tc, admin } = await start([FIRST]);
    const service: Service = {
      ...admin,
      updateHook: async (hook) => ({ ...(await admin.updateHook(hook)), schedule: ['0 0 0 * * *'] }),
    };
    const shown = session(tc, { service });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(
      `the service stored ${path('ab12cd34ef')} in another form than it was sent`,
    );
  });

  it('accepts what someone else did in the meantime, if it is the same', async () => {
    const { tc } = await start(HOOKS);
    const confirm = async () => {
      expect(await applyCommand(session(tc).session)).toBe(OK);
      tc.clearCalls();
      return true;
    };
    expect(await applyCommand(session(tc, { confirm }).session)).toBe(OK);
    expect(writes(tc)).toEqual([]);
  });

  it('continues after a refused hook, lists it, and leaves nothing half-written', async () => {
    const { tc, admin } = await start(HOOKS);
    const credentials = tc.createClient('releng', [
      'hooks:modify-hook:project-gecko/in-tree-action-1-generic/*',
      'assume:hook-id:project-gecko/in-tree-action-1-generic/0*',
      'assume:hook-id:project-gecko/in-tree-action-1-generic/f*',
    ]);
    const shown = session(tc, { credentials });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`could not create hook ${path('ab12cd34ef')}/full: 403`);
    expect(shown.text()).toContain('2 done, 1 failed');
    expect(await admin.hook(FIRST)).toEqual(FIRST);
    expect(await admin.hook(FULL)).toBeUndefined();
    // With the missing scope, the next apply does the rest.
    tc.clearCalls();
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(writes(tc)).toEqual(['createHook', 'updateHook']);
  });

  it('keeps a hook working if its write fails, since its full copy came first', async () => {
    const { tc, admin } = await start([FIRST]);
    tc.setFaults([{ method: 'updateHook', status: 403 }]);
    expect(await applyCommand(session(tc).session)).toBe(FAILED);
    expect(await admin.hook(FIRST)).toEqual(FIRST);
    expect(await admin.hook(FULL)).toEqual(FULL);
    expect(await applyCommand(session(tc).session)).toBe(OK);
  });

  it('is not affected by a lost answer', async () => {
    const { tc, admin } = await start([FIRST]);
    tc.setFaults([
      { method: 'createHook', drop: 'after' },
      { method: 'updateHook', drop: 'after' },
    ]);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await admin.hook(FIRST)).toEqual(wrapHook(FIRST, SETTINGS));
  });

  it('says what was written, even if the answer to that was lost', async () => {
    const { tc } = await start([FIRST]);
    tc.setFaults([
      { method: 'createHook', drop: 'after' },
      { method: 'updateHook', status: 403 },
    ]);
    const shown = session(tc);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`(written before that: ${path('ab12cd34ef')}/full)`);
  });

  it('tries no further hooks once the service cannot be reached', async () => {
    const { tc } = await start(Array.from({ length: 8 }, (_, nth) => hgHook(`${nth + 1}`.repeat(10))));
    const gone = session(tc, { confirm: stopped });
    expect(await applyCommand(gone.session)).toBe(FAILED);
    expect(gone.text()).toContain('0 done, 8 failed');
    // Five are written at once.
    expect(gone.text()).toContain(`not tried: ${tc.rootUrl} could not be reached\n      3 hooks: `);
  });

  it('prints one clear line per hook if the service cannot be reached, without waiting for each', async () => {
    const { tc } = await start(HOOKS);
    const gone = session(tc, { confirm: stopped });
    expect(await applyCommand(gone.session)).toBe(FAILED);
    expect(gone.text()).toContain(`${tc.rootUrl} could not be reached (ECONNREFUSED)`);
    expect(gone.text()).toContain('0 done, 3 failed');
    await expect(diffCommand(session(tc).session)).rejects.toThrow(
      /could not list the hooks .* could not be reached/,
    );
  });

  it('leaves alone a foreign full copy, and a hook of a newer version', async () => {
    const { tc, admin } = await start(HOOKS);
    await admin.createHook({ ...FULL, metadata: { ...FULL.metadata, description: 'mine' }, task: { a: 1 } });
    const [, second = FIRST] = HOOKS;
    const wrapped = wrapHook(second, SETTINGS);
    const text = JSON.stringify(wrapped.task).replace('"version":1', '"version":99');
    await admin.updateHook({ ...wrapped, task: JSON.parse(text) });
    const shown = session(tc);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('was not made by this tool');
    expect(shown.text()).toContain('was wrapped by version 99');
    expect(shown.text()).toContain('1 done, 2 failed');
    expect(await admin.hook(FIRST)).toEqual(FIRST);
  });
});

it('a hook of someone else with the name of a global hook is left alone', async () => {
  const { tc, admin } = await start([FIRST]);
  const theirs = { ...FIRST, hookId: 'retrigger-1' };
  await admin.createHook(theirs);
  const config = deployment(`${CONFIG}mode: global\nowner: releng@example.com\nmanageRoles: true\n`);
  const shown = session(tc, { deployment: config });
  expect(await applyCommand(shown.session)).toBe(FAILED);
  expect(shown.text()).toContain('! project-gecko/retrigger-1: exists, and was not made by this tool');
  expect(await admin.hook(theirs)).toEqual(theirs);
  expect(await admin.role('hook-id:project-gecko/retrigger-1')).toBeUndefined();
  expect(await unwrapCommand(session(tc, { deployment: config }).session)).toBe(OK);
  expect(await admin.hook(theirs)).toEqual(theirs);
});

describe('grants', () => {
  const REPOSITORIES = 'assume:repo:hg.mozilla.org/try:action:generic';

  it('holds hooks back while their role lacks the scope for forwards', async () => {
    const { tc, admin } = await start(HOOKS);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    const shown = session(tc);
    expect(await diffCommand(shown.session)).toBe(DIFFERENT);
    expect(shown.text()).toContain(`missing grant: role:${ROLE_ID} needs ${TRIGGER_GRANT}`);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('held back');
    expect(await admin.hook(FIRST)).toEqual(FIRST);
    expect(writes(tc)).toEqual([]);
  });

  it('adds them if it may manage the roles, and only adds', async () => {
    const { tc, admin } = await start(HOOKS);
    tc.createRole(ROLE_ID, [REPOSITORIES, 'some:other:scope']);
    const managed = { deployment: deployment(`${CONFIG}manageRoles: true\n`) };
    expect(await applyCommand(session(tc, managed).session)).toBe(OK);
    const role = await admin.role(ROLE_ID);
    expect(role?.scopes.toSorted()).toEqual([REPOSITORIES, TRIGGER_GRANT, 'some:other:scope'].toSorted());
    expect((await admin.hook(FIRST)) ?? FIRST).toEqual(wrapHook(FIRST, SETTINGS));
    expect(await diffCommand(session(tc, managed).session)).toBe(OK);
  });

  it('holds hooks back while no worker may claim their tasks', async () => {
    const { tc } = await start(HOOKS);
    tc.createClient('project/retrigger/worker', ['queue:worker-id:retrigger/*']);
    const shown = session(tc);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('lacks queue:claim-work:gecko-1/retrigger');
    expect(writes(tc)).toEqual([]);
  });

  it('asks only about the hooks that it will write, and not at all if there are none', async () => {
    const { tc } = await start(HOOKS);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    const shown = session(tc, { confirm: () => Promise.reject(new Error('there is nothing to ask')) });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('3 cannot be changed, 1 grant missing');
  });

  it('holds a level back only for its own worker', async () => {
    const { tc, admin } = await start(HOOKS);
    // The worker of level 3, from its stage, has no grants at all.
    const stages = CONFIG.replace('clientId: project/retrigger/worker, ', '');
    const both = deployment(`${stages}    3: {permissions: [generic]}\n`);
    tc.createRole('hook-id:project-gecko/in-tree-action-3-generic/*', [REPOSITORIES]);
    tc.createClient('project/releng/retrigger-hooks/level-1/worker', [
      'queue:claim-work:gecko-1/retrigger',
      'queue:worker-id:retrigger/*',
    ]);
    const shown = session(tc, { deployment: both });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('3 done, 1 failed, 3 grants missing');
    expect(await admin.hook(FIRST)).toEqual(wrapHook(FIRST, SETTINGS));
  });

  it('holds hooks back for a grant that it may not add, also if it has added another', async () => {
    const { tc, admin } = await start(HOOKS);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    tc.createRole('anonymous', ['queue:create-task:project:none']);
    const shown = session(tc, { deployment: deployment(`${CONFIG}manageRoles: true\n`) });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`held back: role:${ROLE_ID} lacks queue:get-artifact:public/*`);
    expect(shown.text()).toContain('1 done, 3 failed, 4 grants missing');
    expect(await admin.hook(FIRST)).toEqual(FIRST);
  });

  it('holds hooks back whose action tasks the queue would refuse', async () => {
    const { tc, admin } = await start(HOOKS);
    const scopes = REPOSITORY_ROLE.scopes.map((scope) => scope.replace('gecko-1/*', 'gecko-1/decision'));
    tc.createRole(REPOSITORY_ROLE.roleId, scopes);
    const shown = session(tc);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(
      "! held back: the hook's role lacks queue:create-task:very-low:gecko-1/retrigger (or a higher priority)",
    );
    expect(shown.text()).toContain('0 done, 3 failed');
    expect(writes(tc)).toEqual([]);
    expect(await admin.hook(FIRST)).toEqual(FIRST);
  });

  it('fails if a grant is missing, even if there is nothing to write', async () => {
    const { tc } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    tc.createClient('project/retrigger/worker', ['queue:worker-id:retrigger/*']);
    const shown = session(tc);
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain('1 grant missing');
    const json = session(tc, { json: true });
    expect(await applyCommand(json.session)).toBe(FAILED);
    expect(JSON.parse(json.text())).toMatchObject({ done: [], failed: [], missing: [{}] });
  });

  it('still removes wrappers while grants are missing', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    expect(await unwrapCommand(session(tc).session)).toBe(OK);
    expect(await admin.hook(FIRST)).toEqual(unwrapHook(FIRST));
  });
});
