import { describe, expect, it } from 'vitest';
import { definition as asDefinition } from '../../functions/taskcluster/answers.ts';
import { cloneDefinition } from '../../functions/tasks/clone.ts';
import { at } from '../support/json.ts';
import { normalize } from '../support/normalize.ts';
import { recorded } from '../support/recorded.ts';

const now = new Date('2026-11-22T12:00:00.123Z');
const newTaskId = 'NewTaskAQqCaaaaaaaaaaA';
const definitions = Object.entries(await recorded('task-definitions.json'));

const clone = (taskId: string, recordedTask: unknown, more: { parent?: string } = {}) =>
  cloneDefinition({
    definition: asDefinition('task', recordedTask),
    taskId,
    newTaskId,
    now,
    replacements: new Map(),
    ...more,
  });

describe('a real definition is cloned without loss:', () => {
  it('there are some', () => expect(definitions.length).toBeGreaterThan(5));

  it.each(definitions)('%s', (taskId, task) => {
    const before = JSON.stringify(task);
    const made = clone(taskId, task);
    expect(made.created).toBe(now.toISOString());
    // With times relative to created, and a name for the task's own id, the documents are the same.
    const [original, copy] = [
      normalize(task, new Map([[taskId, '<self>']])),
      normalize(made, new Map([[newTaskId, '<self>']])),
    ];
    expect(copy).toStrictEqual(original);
    expect(JSON.stringify(made)).not.toContain(taskId);
    // The order of the keys too, for tools that compare texts.
    expect(JSON.stringify(copy)).toBe(JSON.stringify(original));
    expect(JSON.stringify(task)).toBe(before);
  });

  it.each(definitions)('%s, with a parent', (taskId, task) => {
    const parent = 'ParentAAQqCaaaaaaaaaaA';
    const made = clone(taskId, task, { parent });
    const { extra, ...rest } = made;
    const { extra: without, ...others } = clone(taskId, task);
    expect(rest).toStrictEqual(others);
    expect(extra).toStrictEqual({ ...without, parent });
  });

  it.each(definitions)('%s keeps its relative times', (taskId, task) => {
    const made = clone(taskId, task);
    for (const field of ['deadline', 'expires']) {
      expect(Date.parse(String(made[field])) - Date.parse(made.created)).toBe(
        Date.parse(String(at(task, field))) - Date.parse(String(at(task, 'created'))),
      );
    }
  });
});
