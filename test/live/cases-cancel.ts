import { describe, expect, test } from 'vitest';
import { refusal } from '../support/requests.ts';
import type { Live } from './live.ts';
import { QueuedWay } from './queued-way.ts';

/** Canceling one task and all tasks, both ways. */
export function cancelCases(live: () => Live): void {
  const fateOf = async (label: string) => {
    const { state, runs } = await live().status(live().push.taskId(label));
    return [state, runs.at(-1)?.reasonResolved];
  };
  const canceled = ['exception', 'canceled'];
  const everything = { input: {}, taskId: null };

  describe('canceling', () => {
    test('one task', async () => {
      const taskId = live().push.taskId('cancel-direct');
      expect(await live().send(live().payload('cancel', { input: {}, taskId }))).toBe(taskId);
      expect(await fateOf('cancel-direct')).toEqual(canceled);
    });

    test('one task that has ended: nothing is done, and the answer says why', async () => {
      const taskId = live().push.taskId('build-linux');
      const refused = await refusal(live().send(live().payload('cancel', { input: {}, taskId })));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
      expect(refused.message).toContain('it has already ended: completed');
      expect(await fateOf('build-linux')).toEqual(['completed', 'completed']);
    });

    test('one task of another push is refused', async () => {
      const taskId = live().foreignDecision;
      const refused = await refusal(live().send(live().payload('cancel', { input: {}, taskId })));
      expect(refused).toMatchObject({ statusCode: 400, code: 'InputError' });
      expect(refused.message).toContain(`it belongs to task group ${taskId}`);
    });

    test('one task, by an action task', async () => {
      const taskId = live().push.taskId('cancel-queued');
      const action = await new QueuedWay(live()).perform('cancel', { input: {}, taskId });
      expect((await live().status(action)).state).toBe('completed');
      expect(await fateOf('cancel-queued')).toEqual(canceled);
    });

    test('everything except itself, by an action task', async () => {
      const queued = new QueuedWay(live());
      const action = await queued.perform('cancel-all', everything);
      expect((await live().status(action)).state).toBe('completed');
      for (const label of ['cancel-rest', 'test-waiting', 'build-queued'])
        expect(await fateOf(label)).toEqual(canceled);
      expect(await queued.artifact(action, 'public/logs/live_backing.log')).toMatch(/ \d+ canceled, /);
      expect(await queued.json(action, 'public/label-to-taskid.json')).toEqual({});
    });

    test('everything that exists after that', async () => {
      // Canceled tasks can be rerun.
      await live().services.queue.rerunTask(live().push.taskId('cancel-rest'));
      await live().send(live().payload('cancel-all', everything));
      expect(await fateOf('cancel-rest')).toEqual(canceled);
      const refused = await refusal(live().send(live().payload('cancel-all', everything)));
      expect(refused).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
    });
  });
}
