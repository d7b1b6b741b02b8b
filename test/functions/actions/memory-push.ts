import { makePlan } from '../../../functions/actions/make-plan.ts';
import type { PlanSources } from '../../../functions/actions/plan-sources.ts';
import type { Action, Plan, Work } from '../../../functions/actions/plan.ts';
import type { IndexedTask, Reader } from '../../../functions/ports/reader.ts';
import type { TaskDefinition, TaskState, TaskStatus } from '../../../functions/tasks/definition.ts';
import { MemoryGraph } from '../../support/memory-graph.ts';
import { DECISION, definition, id, named, status } from '../fixtures.ts';

/** A push as plain data, which tests modify. */
export interface MemoryPush {
  tasks: Map<string, TaskDefinition>;
  statuses: Map<string, TaskStatus>;
  /** taskId → its `public/label-to-taskid.json`. */
  labels: Map<string, unknown>;
  indexed: IndexedTask[];
  /** Index path → taskId, for lookups but not for listings. */
  index: Map<string, string>;
  /** full-task-graph.json of the decision task, if there is one. */
  graph?: Record<string, unknown>;
}

export const PREFIX = 'gecko.v2.try.revision.0123456789abcdef';

/** A decision task with its labels; `add` and `run` add tasks. */
export function emptyPush(): MemoryPush {
  const push: MemoryPush = {
    tasks: new Map(),
    statuses: new Map(),
    labels: new Map(),
    indexed: [],
    index: new Map(),
  };
  put(push, DECISION, 'Gecko Decision Task', 'completed', {
    routes: ['tc-treeherder.v2.try.0123456789abcdef.1', `index.${PREFIX}.decision`],
    tags: { kind: 'decision-task' },
    extra: { tasks_for: 'hg-push' },
    dependencies: [],
  });
  push.labels.set(DECISION, {});
  return push;
}

function put(
  push: MemoryPush,
  taskId: string,
  label: string,
  state: TaskState,
  changes: Partial<TaskDefinition> = {},
): void {
  const task = definition({ metadata: named(label), ...changes });
  push.tasks.set(taskId, task);
  push.statuses.set(taskId, status(taskId, state, { deadline: task.deadline }));
}

/** A task that the decision task created. */
export function add(
  push: MemoryPush,
  taskId: string,
  label: string,
  state: TaskState = 'completed',
  changes: Partial<TaskDefinition> = {},
): void {
  put(push, taskId, label, state, changes);
  push.labels.set(DECISION, { ...asObject(push.labels.get(DECISION)), [label]: taskId });
}

/** `created` and `deadline` of a task that was made this many hours after the push. */
export function times(hour: number): Pick<TaskDefinition, 'created' | 'deadline'> {
  const at = (day: number) => new Date(Date.UTC(2026, 4, day, 10 + hour)).toISOString();
  return { created: at(1), deadline: at(2) };
}

/** An action that cloned labels, this many hours after the push. */
export function run(
  push: MemoryPush,
  actionId: string,
  made: Record<string, string>,
  { data, hour = 1, namespace = 'actions' }: { data?: unknown; hour?: number; namespace?: string } = {},
): void {
  for (const [label, taskId] of Object.entries(made)) put(push, taskId, label, 'completed', times(hour));
  push.labels.set(actionId, made);
  push.indexed.push({ namespace: `${PREFIX}.${namespace}.${actionId}`, taskId: actionId, data });
}

/** `extra.index.data` of our own action tasks. */
export function touches(labels: string[], taskIds: string[] = []): unknown {
  return { retrigger: { labels, taskIds } };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** A build, two of its tests, a lint without dependencies, and a failed upload that may only be rerun. */
export function smallPush(): MemoryPush {
  const push = emptyPush();
  add(push, id('build'), 'build-linux/opt');
  const ofBuild = {
    dependencies: [DECISION, id('build')],
    payload: { env: { BUILD_URL: `https://tc.example.com/task/${id('build')}/target.zip` } },
  };
  add(push, id('test1'), 'test-linux/opt-1', 'failed', ofBuild);
  add(push, id('test2'), 'test-linux/opt-2', 'completed', ofBuild);
  add(push, id('lint'), 'source-lint', 'failed');
  add(push, id('upload'), 'upload-symbols', 'failed', { tags: { kind: 'upload', retrigger: 'false' } });
  add(push, id('done'), 'upload-docs', 'completed', { tags: { kind: 'upload', retrigger: 'false' } });
  return push;
}

/** The sources for planning on the push. */
export function sourcesOf(push: MemoryPush, reader: Reader = readerOf(push)): PlanSources {
  const { graph } = push;
  return {
    decision: Promise.resolve(push.tasks.get(DECISION)),
    reader,
    graphs: { read: async () => graph && new MemoryGraph(graph) },
  };
}

/** Makes a plan as the functions do. */
export function plan(push: MemoryPush, asked: Action): Promise<Plan> {
  return makePlan(asked, sourcesOf(push));
}

/** The plan of an action that must not be forwarded. */
export async function work(push: MemoryPush, asked: Action): Promise<Work> {
  const planned = await plan(push, asked);
  if (planned.kind !== 'work') throw new Error(`forwarded: ${planned.reason}`);
  return planned;
}

/** Reads the push and records each read: `artifact <taskId>`, `listTasks <namespace>`, `tasks <ids>`… */
export function readerOf(push: MemoryPush): Reader & { reads: string[] } {
  const reads: string[] = [];
  const known = <T>(what: string, from: ReadonlyMap<string, T>, ids: readonly string[]) => {
    reads.push(`${what} ${[...new Set(ids)].toSorted().join(' ')}`);
    return new Map([...from].filter(([taskId]) => ids.includes(taskId)));
  };
  return {
    reads,
    task: async (taskId) => known('task', push.tasks, [taskId]).get(taskId),
    tasks: async (taskIds) => known('tasks', push.tasks, taskIds),
    statuses: async (taskIds) => known('statuses', push.statuses, taskIds),
    artifact: async (taskId, name) => {
      reads.push(`artifact ${taskId}`);
      return name === 'public/label-to-taskid.json' ? push.labels.get(taskId) : undefined;
    },
    content: () => Promise.reject(new Error('nothing here is streamed')),
    artifactStream: () => Promise.reject(new Error('nothing here is streamed')),
    listTaskGroup: async function* (taskGroupId) {
      reads.push(`listTaskGroup ${taskGroupId}`);
      yield [...push.statuses.values()]
        .filter((task) => task.taskGroupId === taskGroupId)
        .map(({ taskId, schedulerId, state }) => ({ taskId, schedulerId, state, canceled: undefined }));
    },
    findTasks: async (paths) => known('findTasks', push.index, paths),
    listTasks: async (namespace) => {
      reads.push(`listTasks ${namespace}`);
      return push.indexed.filter((task) => task.namespace === `${namespace}.${task.taskId}`);
    },
  };
}
