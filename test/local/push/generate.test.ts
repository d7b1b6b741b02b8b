import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { generatePush, type GenerateOptions } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import { tryRepository } from '../../../local/push/repository.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { breaches } from './create-task-rules.ts';

const options: GenerateOptions = {
  size: 120,
  rootUrl: 'http://127.0.0.1:8080',
  now: new Date('2026-11-22T12:00:00.123Z'),
};
const niceSlugid = /^[A-Za-f][A-Za-z0-9_-]{7}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$/;

const artifact = (push: Push, taskId: string, name: string): Record<string, unknown> => {
  const content = push.artifacts[taskId]?.[name];
  if (!isObject(content)) throw new Error(`${taskId} has no ${name}`);
  return content;
};
const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
};
const tasksOfKind = (push: Push, kind: string) =>
  Object.entries(push.tasks).filter(
    ([, { task }]) => isObject(task['tags']) && task['tags']['kind'] === kind,
  );

describe('for any size and seed', () => {
  const sizes = fc.oneof(fc.constantFrom(50, 51, 199, 2000), fc.integer({ min: 50, max: 900 }));

  test('the push has as many labels as requested, of tasks that createTask would accept', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const push = generatePush({ ...options, size, seed });
        const labels = artifact(push, push.decisionTaskId, 'public/label-to-taskid.json');
        expect(Object.keys(labels)).toHaveLength(size);
        expect(new Set(Object.values(labels)).size).toBe(size);
        for (const [taskId, { label, task }] of Object.entries(push.tasks)) {
          expect(taskId).toMatch(niceSlugid);
          expect([label, breaches(taskId, task)]).toStrictEqual([label, []]);
        }
        for (const [label, taskId] of Object.entries(labels))
          expect(push.tasks[String(taskId)]?.label).toBe(label);
      }),
      { numRuns: 25 },
    );
  });

  test('every taskId that occurs anywhere exists, above all in dependencies', () => {
    fc.assert(
      fc.property(sizes, fc.integer(), (size, seed) => {
        const push = generatePush({ ...options, size, seed });
        const known = new Set(Object.keys(push.tasks));
        let mentions = 0;
        for (const { task } of Object.values(push.tasks)) {
          for (const dependency of strings(task['dependencies'])) expect(known).toContain(dependency);
          const mentioned = strings([task['payload'], task['extra']]).flatMap(
            (text) => text.match(/(?<=\/task\/|"task":")[\w-]{22}(?=\/|")/g) ?? [],
          );
          mentions += mentioned.length;
          for (const taskId of mentioned) expect(strings(task['dependencies'])).toContain(taskId);
        }
        expect(mentions).toBeGreaterThan(size);
        for (const taskId of Object.values(push.index)) expect(known).toContain(taskId);
      }),
      { numRuns: 15 },
    );
  });

  test('the states are consistent: what waits for a failed or running build is unscheduled', () => {
    fc.assert(
      fc.property(sizes, fc.integer(), (size, seed) => {
        const { tasks } = generatePush({ ...options, size, seed });
        expect(new Set(Object.values(tasks).map(({ state }) => state))).toStrictEqual(
          new Set(['completed', 'failed', 'running', 'pending', 'exception', 'unscheduled']),
        );
        for (const { state, task } of Object.values(tasks)) {
          const ready = strings(task['dependencies']).every((taskId) => tasks[taskId]?.state === 'completed');
          expect(state === 'unscheduled').toBe(!ready);
        }
      }),
      { numRuns: 15 },
    );
  });
});

it('depends only on the seed', () => {
  expect(generatePush({ ...options, seed: 7 })).toStrictEqual(generatePush({ ...options, seed: 7 }));
  expect(generatePush({ ...options, seed: 8 }).decisionTaskId).not.toBe(
    generatePush({ ...options, seed: 7 }).decisionTaskId,
  );
});

it('keeps the milliseconds of created in all timestamps of a definition', () => {
  for (const { task } of Object.values(generatePush(options).tasks)) {
    const stamps = strings(task).filter((text) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text));
    expect(stamps.length).toBeGreaterThan(2);
    expect(new Set(stamps.map((stamp) => stamp.slice(-5))).size).toBe(1);
  }
});

it('marks tests as cloneable, but nothing that they depend on', () => {
  const push = generatePush(options);
  for (const { label, task } of Object.values(push.tasks)) {
    const tags = isObject(task['tags']) ? task['tags'] : {};
    if (tags['label'] === undefined) continue; // decision, action and cron tasks
    expect([label, tags['retrigger']]).toStrictEqual([label, String(/^(source-)?test-/.test(label))]);
  }
});

it('has the decision task in the index as Firefox does, with its artifacts', () => {
  const push = generatePush(options);
  const paths = Object.keys(push.index).filter((path) => push.index[path] === push.decisionTaskId);
  expect(
    paths.map((path) => path.replaceAll(/[0-9a-f]{40}/g, 'REV').replaceAll(/\d{6}/g, 'ID')).toSorted(),
  ).toStrictEqual([
    'gecko.v2.autoland.latest.taskgraph.decision',
    'gecko.v2.autoland.pushlog-id.ID.decision',
    'gecko.v2.autoland.revision.REV.taskgraph.decision',
  ]);
  expect(Object.keys(push.artifacts[push.decisionTaskId] ?? {}).toSorted()).toStrictEqual([
    'public/actions.json',
    'public/full-task-graph.json',
    'public/label-to-taskid.json',
    'public/parameters.yml',
  ]);
});

it('has an earlier retrigger, whose action task is indexed and whose labels overlay those of the decision task', () => {
  const push = generatePush(options);
  const original = artifact(push, push.decisionTaskId, 'public/label-to-taskid.json');
  const [retrigger, addNew] = tasksOfKind(push, 'action-callback');
  for (const [taskId] of [retrigger, addNew].filter((one) => one !== undefined)) {
    const paths = Object.keys(push.index).filter((path) => push.index[path] === taskId);
    expect(paths.filter((path) => path.endsWith(`.actions.${taskId}`))).toHaveLength(2);
  }
  const retriggered = artifact(push, retrigger?.[0] ?? '', 'public/label-to-taskid.json');
  const renewed = Object.keys(retriggered).filter((label) => retriggered[label] !== original[label]);
  expect(renewed).toHaveLength(2);
  for (const label of renewed) {
    const clone = push.tasks[String(retriggered[label])]?.task;
    expect(clone).toMatchObject({ taskGroupId: push.decisionTaskId, extra: { parent: retrigger?.[0] } });
    expect(strings(clone?.['dependencies'])).toContain(retrigger?.[0]);
  }
  const added = Object.keys(artifact(push, addNew?.[0] ?? '', 'public/label-to-taskid.json'));
  expect(added.filter((label) => original[label] === undefined)).toHaveLength(2);
  expect(tasksOfKind(push, 'cron-task')).toHaveLength(1);
});

it('has Chain of Trust on what a release may use, never on a test', () => {
  const push = generatePush({ ...options, size: 600 });
  const kinds = new Map<string, Set<boolean>>();
  for (const { task } of Object.values(push.tasks)) {
    const kind = isObject(task['tags']) ? String(task['tags']['kind']) : '';
    kinds.set(
      kind,
      (kinds.get(kind) ?? new Set()).add(JSON.stringify(task['payload']).includes('"chainOfTrust":true')),
    );
  }
  for (const kind of ['build', 'toolchain', 'docker-image', 'decision-task', 'action-callback'])
    expect([kind, kinds.get(kind)]).toEqual([kind, new Set([true])]);
  for (const kind of ['test', 'browsertime', 'source-test'])
    expect([kind, kinds.get(kind)]).toEqual([kind, new Set([false])]);
});

it('can be a try push at level 1', () => {
  const push = generatePush({ ...options, repository: tryRepository });
  expect(push.tasks[push.decisionTaskId]?.task).toMatchObject({
    schedulerId: 'gecko-level-1',
    taskQueueId: 'gecko-1/decision',
  });
  expect(strings(push.tasks).some((text) => text.includes('level-3'))).toBe(false);
});

it.each([0, 49, 20_001, 100.5, Number.NaN])('refuses the size %d', (size) => {
  expect(() => generatePush({ ...options, size })).toThrow(RangeError);
});

it('reaches 20,000 labels', () => {
  const push = generatePush({ ...options, size: 20_000 });
  expect(Object.keys(artifact(push, push.decisionTaskId, 'public/label-to-taskid.json'))).toHaveLength(
    20_000,
  );
});
