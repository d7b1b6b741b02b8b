import { describe, expect, it } from 'vitest';
import { at } from '../../support/json.ts';
import { aBuild, aTest, tests } from '../../support/push-tasks.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { clonesOf, tasksInGroup, taskNow } from '../../support/task-group.ts';

const way = useQueuedWay();

describe('a hundred action tasks and two workers', () => {
  it('loses nothing and does nothing twice, even with three retriggers of one label', async () => {
    const push = way().newPush(() => undefined, { size: 200 });
    const labels = tests(push).map(({ label }) => label);
    const build = aBuild(push, 'failed');
    const wanted = new Map<string, string>();
    for (let action = 0; action < 97; action++) {
      const label = labels[action % labels.length] ?? '';
      wanted.set(await way().press(push, [label]), label);
    }
    // The same label three times at once, and three times the same failed build.
    const same = aTest(push, 'failed').label;
    for (let again = 0; again < 3; again++) wanted.set(await way().press(push, [same, build.label]), same);
    expect(wanted.size).toBe(100);

    // Reads of a hundred actions in one process may be slow, and what cannot be read in time is forwarded.
    const requestMs = 120_000;
    const summaries = await Promise.all([way().work({ requestMs }), way().work({ requestMs })]);
    const total = summaries.reduce((sum, { completed }) => sum + completed, 0);
    expect({ total, summaries }).toMatchObject({ total: 100 });
    expect(summaries.every(({ completed }) => completed > 0)).toBe(true);

    const clones = (await tasksInGroup(way().tc, push.decisionTaskId)).filter(({ task }) =>
      wanted.has(String(at(task, 'extra', 'parent'))),
    );
    const made = clones.map(({ task }) =>
      [at(task, 'extra', 'parent'), at(task, 'metadata', 'name')].join(' '),
    );
    expect(made.toSorted()).toStrictEqual([...wanted].map((entry) => entry.join(' ')).toSorted());
    expect((await taskNow(way().tc, build.taskId)).runs).toHaveLength(2);
  });

  it('starts another worker at each full claim, and claims no task for which it has no room', async () => {
    const push = way().newPush();
    const { label } = aTest(push);
    const actions: string[] = [];
    for (let action = 0; action < 40; action++) actions.push(await way().press(push, [label]));
    const claims = way().claims();
    const full: boolean[] = [];
    const claimWork = async (queue: string, tasks: number) => {
      expect(tasks).toBeGreaterThan(0);
      const claimed = await claims.claimWork(queue, tasks);
      full.push(claimed.length === tasks);
      return claimed;
    };
    let asked = 0;
    const scaleOut = () => {
      asked++;
      return Promise.resolve(true);
    };
    expect(await way().work({ claimWork, scaleOut })).toMatchObject({ completed: 40, failed: 0 });
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBe(full.filter((one) => one).length);
    for (const action of actions)
      expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
  });
});
