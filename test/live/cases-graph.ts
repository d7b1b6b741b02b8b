import { describe, expect, test } from 'vitest';
import { NEW_BUILD, NEW_TEST } from './graph.ts';
import type { Live } from './live.ts';
import { QueuedWay } from './queued-way.ts';

const ASKED = { input: { tasks: [NEW_TEST] }, taskId: null };

/** Labels of the push's graph that were not scheduled, both ways. */
export function graphCases(live: () => Live): void {
  const all = async () => [await live().taskIdsOf(NEW_BUILD), await live().taskIdsOf(NEW_TEST)];

  /** The two new tasks: the test waits for its new build, and refers to both of its builds. */
  const expectMade = async (build: string, made: string) => {
    const helper = live().push.taskId('build-linux');
    const { dependencies, payload, metadata } = await live().task(made);
    expect(dependencies?.toSorted()).toEqual([build, helper].toSorted());
    const url = (taskId: string) =>
      `${live().target.rootUrl}/api/queue/v1/task/${taskId}/artifacts/public/target.tar.gz`;
    expect(payload).toMatchObject({ env: { BUILD_URL: url(build), HELPER_URL: url(helper) } });
    expect(metadata.description).toContain(`selectedTaskRun=${made})`);
    expect((await live().status(made)).state).toBe('unscheduled');
    await live().untilState(build, 'pending');
  };

  describe('new jobs', () => {
    test('a test, and the build that it needs', async () => {
      const answered = await live().send(live().payload('add-new-jobs', ASKED));
      const [[build = ''] = [], [made = ''] = []] = await all();
      expect([build, made]).toContain(answered);
      await expectMade(build, made);
    });

    test('by an action task, with the artifacts that taskgraph would leave', async () => {
      const before = (await all()).flat();
      const queued = new QueuedWay(live());
      const action = await queued.perform('add-new-jobs', ASKED);
      expect((await live().status(action)).state).toBe('completed');
      const [builds = [], tests = []] = await all();
      const [build = ''] = builds.filter((taskId) => !before.includes(taskId));
      const [made = ''] = tests.filter((taskId) => !before.includes(taskId));
      await expectMade(build, made);
      expect((await live().task(made)).extra).toMatchObject({ parent: action });
      expect(await queued.json(action, 'public/label-to-taskid.json')).toMatchObject({
        [NEW_BUILD]: build,
        [NEW_TEST]: made,
      });
    });

    test('of a label that the graph does not have: nothing is created', async () => {
      const before = await all();
      const payload = live().payload('add-new-jobs', { input: { tasks: ['test-unknown'] }, taskId: null });
      await expect(live().send(payload)).rejects.toMatchObject({ statusCode: 400 });
      expect(await all()).toEqual(before);
    });
  });
}
