import { describe, expect, test } from 'vitest';
import { createTemporaryCredentials, slugid } from './clients.ts';
import { expectedClone } from './expected-clone.ts';
import type { Live } from './live.ts';
import { LONG_LABEL } from './wanted-tasks.ts';

const requestOf = (label: string) => ({ input: { requests: [{ tasks: [label] }] }, taskId: null });

/** Retriggers that create new tasks. */
export function cloneCases(live: () => Live): void {
  describe('clones', () => {
    test('one label: the same task, later', async () => {
      const target = live().push.taskId('test-once');
      const taskId = await live().retrigger(['test-once']);
      expect(await live().clonesOf('test-once')).toEqual([taskId]);
      const [original, clone] = await Promise.all([live().task(target), live().task(taskId)]);
      expect(Date.parse(clone.created)).toBeGreaterThan(Date.parse(original.created));
      expect(clone).toEqual(expectedClone(original, clone.created, new Map([[target, taskId]])));
      await live().untilState(taskId, 'pending');
    });

    test('times 3 makes three', async () => {
      const first = await live().retrigger(['test-thrice'], 3);
      const clones = await live().clonesOf('test-thrice');
      expect(new Set(clones).size).toBe(3);
      expect(clones).toContain(first);
    });

    test('two labels, one of them named twice', async () => {
      await live().retrigger(['test-pair-1', 'test-pair-2', 'test-pair-1']);
      expect(await live().clonesOf('test-pair-1')).toHaveLength(1);
      expect(await live().clonesOf('test-pair-2')).toHaveLength(1);
    });

    test('a label that Treeherder cut', async () => {
      await live().retrigger([LONG_LABEL.slice(0, 139)]);
      expect(await live().clonesOf(LONG_LABEL)).toHaveLength(1);
    });

    test('extra.retrigger, without a tag', async () => {
      await live().retrigger(['test-extra']);
      expect(await live().clonesOf('test-extra')).toHaveLength(1);
    });

    test('one task by its taskId, with times', async () => {
      const taskId = live().push.taskId('test-one-task');
      await live().send(live().payload('retrigger', { taskId, input: { times: 2 } }));
      expect(await live().clonesOf('test-one-task')).toHaveLength(2);
    });

    test('with a failed dependency: created, and waits', async () => {
      const taskId = await live().retrigger(['test-of-broken']);
      const { dependencies } = await live().task(taskId);
      expect(dependencies).toEqual([live().push.taskId('build-broken')]);
      expect((await live().status(taskId)).state).toBe('unscheduled');
      const warning = expect.stringContaining('test-of-broken depends on');
      expect(live().takeComplaints()).toEqual([
        expect.objectContaining({ event: 'action-warning', warning }),
      ]);
    });

    test('the same call twice, with a taskId in its payload, clones once', async () => {
      const payload = { ...live().payload('retrigger-multiple', requestOf('test-again')), taskId: slugid() };
      const first = await live().send(payload);
      expect(await live().send(payload)).toBe(first);
      expect(await live().clonesOf('test-again')).toEqual([first]);
    });

    test('temporary credentials, restricted to the hook, suffice', async () => {
      const { user, hook } = live().deployment;
      const scope = `hooks:trigger-hook:${hook.hookGroupId}/${hook.hookId}`;
      const expiry = new Date(Date.now() + 600_000);
      const credentials = createTemporaryCredentials({ credentials: user, scopes: [scope], expiry });
      const payload = live().payload('retrigger-multiple', requestOf('test-signed'));
      const taskId = await live().send(payload, { credentials, authorizedScopes: [scope] });
      expect(await live().clonesOf('test-signed')).toEqual([taskId]);
    });
  });
}
