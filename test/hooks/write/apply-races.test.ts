import { describe, expect, it } from 'vitest';
import { applyCommand, unwrapCommand } from '../../../hooks/commands.ts';
import { FAILED, OK, type Session } from '../../../hooks/session.ts';
import type { Service } from '../../../hooks/read/service.ts';
import { fullCopy, wrapHook } from '../../../hooks/render/wrap.ts';
import { hgHook, SETTINGS } from '../hooks.ts';
import { CONFIG, deployment, ROLE_ID, session, TRIGGER_GRANT, useDeployment, writes } from '../service.ts';

const HOOK = hgHook('ab12cd34ef');
const FULL = fullCopy(HOOK);
const WRAPPED = wrapHook(HOOK, SETTINGS);
const PATH = `project-gecko/${HOOK.hookId}`;
const REPOSITORIES = 'assume:repo:hg.mozilla.org/try:action:generic';
const OFF = deployment(CONFIG.replace('permissions:', 'killSwitch: true, permissions:'));

const { start, stop } = useDeployment();

/** The session with one method replaced by what `around` makes of it. */
function changed<M extends keyof Service>(
  given: Session,
  method: M,
  around: (real: Service[M]) => Service[M],
): Session {
  const { service } = given;
  if (!service) throw new Error('a session has a service');
  return { ...given, service: { ...service, [method]: around(service[method]) } };
}

describe('between two tries of a write,', () => {
  it('someone else’s change to a hook is not overwritten', async () => {
    const { tc, admin } = await start([HOOK]);
    const theirs = { ...HOOK, metadata: { ...HOOK.metadata, description: 'changed meanwhile' } };
    tc.setFaults([{ method: 'updateHook', status: 500 }]);
    const shown = session(tc);
    const slow = changed(shown.session, 'updateHook', (real) => async (hook) => {
      try {
        return await real(hook);
      } catch (error) {
        await admin.updateHook(theirs);
        throw error;
      }
    });
    expect(await applyCommand(slow)).toBe(FAILED);
    expect(shown.text()).toContain(`${PATH} was changed by someone else`);
    expect(await admin.hook(HOOK)).toEqual(theirs);
  });

  it('someone else’s change to a role is not overwritten', async () => {
    const { tc, admin } = await start([HOOK]);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    tc.setFaults([{ method: 'updateRole', status: 500 }]);
    const shown = session(tc, { deployment: deployment(`${CONFIG}manageRoles: true\n`) });
    const slow = changed(shown.session, 'putRole', (real) => async (...args) => {
      try {
        return await real(...args);
      } catch (error) {
        tc.createRole(ROLE_ID, [REPOSITORIES, 'theirs']);
        throw error;
      }
    });
    expect(await applyCommand(slow)).toBe(FAILED);
    expect(shown.text()).toContain(`role ${ROLE_ID} was changed by someone else`);
    expect((await admin.role(ROLE_ID))?.scopes.toSorted()).toEqual([REPOSITORIES, 'theirs']);
    expect(await admin.hook(HOOK)).toEqual(HOOK);
  });

  it('a role that was written without an answer is as wanted', async () => {
    const { tc, admin } = await start([HOOK]);
    tc.createRole(ROLE_ID, [REPOSITORIES]);
    tc.setFaults([{ method: 'updateRole', drop: 'after' }]);
    const managed = session(tc, { deployment: deployment(`${CONFIG}manageRoles: true\n`) });
    expect(await applyCommand(managed.session)).toBe(OK);
    expect((await admin.role(ROLE_ID))?.scopes.toSorted()).toEqual([REPOSITORIES, TRIGGER_GRANT]);
    expect(writes(tc).filter((method) => method === 'updateRole')).toHaveLength(1);
  });

  it('a service that is gone leaves the doubt whether it was done', async () => {
    const { tc } = await start([HOOK]);
    tc.setFaults([{ method: 'createHook', drop: 'after' }]);
    const shown = session(tc);
    const going = changed(shown.session, 'createHook', (real) => async (hook) => {
      try {
        return await real(hook);
      } catch (error) {
        await stop();
        throw error;
      }
    });
    expect(await applyCommand(going)).toBe(FAILED);
    expect(shown.text()).toContain(`could not create hook ${PATH}/full, or it may have been done: `);
  });
});

describe('while the operator is asked,', () => {
  it('a full copy that someone removes keeps its hook from being wrapped', async () => {
    const { tc, admin } = await start([HOOK]);
    await admin.createHook(FULL);
    const confirm = async () => {
      expect(await unwrapCommand(session(tc).session)).toBe(OK);
      return true;
    };
    const shown = session(tc, { confirm });
    expect(await applyCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`${PATH}/full was changed by someone else`);
    expect([await admin.hook(HOOK), await admin.hook(FULL)]).toEqual([HOOK, undefined]);
  });

  it('a hook that someone wraps keeps its full copy', async () => {
    const { tc, admin } = await start([HOOK]);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await applyCommand(session(tc, { deployment: OFF }).session)).toBe(OK);
    const confirm = async () => {
      expect(await applyCommand(session(tc).session)).toBe(OK);
      return true;
    };
    const shown = session(tc, { deployment: OFF, confirm });
    expect(await unwrapCommand(shown.session)).toBe(FAILED);
    expect(shown.text()).toContain(`${PATH} was wrapped by someone else`);
    expect([await admin.hook(HOOK), await admin.hook(FULL)]).toEqual([WRAPPED, FULL]);
  });
});
