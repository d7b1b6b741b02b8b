import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloneDefinition } from '../../../functions/tasks/clone.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { anyMoment, anyTaskId, DECISION, definition } from '../fixtures.ts';

const DAY = 24 * 60 * 60 * 1000;
const anyJson = fc.jsonValue();

/** A definition of any age and content, with times in the queue's format. */
const anyDefinition: fc.Arbitrary<TaskDefinition> = fc
  .record({
    created: anyMoment,
    life: fc.integer({ min: 1, max: 5 * DAY }),
    kept: fc.integer({ min: 1, max: 400 * DAY }),
    artifact: fc.integer({ min: -30 * DAY, max: 400 * DAY }),
    payload: anyJson,
    more: anyJson,
    dependencies: fc.uniqueArray(anyTaskId, { maxLength: 5 }),
  })
  .map(({ created, life, kept, artifact, payload, more, dependencies }) => {
    const after = (ms: number) => new Date(created.getTime() + ms).toISOString();
    return definition({
      created: created.toISOString(),
      deadline: after(life),
      expires: after(life + kept),
      payload: { anything: payload, artifacts: [{ expires: after(artifact) }] },
      dependencies,
      extra: { parent: DECISION, more },
      someFieldToCome: more,
    });
  });

/** Two lists of distinct taskIds: the replaced ones, and their replacements. */
const anyReplacements = fc
  .uniqueArray(anyTaskId, { minLength: 2, maxLength: 12 })
  .map((ids) =>
    ids
      .slice(0, Math.floor(ids.length / 2))
      .map((from, at): [string, string] => [from, ids[ids.length - 1 - at] ?? from]),
  );

const distanceOf = (task: TaskDefinition, field: 'deadline' | 'expires') =>
  Date.parse(task[field] ?? '') - Date.parse(task.created);

describe('cloneDefinition', () => {
  it('gives back the original when the clone is cloned at the original’s time under its taskId', () => {
    fc.assert(
      fc.property(anyDefinition, anyTaskId, anyTaskId, fc.nat(400 * DAY), (task, taskId, newTaskId, age) => {
        const now = new Date(Date.parse(task.created) + age);
        const replacements = new Map<string, string>();
        const clone = cloneDefinition({ definition: task, taskId, newTaskId, now, replacements });
        const back = cloneDefinition({
          definition: clone,
          taskId: newTaskId,
          newTaskId: taskId,
          now: new Date(task.created),
          replacements,
        });
        expect(JSON.stringify(back)).toBe(JSON.stringify(task));
      }),
    );
  });

  it('keeps every field except times, and does not change the original', () => {
    fc.assert(
      fc.property(anyDefinition, anyTaskId, anyTaskId, anyMoment, (task, taskId, newTaskId, now) => {
        const before = JSON.stringify(task);
        const clone = cloneDefinition({ definition: task, taskId, newTaskId, now, replacements: new Map() });
        expect(JSON.stringify(task)).toBe(before);
        const { created, deadline, expires, payload } = task;
        expect(JSON.stringify({ ...clone, created, deadline, expires, payload })).toBe(before);
      }),
    );
  });

  it('keeps every time at its distance from created', () => {
    fc.assert(
      fc.property(anyDefinition, anyTaskId, anyMoment, (task, newTaskId, now) => {
        const clone = cloneDefinition({
          definition: task,
          taskId: DECISION,
          newTaskId,
          now,
          replacements: new Map(),
        });
        expect(clone.created).toBe(now.toISOString());
        expect(distanceOf(clone, 'deadline')).toBe(distanceOf(task, 'deadline'));
        expect(distanceOf(clone, 'expires')).toBe(distanceOf(task, 'expires'));
      }),
    );
  });

  it('leaves no replaced taskId', () => {
    fc.assert(
      fc.property(anyDefinition, anyReplacements, anyMoment, (task, replacements, now) => {
        const [self, ...others] = replacements;
        fc.pre(self !== undefined);
        const [taskId, newTaskId] = self;
        const mentioning = {
          ...task,
          dependencies: others.map(([from]) => from),
          routes: replacements.map(([from]) => `index.x.${from}`),
          payload: {
            command: replacements.map(([from]) => `fetch https://tc/task/${from}/a && fetch ${from}${from}`),
            env: { FETCHES: JSON.stringify(replacements) },
            mounts: Object.fromEntries(replacements.map(([from]) => [from, { content: { taskId: from } }])),
          },
        };
        const clone = cloneDefinition({
          definition: mentioning,
          taskId,
          newTaskId,
          now,
          replacements: new Map(others),
        });
        const text = JSON.stringify(clone);
        expect(replacements.filter(([from]) => text.includes(from))).toEqual([]);
        expect(clone.dependencies).toEqual(others.map(([, to]) => to));
        expect(replacements.filter(([, to]) => !text.includes(to))).toEqual([]);
      }),
    );
  });

  it('belongs only to the given action task', () => {
    fc.assert(
      fc.property(
        anyDefinition,
        fc.option(anyTaskId, { nil: undefined }),
        anyTaskId,
        (task, maker, parent) => {
          const made: TaskDefinition =
            maker === undefined
              ? task
              : {
                  ...task,
                  dependencies: [maker, ...(task.dependencies ?? [])],
                  extra: { ...task.extra, parent: maker },
                };
          const clone = cloneDefinition({
            definition: made,
            taskId: DECISION,
            newTaskId: DECISION,
            now: new Date(task.created),
            replacements: new Map(),
            parent,
          });
          expect(clone.extra).toEqual({ ...task.extra, parent });
          expect(clone.dependencies).toEqual(task.dependencies);
        },
      ),
    );
  });
});
