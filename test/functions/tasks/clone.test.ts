import { describe, expect, it } from 'vitest';
import { cloneDefinition, dependenciesOf, makerOf, type CloneInput } from '../../../functions/tasks/clone.ts';
import { DECISION, definition, id, NOW } from '../fixtures.ts';

const [original, copy, build, rebuilt, maker, action] = [
  id('original'),
  id('copy'),
  id('build'),
  id('rebuilt'),
  id('maker'),
  id('action'),
];

function clone(changes: Partial<CloneInput> = {}) {
  return cloneDefinition({
    definition: definition(),
    taskId: original,
    newTaskId: copy,
    now: NOW,
    replacements: new Map(),
    ...changes,
  });
}

const rewired = new Map([[build, rebuilt]]);

describe('times', () => {
  it('keep their distance from created; earlier ones stay', () => {
    const cloned = clone({
      definition: definition({
        payload: {
          artifacts: { 'public/logs': { expires: '2026-05-08T10:00:00.000Z' } },
          env: { BUILD_DATE: '2026-05-01T09:59:00.000Z' },
        },
      }),
    });
    expect(cloned.created).toBe('2026-05-01T12:30:00.250Z');
    expect(cloned.deadline).toBe('2026-05-02T12:30:00.250Z');
    expect(cloned.expires).toBe('2026-05-29T12:30:00.250Z');
    expect(cloned.payload).toEqual({
      artifacts: { 'public/logs': { expires: '2026-05-08T12:30:00.250Z' } },
      env: { BUILD_DATE: '2026-05-01T09:59:00.000Z' },
    });
  });

  it('leave a definition without expires without', () => {
    const { expires: _, ...others } = definition();
    expect(clone({ definition: others })).not.toHaveProperty('expires');
  });
});

describe('taskIds', () => {
  it('are replaced in texts, keys and lists, as often as they occur', () => {
    const cloned = clone({
      replacements: rewired,
      definition: definition({
        payload: {
          env: { URLS: JSON.stringify({ a: `https://tc/task/${build}/x`, b: `https://tc/task/${build}/y` }) },
          [`mount-${build}`]: [[{ content: { taskId: build } }]],
        },
      }),
    });
    expect(cloned.payload).toEqual({
      env: { URLS: JSON.stringify({ a: `https://tc/task/${rebuilt}/x`, b: `https://tc/task/${rebuilt}/y` }) },
      [`mount-${rebuilt}`]: [[{ content: { taskId: rebuilt } }]],
    });
  });

  it('of the original itself become the clone’s', () => {
    const cloned = clone({
      definition: definition({
        metadata: { ...definition().metadata, description: `[logs](https://tc/tasks/${original}/logs)` },
        routes: [`index.gecko.v2.try.task.${original}`],
        extra: { parent: DECISION, self: original },
      }),
    });
    expect(cloned.metadata.description).toBe(`[logs](https://tc/tasks/${copy}/logs)`);
    expect(cloned.routes).toEqual([`index.gecko.v2.try.task.${copy}`]);
    expect(cloned.extra).toEqual({ parent: DECISION, self: copy });
  });

  it('are replaced in one pass: a replacement is not replaced again', () => {
    const swapped = new Map([
      [build, rebuilt],
      [rebuilt, build],
    ]);
    const cloned = clone({
      replacements: swapped,
      definition: definition({ payload: `${build} ${rebuilt}` }),
    });
    expect(cloned.payload).toBe(`${rebuilt} ${build}`);
  });
});

describe('dependencies', () => {
  it.each<[string, string[], string[]]>([
    ['follow the replacements', [build, DECISION], [rebuilt, DECISION]],
    ['name nothing twice', [build, rebuilt], [rebuilt]],
    ['on itself stay on itself', [original, DECISION], [copy, DECISION]],
    ['may be none', [], []],
  ])('%s', (_what, dependencies, expected) => {
    const cloned = clone({ definition: definition({ dependencies }), replacements: rewired });
    expect(cloned.dependencies).toEqual(expected);
  });

  it('that are absent stay absent', () => {
    const { dependencies: _, ...others } = definition();
    expect(clone({ definition: others })).not.toHaveProperty('dependencies');
    expect(dependenciesOf(others)).toEqual([]);
  });

  it('lose the action task that made the original, and nothing else', () => {
    const made = definition({ dependencies: [maker, build, DECISION], extra: { parent: maker } });
    expect(clone({ definition: made }).dependencies).toEqual([build, DECISION]);
    expect(dependenciesOf(made)).toEqual([build, DECISION]);
  });

  it('keep the decision task, though it is the parent', () => {
    expect(clone().dependencies).toEqual([DECISION]);
  });
});

describe('the parent', () => {
  it('becomes the action task, and the rest of extra stays', () => {
    const cloned = clone({
      parent: action,
      definition: definition({ extra: { suite: 'a11y', parent: maker } }),
    });
    expect(cloned.extra).toEqual({ suite: 'a11y', parent: action });
  });

  it('is set even if there was no extra', () => {
    const { extra: _, ...others } = definition();
    expect(clone({ definition: others, parent: action }).extra).toEqual({ parent: action });
  });

  it('stays unchanged without an action task', () => {
    expect(clone({ definition: definition({ extra: { parent: maker } }) }).extra).toEqual({ parent: maker });
    const { extra: _, ...others } = definition();
    expect(clone({ definition: others })).not.toHaveProperty('extra');
  });
});

it('has the tag of the action, if its original is like Firefox’s', () => {
  const tags = { kind: 'test', retrigger: 'true' };
  expect(clone({ actionTag: 'retrigger-task' }).tags).toEqual({ ...tags, action: 'retrigger-task' });
  expect(clone().tags).toEqual(tags);
  const { tags: _, ...others } = definition();
  expect(clone({ definition: others, actionTag: 'retrigger-task' })).not.toHaveProperty('tags');
});

describe('makerOf', () => {
  it.each<[string, Record<string, unknown> | undefined, string | undefined]>([
    ['the parent that is not the decision task', { parent: maker }, maker],
    ['none, if that is the decision task', { parent: DECISION }, undefined],
    ['none, if there is no parent', {}, undefined],
    ['none, if the parent is not a string', { parent: 7 }, undefined],
  ])('is %s', (_what, extra, expected) => {
    expect(makerOf(definition(extra ? { extra } : {}))).toBe(expected);
  });
});
