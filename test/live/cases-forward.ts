import { describe, expect, test } from 'vitest';
import { fields } from '../../functions/taskcluster/answers.ts';
import type { Live } from './live.ts';

/** What goes to the full hook, whole. */
export function forwardCases(live: () => Live): void {
  /** The task that the full hook has made for it, exactly one. */
  const expectForwarded = async (taskId: string, before: string[], title: string, input: unknown) => {
    const now = await live().taskIdsOf(`Action: ${title}`);
    expect(now.filter((id) => !before.includes(id))).toEqual([taskId]);
    const { extra, payload } = await live().task(taskId);
    const { context } = fields('extra.action', extra?.['action']);
    expect(context).toMatchObject({ taskGroupId: live().push.decisionTaskId, input });
    // The user, not the function, is whom the action task names.
    expect(String(fields('context', context)['clientId'])).toContain(live().deployment.user.clientId);
    return payload;
  };
  const expectForwardOf = async (labels: string[]) => {
    const before = await live().taskIdsOf('Action: Retrigger');
    const taskId = await live().retrigger(labels);
    await expectForwarded(taskId, before, 'Retrigger', { requests: [{ tasks: labels }] });
    for (const label of labels) expect(await live().clonesOf(label)).toEqual([]);
  };

  describe('forwards', () => {
    test('a task without a mark, and with it the others of the same action', async () => {
      await expectForwardOf(['test-unmarked', 'test-beside']);
    });

    test('a protected task', async () => {
      await expectForwardOf(['image']);
    });

    test('an action that needs the repository', async () => {
      const before = await live().taskIdsOf('Action: Add new jobs');
      const input = { tasks: ['test-beside'] };
      const taskId = await live().send(live().payload('add-new-jobs', { input, taskId: null }));
      const payload = await expectForwarded(taskId, before, 'Add new jobs', input);
      expect(payload).toEqual({ cbName: 'add-new-jobs' });
    });

    test('to the hook itself, where it has no full copy', async () => {
      const before = await live().taskIdsOf('Action: Run Missing Tests');
      const payload = live().payload('run-missing-tests', { input: null, taskId: null });
      const taskId = await live().send(payload, { hook: live().deployment.bareHook });
      await expectForwarded(taskId, before, 'Run Missing Tests', null);
    });

    test('everything, once the operator has switched the fast way off', async () => {
      live().configure({ switchedOff: new Set([`${live().deployment.trustDomain}-1`]) });
      try {
        await expectForwardOf(['test-beside']);
      } finally {
        live().configure();
      }
    });
  });
}
