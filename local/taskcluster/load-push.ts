import { CompressedJson } from '../push/compressed-json.ts';
import type { Push, PushTask } from '../push/push.ts';
import type { IndexStore } from './index/index-store.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { ArtifactStore } from './queue/artifact-store.ts';
import { dataKey } from './queue/artifact-store.ts';
import { blockers } from './queue/create-task.ts';
import { isTaskDefinition } from './queue/is-task-definition.ts';
import type { Run, Task, TaskDefinition } from './queue/task.ts';
import type { TaskStore } from './queue/task-store.ts';

const WORKER = { workerGroup: 'local', workerId: 'push' };

/** Fills queue, index and artifacts with a push. Definitions and artifacts are shared, not copied. */
export function loadPush(push: Push, store: TaskStore, index: IndexStore, artifacts: ArtifactStore): void {
  const unscheduled: Task[] = [];
  for (const [taskId, pushTask] of Object.entries(push.tasks)) {
    const { task: definition } = pushTask;
    if (!isTaskDefinition(definition)) {
      throw new TypeError(`push.tasks.${taskId}.task is not a definition as the queue returns it`);
    }
    const runs = runsOf(pushTask.state, definition);
    const task: Task = { taskId, definition, retriesLeft: definition.retries, runs, blockedBy: new Set() };
    store.add(task);
    if (runs.length === 0) unscheduled.push(task);
  }
  for (const task of unscheduled) task.blockedBy = blockers(store, task);
  for (const [namespace, taskId] of Object.entries(push.index)) {
    const definition = store.tasks.get(taskId)?.definition;
    if (!definition)
      throw new TypeError(`push.index['${namespace}'] names a task that is not in the push: ${taskId}`);
    const { rank, data } = isObject(definition.extra['index']) ? definition.extra['index'] : {};
    index.insert({
      namespace,
      taskId,
      rank: typeof rank === 'number' ? rank : 0,
      data: isObject(data) ? data : {},
      expires: definition.expires,
    });
  }
  for (const [taskId, byName] of Object.entries(push.artifacts))
    loadArtifacts(taskId, byName, store, artifacts);
}

function loadArtifacts(
  taskId: string,
  byName: Record<string, unknown>,
  store: TaskStore,
  artifacts: ArtifactStore,
): void {
  const task = store.tasks.get(taskId);
  if (!task || task.runs.length === 0)
    throw new TypeError(`push.artifacts.${taskId} belongs to a task without runs`);
  const runId = task.runs.length - 1;
  const contentType = 'application/json';
  for (const [name, json] of Object.entries(byName)) {
    artifacts.set(taskId, runId, {
      name,
      contentType,
      expires: task.definition.expires,
      details: { storageType: 's3' },
    });
    const key = dataKey(taskId, runId, name);
    if (json instanceof CompressedJson)
      artifacts.setData(key, { contentType, contentEncoding: 'gzip', content: { lazy: () => json.gzipped } });
    else artifacts.setData(key, { contentType, content: { json } });
  }
}

/** A loaded run has only the times of its task; a loaded running task stays claimed until its deadline. */
function runsOf(state: PushTask['state'], { created, deadline }: TaskDefinition): Run[] {
  if (state === 'unscheduled') return [];
  if (state === 'pending') return [{ state, reasonCreated: 'scheduled', scheduled: created }];
  const run: Run = { state, reasonCreated: 'scheduled', ...WORKER, scheduled: created, started: created };
  if (state === 'running') return [{ ...run, takenUntil: deadline }];
  const reasonResolved = state === 'exception' ? 'internal-error' : state;
  return [{ ...run, reasonResolved, resolved: created }];
}
