import { describe, expect, it } from 'vitest';
import type { Action } from '../../../functions/actions/plan.ts';
import { action, DECISION, definition, id } from '../fixtures.ts';
import { add, plan, run, smallPush, times } from './memory-push.ts';

const labels = (...asked: string[]): Action['request'] => ({
  kind: 'labels',
  requests: [{ labels: asked, times: 1 }],
});
const one = (taskId: string): Action['request'] => ({ kind: 'task', taskId, times: 1 });
const rerun = (taskId: string): Action['request'] => ({ kind: 'rerun', taskId });

describe('the whole action is forwarded for what only the full hook can do', () => {
  it('a label that no map has: the graph may have it', async () => {
    expect(await plan(smallPush(), action(labels('no-such', 'source-lint')))).toEqual({
      kind: 'forward',
      because: 'no-task',
      reason: 'no-such: this push has no task with that label, but its graph may',
    });
  });

  it('a task that is in the push’s map, but gone from the queue', async () => {
    for (const request of [labels('source-lint'), one(id('lint'))]) {
      const push = smallPush();
      push.tasks.delete(id('lint'));
      expect(await plan(push, action(request))).toMatchObject({ kind: 'forward', because: 'no-task' });
    }
  });

  it.each(['decision', 'cron'])('a task of another group that the map of a %s task names', async (maker) => {
    for (const request of [labels('other'), one(id('other')), rerun(id('other'))]) {
      const push = smallPush();
      add(push, id('other'), 'other', 'failed');
      if (maker === 'cron') {
        push.labels.set(DECISION, smallPush().labels.get(DECISION));
        run(push, id('nightly'), { other: id('other') }, { namespace: 'cron' });
      }
      const { taskGroupId: _, ...task } = push.tasks.get(id('other')) ?? definition({});
      push.tasks.set(id('other'), { ...task, taskGroupId: id('nightly') });
      expect(await plan(push, action(request))).toMatchObject({
        kind: 'forward',
        because: 'other-group',
        reason: expect.stringMatching(/^other \(other_.*belongs to task group nightly/),
      });
    }
  });

  it('a rerun of a label that has a task in another group as well, but not a clone of it', async () => {
    for (const [label, own, kind] of [
      ['upload-symbols', id('upload'), 'forward'],
      ['upload-docs', id('done'), 'forward'],
      ['source-lint', id('lint'), 'work'],
    ] as const) {
      const push = smallPush();
      run(push, id('nightly'), { [label]: id('other') }, { namespace: 'cron' });
      push.tasks.set(
        id('other'),
        definition({ ...push.tasks.get(own), ...times(1), taskGroupId: id('nightly') }),
      );
      expect((await plan(push, action(labels(label)))).kind).toBe(kind);
    }
  });
});
