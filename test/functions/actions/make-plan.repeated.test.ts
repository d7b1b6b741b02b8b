import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Action, Clone } from '../../../functions/actions/plan.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { action, id, NOW, status } from '../fixtures.ts';
import { plan, run, smallPush, touches, work } from './memory-push.ts';

const one = (taskId: string, times: number): Action['request'] => ({ kind: 'task', taskId, times });
/** The first clone of each task. */
const firstOfEach = (clones: Clone[]): string[] =>
  clones.filter(({ copy }) => copy === 1).map(({ newTaskId }) => newTaskId);

const rerun = (taskId: string): Action['request'] => ({ kind: 'rerun', taskId });

describe('an action that an earlier attempt may have begun', () => {
  const repeated = { repeated: true };

  it('knows the clones that exist', async () => {
    const push = smallPush();
    const second = cloneTaskId(id('action'), id('test1'), 2);
    push.statuses.set(second, status(second, 'pending'));
    const exists = async (changes: Partial<Action>) =>
      (await work(push, action(one(id('test1'), 3), changes))).clones.map((clone) => clone.exists);
    expect(await exists(repeated)).toEqual([false, true, false]);
    expect(await exists({ repeated: false })).toEqual([false, false, false]);
  });

  it('is not forwarded for a dependency that is gone, if it was begun', async () => {
    const push = smallPush();
    push.statuses.delete(id('build'));
    const asked = action(one(id('test1'), 2), repeated);
    expect(await plan(push, asked)).toMatchObject({ kind: 'forward', because: 'missing-dependency' });
    const made = cloneTaskId(id('action'), id('test1'), 1);
    push.statuses.set(made, status(made, 'pending'));
    expect((await work(push, asked)).clones.map((clone) => clone.exists)).toEqual([true, false]);
  });

  it.each<[string, boolean, string, string, boolean]>([
    ['a rerun since the user asked', true, 'rerun', NOW.toISOString(), true],
    ['an earlier rerun', true, 'rerun', '2026-05-01T12:30:00.249Z', false],
    ['a retry of the queue’s own', true, 'retry', NOW.toISOString(), false],
    ['someone’s rerun, if this is the first attempt', false, 'rerun', NOW.toISOString(), false],
  ])('takes %s for its own or not', async (_what, again, reasonCreated, scheduled, done) => {
    const push = smallPush();
    const runs = [
      { runId: 0, state: 'failed' as const, reasonCreated: 'scheduled', scheduled: '2026-05-01T10:00:00Z' },
      { runId: 1, state: 'running' as const, reasonCreated, scheduled },
    ];
    push.statuses.set(id('upload'), status(id('upload'), 'running', { runs }));
    const planned = await work(push, action(rerun(id('upload')), { repeated: again }));
    expect(planned.reruns.map((item) => item.done)).toEqual(done ? [true] : []);
    expect(planned.noops).toHaveLength(done ? 0 : 1);
  });
});

describe('any action', () => {
  const cloneable = ['build-linux/opt', 'test-linux/opt-1', 'test-linux/opt-2', 'source-lint'];
  const known = [...cloneable, 'upload-symbols'];
  const times = fc.integer({ min: 1, max: 20 });
  const anyRequest: fc.Arbitrary<Action['request']> = fc.oneof(
    fc.record({
      kind: fc.constant('labels' as const),
      requests: fc.array(
        fc.record({
          labels: fc.array(fc.constantFrom(...known, 'upload-docs'), {
            minLength: 1,
            maxLength: 8,
          }),
          times,
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    fc.record({
      kind: fc.constant('task' as const),
      taskId: fc.constantFrom(id('test1'), id('again'), id('upload'), id('gone')),
      times,
    }),
    fc.record({
      kind: fc.constant('rerun' as const),
      taskId: fc.constantFrom(id('test1'), id('done'), id('gone')),
    }),
  );
  /** The push, with or without an earlier retrigger of one of its labels. */
  const anyPush = fc.option(fc.constantFrom(...known)).map((label) => {
    const push = smallPush();
    if (label !== null) run(push, id('a1'), { [label]: id('again') }, { data: touches([label]) });
    return push;
  });

  it('has no taskId twice in its plan, and has the same plan when planned again', async () => {
    await fc.assert(
      fc.asyncProperty(anyPush, anyRequest, fc.uuid(), async (push, request, actionId) => {
        const asked = action(request, { id: actionId });
        const planned = await work(push, asked);
        const made = planned.clones.map(({ newTaskId }) => newTaskId);
        expect(new Set(made).size).toBe(made.length);
        for (const taskId of made) push.statuses.set(taskId, status(taskId, 'pending'));
        const again = await work(push, { ...asked, repeated: true, now: new Date(NOW.getTime() + 60_000) });
        expect(again).toEqual({
          ...planned,
          clones: planned.clones.map((clone) => ({ ...clone, exists: true })),
        });
      }),
    );
  });

  it('continues with the tasks that its first attempt chose, even if there are newer ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRequest,
        fc.constantFrom(...cloneable),
        fc.nat({ max: 30 }),
        async (request, newer, done) => {
          const push = smallPush();
          const { clones } = await work(push, action(request));
          const made = clones.map(({ newTaskId }) => newTaskId);
          // The first attempt was lost after some of its writes, at least one for each task.
          const begun = new Set([...made.slice(0, done), ...firstOfEach(clones)]);
          for (const taskId of begun) push.statuses.set(taskId, status(taskId, 'pending'));
          run(push, id('a2'), { [newer]: id('newer') }, { hour: 2 });
          const again = await work(push, action(request, { repeated: true }));
          expect(again.clones.map(({ newTaskId }) => newTaskId)).toEqual(made);
        },
      ),
    );
  });

  it('makes different tasks from any other action', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.uuid(), fc.uuid(), async (request, first, second) => {
        fc.pre(first !== second);
        const made = async (actionId: string) =>
          (await work(smallPush(), action(request, { id: actionId }))).clones.map(
            ({ newTaskId }) => newTaskId,
          );
        const others = new Set(await made(second));
        expect((await made(first)).filter((taskId) => others.has(taskId))).toEqual([]);
      }),
    );
  });

  it('reports on every requested label', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.constantFrom(...known), { minLength: 1 }), async (labels) => {
        const planned = await plan(smallPush(), action({ kind: 'labels', requests: [{ labels, times: 1 }] }));
        const items =
          planned.kind === 'work'
            ? [planned.clones, planned.reruns, planned.noops, planned.refused].flat()
            : [];
        expect(items.map(({ label }) => label).toSorted()).toEqual(labels.toSorted());
      }),
    );
  });
});
