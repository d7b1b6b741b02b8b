import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { protectionOf } from '../../../functions/tasks/protection.ts';
import { DECISION, definition, id } from '../fixtures.ts';

/** The results at levels 1, 2 and 3, for a task with this id and definition. */
function protections(changes: Partial<TaskDefinition>, taskId = id('target')): (string | undefined)[] {
  return ['1', '2', '3'].map((level) => protectionOf(taskId, definition(changes), level));
}

/** The queue returns all three of them; a definition from elsewhere may have only two. */
function withoutTaskQueueId(provisionerId: string, workerType: string): TaskDefinition {
  const { taskQueueId: _, ...others } = definition({ provisionerId, workerType });
  return others;
}

describe('protectionOf', () => {
  it.each<[string, Partial<TaskDefinition>, RegExp]>([
    [
      'a scriptworker queue',
      { taskQueueId: 'scriptworker-prov-v1/signing' },
      /scriptworker-prov-v1\/signing/,
    ],
    ['another scriptworker queue', { taskQueueId: 'scriptworker-k8s/gecko-3-balrog' }, /scriptworker pool/],
    [
      'a scriptworker implementation',
      {
        taskQueueId: 'releng-hardware/mac-signing',
        tags: { 'worker-implementation': 'scriptworker-signing' },
      },
      /scriptworker pool/,
    ],
    ['a decision task by its kind', { tags: { kind: 'decision-task' } }, /decision, action or cron/],
    ['an action task by its kind', { tags: { kind: 'action-callback' } }, /decision, action or cron/],
    ['a cron task by its kind', { tags: { kind: 'cron-task' } }, /decision, action or cron/],
    ['an action task by its extra', { extra: { action: { name: 'x' } } }, /decision, action or cron/],
    ['a cron task by its extra', { extra: { cron: '{}' } }, /decision, action or cron/],
    ['a decision task by its extra', { extra: { tasks_for: 'hg-push' } }, /decision, action or cron/],
    [
      'a task with the role of a repository',
      { scopes: ['secrets:get:x', 'assume:repo:hg.mozilla.org/try:branch:default'] },
      /decision, action or cron/,
    ],
    [
      'a task in a shared cache',
      { routes: ['x', 'index.gecko.cache.level-1.toolchains.v3.linux.latest'] },
      /shared cache \(index\.gecko\.cache\.level-1/,
    ],
    ['a task in a cache of no trust domain', { routes: ['index.cache.level-1.x'] }, /shared cache/],
  ])('protects %s at every level', (_what, changes, reason) => {
    for (const protection of protections(changes)) expect(protection).toMatch(reason);
  });

  it('protects the task that its group is named after', () => {
    for (const protection of protections({}, DECISION))
      expect(protection).toMatch(/decision, action or cron/);
  });

  it('protects indexed tasks at level 3', () => {
    const [low, middle, high] = protections({ routes: ['tc-treeherder.v2.x', 'index.gecko.v2.try.latest'] });
    expect([low, middle]).toEqual([undefined, undefined]);
    expect(high).toBe('it is indexed at level 3 (index.gecko.v2.try.latest)');
  });

  it.each<[string, Partial<TaskDefinition>, string]>([
    ['signs its artifacts', { payload: { features: { chainOfTrust: true } } }, 'the feature chainOfTrust'],
    [
      'signs its artifacts by an object of options',
      { payload: { features: { chainOfTrust: {} } } },
      'the feature chainOfTrust',
    ],
    [
      'lists its inputs',
      { extra: { chainOfTrust: { inputs: { 'docker-image': id('image') } } } },
      'chainOfTrust.inputs',
    ],
    [
      'lists them in its payload',
      { payload: { chainOfTrust: { inputs: { build: id('build') } } } },
      'chainOfTrust.inputs',
    ],
  ])('protects a task of Chain of Trust at level 3 that %s', (_what, changes, reason) => {
    expect(protections(changes)).toEqual([undefined, undefined, `it has ${reason} at level 3`]);
  });

  it.each<[string, Partial<TaskDefinition>]>([
    ['a test', {}],
    ['a task that has Chain of Trust switched off', { payload: { features: { chainOfTrust: false } } }],
    ['a task that does not mention Chain of Trust', { payload: { features: { chainOfTrust: null } } }],
    ['a task that has no features', { payload: { features: null } }],
    ['a payload that is no object', { payload: 'chainOfTrust' }],
    ['a payload that is null', { payload: null }],
    ['a task with a role that is not a repository’s', { scopes: ['secrets:get:x', 'assume:project:x'] }],
    ['a task of another worker', { tags: { 'worker-implementation': 'docker-worker' } }],
    ['a route with index.cache inside', { routes: ['x.index.gecko.cache.level-1'] }],
    ['a route that only sounds like a cache', { routes: ['tc-treeherder.v2.cache.x'] }],
    ['a kind that only sounds like an action', { tags: { kind: 'action' } }],
    ['a worker that only sounds like a scriptworker', { taskQueueId: 'gecko-1/scriptworker' }],
  ])('does not protect %s', (_what, changes) => {
    expect(protections(changes)).toEqual([undefined, undefined, undefined]);
  });

  it('allows cloning a task whose index path has cache in a longer name', () => {
    expect(protections({ routes: ['index.gecko.v2.try.sccache.x'] }).slice(0, 2)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('reads provisionerId and workerType if there is no taskQueueId', () => {
    expect(protectionOf(id('target'), withoutTaskQueueId('scriptworker-k8s', 'tree'), '1')).toMatch(
      /scriptworker-k8s\/tree/,
    );
    expect(protectionOf(id('target'), withoutTaskQueueId('gecko-1', 't-linux'), '1')).toBeUndefined();
  });
});
