import { add, emptyPush, type MemoryPush } from '../../test/functions/actions/memory-push.ts';
import { DECISION, id, inTreeHook, payload } from '../../test/functions/fixtures.ts';
import type { TaskDefinition, TaskState } from '../../functions/tasks/definition.ts';

export const LEVEL_3 = inTreeHook('project-gecko', 'in-tree-action-3-generic/0123456789');

const own = { schedulerId: 'gecko-level-3', provisionerId: 'gecko-3', taskQueueId: 'gecko-3/t-linux' };
const clone = { tags: { kind: 'test', retrigger: 'true' } };
const rerun = { tags: { kind: 'build', retrigger: 'false' } };

/** Label → state and definition. The label says everything that may be done with the task. */
const TASKS: [string, TaskState, Partial<TaskDefinition>][] = [
  ['may clone 1, may be by rerun', 'failed', clone],
  ['may clone 2', 'completed', clone],
  ['may clone by the key of the RFC', 'pending', { extra: { retrigger: true } }],
  ['may rerun 1, or by rerun', 'failed', rerun],
  ['may rerun 2, or by rerun', 'exception', { ...rerun, routes: ['index.gecko.v2.autoland.latest.build'] }],
  ['may rerun whatever came of it', 'completed', { extra: { retrigger: false } }],
  ['no rerun: completed', 'completed', rerun],
  ['no rerun: running', 'running', rerun],
  ['unmarked, but by rerun', 'failed', { tags: {} }],
  ['no clone: scriptworker', 'completed', { ...clone, taskQueueId: 'scriptworker-k8s/gecko-signing' }],
  ['no clone: cache', 'completed', { ...clone, routes: ['index.gecko.cache.level-3.x.latest'] }],
  ['no clone: indexed', 'completed', { ...clone, routes: ['index.gecko.v2.autoland.latest.x'] }],
  ['no clone: Chain of Trust', 'completed', { ...clone, payload: { features: { chainOfTrust: true } } }],
  ['neither: decision', 'failed', { tags: { kind: 'decision-task', retrigger: 'true' } }],
  ['neither: action', 'failed', { ...rerun, extra: { action: { name: 'x' } } }],
  ['neither: cron', 'failed', { ...clone, extra: { cron: '{}' } }],
  ['neither: another push', 'failed', { ...clone, taskGroupId: id('elsewher') }],
  ['neither: another level', 'failed', { ...clone, schedulerId: 'gecko-level-1' }],
  ['__proto__', 'running', { tags: {} }],
  ['constructor', 'running', { tags: {} }],
];

/** A push of level 3 with a task of each kind. */
export function world(): MemoryPush {
  const push = emptyPush();
  TASKS.forEach(([label, state, changes], nth) =>
    add(push, id(`task${nth}`), label, state, { extra: { parent: DECISION }, ...own, ...changes }),
  );
  return push;
}

/** Words with a meaning in that push, or in JavaScript. */
export const WORDS = [
  ...TASKS.map(([label]) => label),
  ...TASKS.map((_, nth) => id(`task${nth}`)),
  DECISION,
  'retrigger',
  'retrigger-multiple',
  'retrigger-disabled',
  'rerun',
  'backfill',
  'cancel',
  'cancel-all',
  'times',
  'tasks',
  'requests',
  'downstream',
  'force',
  'input',
  'taskId',
  'toString',
];

/** Payloads of every fast action, as Treeherder sends them. */
export const SEEDS: unknown[] = TASKS.flatMap(([label], nth) => [
  payload('retrigger-multiple', {
    requests: [{ tasks: [label, 'may clone 2'], times: 2 }, { tasks: [label] }],
  }),
  payload('retrigger', { times: 3 }, id(`task${nth}`)),
  payload('retrigger-disabled', {}, id(`task${nth}`)),
  payload('rerun', {}, id(`task${nth}`)),
]);
