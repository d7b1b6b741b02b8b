import { describe, expect, it } from 'vitest';
import { applyCommand, diffCommand, unwrapCommand } from '../../../hooks/commands.ts';
import { DIFFERENT, FAILED, OK } from '../../../hooks/session.ts';
import { hookPath } from '../../../functions/tasks/hook-name.ts';
import { connect } from '../../../hooks/read/service.ts';
import { fullCopy, isWrapped, wrapHook } from '../../../hooks/render/wrap.ts';
import { SETTINGS } from '../hooks.ts';
import type { HookDefinition } from '../../../hooks/read/definition.ts';
import {
  BYSTANDERS,
  CONFIG,
  deployment,
  FIRST,
  FULL,
  HOOKS,
  ROLE_ID,
  session,
  TRIGGER_GRANT,
  useDeployment,
  writes,
} from '../service.ts';

const { start } = useDeployment();
const path = (hash: string) => `project-gecko/in-tree-action-1-generic/${hash}`;

async function everything(admin: ReturnType<typeof connect>) {
  const lists = await Promise.all(['project-gecko', 'project-mobile'].map((group) => admin.listHooks(group)));
  return new Map(lists.flat().map((hook) => [hookPath(hook), hook]));
}

describe('diff and apply', () => {
  it('show the changes, make exactly those, and then have nothing left to do', async () => {
    const { tc, admin } = await start(HOOKS);
    const before = session(tc);
    expect(await diffCommand(before.session)).toBe(DIFFERENT);
    expect(before.text()).toContain('3 hooks to change');
    expect(before.text()).toContain(`${path('ab12cd34ef')}\n`);
    expect(before.text()).toContain('+ …/full');
    expect(writes(tc)).toEqual([]);

    expect(await applyCommand(session(tc).session)).toBe(OK);
    const after = await everything(admin);
    for (const hook of HOOKS) {
      expect(after.get(hookPath(hook))).toEqual(wrapHook(hook, SETTINGS));
      expect(after.get(`${hookPath(hook)}/full`)).toEqual(fullCopy(hook));
    }
    expect(after.size).toBe(2 * HOOKS.length + BYSTANDERS.length);

    tc.clearCalls();
    const again = session(tc);
    expect(await diffCommand(again.session)).toBe(OK);
    expect(again.text()).toContain('nothing to change');
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(writes(tc)).toEqual([]);
  });

  it('never touch a hook that does not match', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await unwrapCommand(session(tc).session)).toBe(OK);
    const touched = tc.calls().filter(({ method }) => method.endsWith('Hook') && method !== 'triggerHook');
    for (const { path: url } of touched) {
      expect(decodeURIComponent(url)).toMatch(
        /project-gecko\/in-tree-action-1-generic\/(ab12cd34ef|0123456789|fedcba9876)/,
      );
    }
    const after = await everything(admin);
    for (const hook of BYSTANDERS) expect(after.get(hookPath(hook))).toEqual(hook);
  });

  it('are limited by --only', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc, { only: '*/ab12*' }).session)).toBe(OK);
    const after = await everything(admin);
    expect([...after.values()].filter(isWrapped).map(({ hookId }) => hookId)).toEqual([FIRST.hookId]);
  });

  it('re-wrap hooks with other settings, and follow a changed original', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    const fewer = deployment(`${CONFIG}fastActions: [rerun]\n`);
    const shown = session(tc, { deployment: fewer });
    expect(await diffCommand(shown.session)).toBe(DIFFERENT);
    expect(shown.text()).toContain('wrapper.fastActions');
    expect(await applyCommand(session(tc, { deployment: fewer }).session)).toBe(OK);
    expect(await admin.hook(FIRST)).toEqual(wrapHook(FIRST, { ...SETTINGS, fastActions: ['rerun'] }));

    // The hooks' usual deployment puts a new original over the wrapped hook.
    const longer = JSON.stringify(FIRST.task).replace('1 year', '2 years');
    const changed = { ...FIRST, task: JSON.parse(longer) };
    await admin.updateHook(changed);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await admin.hook(FIRST)).toEqual(wrapHook(changed, SETTINGS));
    expect(await admin.hook(FULL)).toEqual(fullCopy(changed));
  });

  it('remove the full copy of a hook that is gone', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    await admin.removeHook(FIRST);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await admin.hook(FULL)).toBeUndefined();
  });

  it('tell of a missing grant and of a hook that cannot be changed, even with nothing to change', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    tc.createRole(ROLE_ID, ['assume:repo:hg.mozilla.org/try:action:generic']);
    const ungranted = session(tc);
    expect(await diffCommand(ungranted.session)).toBe(DIFFERENT);
    expect(ungranted.text()).toMatch(/\n1 grant missing\n$/);

    tc.createRole(ROLE_ID, ['assume:repo:hg.mozilla.org/try:action:generic', TRIGGER_GRANT]);
    const newer: HookDefinition = { ...FIRST, task: { $let: { retriggerHooks: { version: 99 } }, in: {} } };
    await admin.updateHook(newer);
    const unchangeable = session(tc);
    expect(await diffCommand(unchangeable.session)).toBe(DIFFERENT);
    expect(unchangeable.text()).toMatch(/\n1 cannot be changed\n$/);
  });

  it('do nothing without the operator’s yes', async () => {
    const { tc } = await start(HOOKS);
    const asked: string[] = [];
    const confirm = (question: string) => Promise.resolve(asked.push(question) > 1);
    expect(await applyCommand(session(tc, { confirm }).session)).toBe(FAILED);
    expect(asked).toEqual([`Change 3 hooks at ${tc.rootUrl}? [y/N] `]);
    expect(writes(tc)).toEqual([]);
    expect(await applyCommand(session(tc, { confirm }).session)).toBe(OK);
  });
});

describe('undo', () => {
  it('restore every hook byte for byte with unwrap, and remove the full copies', async () => {
    const { tc, admin } = await start(HOOKS);
    const before = await everything(admin);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    expect(await everything(admin)).not.toEqual(before);
    expect(await unwrapCommand(session(tc).session)).toBe(OK);
    const after = await everything(admin);
    expect(after).toEqual(before);
    expect(JSON.stringify(after.get(path('ab12cd34ef')))).toBe(
      JSON.stringify(before.get(path('ab12cd34ef'))),
    );
  });

  it('remove the wrappers with the kill switch, but keep the full copies for action tasks under way', async () => {
    const { tc, admin } = await start(HOOKS);
    expect(await applyCommand(session(tc).session)).toBe(OK);
    const off = deployment(CONFIG.replace('permissions:', 'killSwitch: true, permissions:'));
    expect(await applyCommand(session(tc, { deployment: off }).session)).toBe(OK);
    expect(await admin.hook(FIRST)).toEqual(FIRST);
    expect(await admin.hook(FULL)).toEqual(FULL);
    expect(await diffCommand(session(tc, { deployment: off }).session)).toBe(OK);
    expect(await unwrapCommand(session(tc, { deployment: off }).session)).toBe(OK);
    expect(await admin.hook(FULL)).toBeUndefined();
  });
});
