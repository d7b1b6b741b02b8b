import { expect, it } from 'vitest';
import { describePlan, planAsJson } from '../../../functions/explain/describe-plan.ts';
import { action, HOOK, id } from '../fixtures.ts';
import { run, smallPush, work } from '../actions/memory-push.ts';

it('tells a dependency that is newer from one that the action creates', async () => {
  const push = smallPush();
  run(push, id('a1'), { 'build-linux/opt': id('rebuilt') });
  const requests = [
    { labels: ['test-linux/opt-1'], times: 1 },
    { labels: ['test-linux/opt-2', 'build-linux/opt'], times: 1 },
  ];
  const plan = await work(push, action({ kind: 'labels', requests }));
  const [build] = plan.clones.filter(({ label }) => label === 'build-linux/opt');
  const lines = describePlan(plan, HOOK)
    .split('\n')
    .filter((line) => line.startsWith('  dependency'));
  expect(lines).toEqual([
    `  dependency ${id('build')} → ${id('rebuilt')}, which is newer`,
    `  dependency ${id('build')} → ${build?.newTaskId}, which this action creates`,
  ]);
});

it('prints the replaced dependencies as JSON too', async () => {
  const push = smallPush();
  run(push, id('a1'), { 'build-linux/opt': id('rebuilt') });
  const plan = await work(push, action({ kind: 'task', taskId: id('test1'), times: 1 }));
  expect(JSON.parse(planAsJson(plan))).toMatchObject({
    kind: 'work',
    clones: [{ taskId: id('test1'), replacements: { [id('build')]: id('rebuilt') } }],
  });
});
