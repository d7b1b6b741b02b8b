import { describe, expect, test } from 'vitest';
import { fields } from '../../functions/taskcluster/answers.ts';
import type { Live } from './live.ts';

/** Exactly one full action task, for the right user, with the right payload. */
const expected = (forward: { answered: string }, input: unknown) => ({
  made: [forward.answered],
  input,
  forUser: true,
});

/** What is forwarded whole. */
export function forwardCases(live: () => Live): void {
  /** Performs an action, and returns the full action task. */
  const forwardOf = async (title: string, send: () => Promise<string>) => {
    const name = `Action: ${title}`;
    const before = await live().taskIdsOf(name);
    const taskId = await send();
    const made = (await live().taskIdsOf(name)).filter((id) => !before.includes(id));
    const { extra, payload } = await live().task(taskId);
    const context = fields('context', fields('action', extra?.['action'])['context']);
    // In the user's name, for the audit trail.
    const forUser = String(context['clientId']).endsWith(`/for/${live().deployment.user.clientId}`);
    return { answered: taskId, made, payload, input: context['input'], forUser };
  };
  const forwardOfLabels = (labels: string[]) => forwardOf('Retrigger', () => live().retrigger(labels));
  const untouched = async (label: string) => (await live().clonesOf(label)).length === 0;

  describe('forwards', () => {
    test('an unmarked task, together with the others of the same action', async () => {
      const tasks = ['test-unmarked', 'test-beside'];
      const forward = await forwardOfLabels(tasks);
      expect(forward).toMatchObject(expected(forward, { requests: [{ tasks }] }));
      expect(await untouched('test-beside')).toBe(true);
    });

    test('a label that the push does not have, together with the others of the same action', async () => {
      const tasks = ['test-unknown', 'test-beside'];
      const forward = await forwardOfLabels(tasks);
      expect(forward).toMatchObject(expected(forward, { requests: [{ tasks }] }));
      expect(await untouched('test-beside')).toBe(true);
    });

    test('a protected task', async () => {
      const forward = await forwardOfLabels(['image']);
      expect(forward).toMatchObject(expected(forward, { requests: [{ tasks: ['image'] }] }));
      expect(await untouched('image')).toBe(true);
    });

    test('an action that needs the repository', async () => {
      const input = { depth: 3 };
      const payload = live().payload('backfill', { input, taskId: live().push.taskId('test-beside') });
      const forward = await forwardOf('Backfill', () => live().send(payload));
      expect(forward).toMatchObject(expected(forward, input));
      expect(forward.payload).toEqual({ cbName: 'backfill' });
    });

    test('a retrigger with its downstream tasks', async () => {
      const input = { downstream: true, times: 2 };
      const payload = live().payload('retrigger', { input, taskId: live().push.taskId('test-beside') });
      const forward = await forwardOf('Retrigger', () => live().send(payload));
      expect(forward).toMatchObject(expected(forward, input));
      expect(await untouched('test-beside')).toBe(true);
    });

    test('to the hook itself, if it has no full copy', async () => {
      const payload = live().payload('run-missing-tests', { input: null, taskId: null });
      const hook = live().deployment.bareHook;
      const forward = await forwardOf('Run Missing Tests', () => live().send(payload, { hook }));
      expect(forward).toMatchObject(expected(forward, null));
    });

    test('everything, once the operator has switched off the fast way', async () => {
      await live().functions.configure([`${live().deployment.trustDomain}-1`]);
      try {
        const forward = await forwardOfLabels(['test-beside']);
        expect(forward).toMatchObject(expected(forward, { requests: [{ tasks: ['test-beside'] }] }));
        expect(await untouched('test-beside')).toBe(true);
      } finally {
        await live().functions.configure([]);
      }
    });
  });
}
