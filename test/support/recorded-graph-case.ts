import { cloneTaskId } from '../../functions/tasks/task-id.ts';
import type { Push, PushTask } from '../../local/push/push.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { at, objectAt, stringsAt } from './json.ts';
import { recorded, recordedCases, recordedPush } from './recorded.ts';

const CASES = 'taskgraph/cases-more';
const GRAPH = 'public/full-task-graph.json';
/** The push on which the cases of a folder were performed. */
const PUSHES = { small: 'taskgraph/push', smallx: 'taskgraph/push-more' } as const;

const STATES: PushTask['state'][] = ['unscheduled', 'pending', 'running', 'completed', 'failed', 'exception'];

/** A recorded action by taskgraph that reads the graph, and its result. */
export interface GraphCase {
  callback: string;
  input: unknown;
  taskId: string | null;
  /** The push with the changes of the case. */
  push: Push;
  /** Labels whose createTask got an error. */
  failing: string[];
  /** What taskgraph sent to createTask, including those that failed. */
  created: { name: string; body: Record<string, unknown> }[];
}

/** `small/…` and `smallx/…`, except cancellations, which read no graph. */
export async function graphCases(): Promise<string[]> {
  const folders = await Promise.all(
    Object.keys(PUSHES).map(async (folder) =>
      (await recordedCases(`${CASES}/${folder}`)).map((name) => `${folder}/${name}`),
    ),
  );
  return folders.flat().filter((name) => !name.includes('/cancel'));
}

/** @param now the push's newest task is from an hour before */
export async function graphCase(name: string, now: Date): Promise<GraphCase> {
  const folder = name.startsWith('smallx/') ? 'smallx' : 'small';
  const push = withValidIds(await recordedPush(PUSHES[folder], now));
  const { callback, input, server_control: control, env } = await read(`${name}/input.json`);
  applyControl(push, control, now);
  const { createTask } = await read(`${name}/normalized.json`);
  const taskId: unknown = JSON.parse(String(at(env, 'ACTION_TASK_ID')));
  return {
    callback: String(callback),
    input,
    taskId: typeof taskId === 'string' ? taskId : null,
    push,
    failing: list(at(control, 'faults')).map((fault) => String(at(fault, 'label'))),
    created: list(createTask).map((task) => ({
      name: String(at(task, 'taskId')),
      body: objectAt(task, 'body'),
    })),
  };
}

/**
 * The same case without protected tasks: no index routes, no scriptworker, no chain of trust. Otherwise most of what
 * the graph adds would be forwarded at level 3.
 */
export function unprotected({ push, created, ...recordedCase }: GraphCase): GraphCase {
  const { decisionTaskId, artifacts, tasks } = push;
  const graph = objectAt(artifacts[decisionTaskId], GRAPH);
  const plain = Object.entries(graph).map(([label, entry]) => [
    label,
    { ...objectAt(graph, label), task: withoutProtection(objectAt(entry, 'task')) },
  ]);
  return {
    ...recordedCase,
    push: {
      ...push,
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([taskId, entry]) => [taskId, { ...entry, task: { ...entry.task } }]),
      ),
      artifacts: {
        ...artifacts,
        [decisionTaskId]: { ...artifacts[decisionTaskId], [GRAPH]: Object.fromEntries(plain) },
      },
    },
    created: created.map(({ name, body }) => ({ name, body: withoutProtection(body) })),
  };
}

function withoutProtection(task: Record<string, unknown>): Record<string, unknown> {
  const { chainOfTrust: _, ...extra } = objectAt(task, 'extra');
  const { chainOfTrust: __, ...payload } = objectAt(task, 'payload');
  const { chainOfTrust: ___, ...features } = objectAt(payload, 'features');
  return {
    ...task,
    extra,
    payload: 'features' in payload ? { ...payload, features } : payload,
    routes: stringsAt(task, 'routes').filter((route) => !route.startsWith('index.')),
    ...(String(task['provisionerId']).startsWith('scriptworker') ? { provisionerId: 'gecko-3' } : {}),
  };
}

async function read(file: string): Promise<Record<string, unknown>> {
  return withValidIds(await recorded(`${CASES}/${file}`));
}

/** The recorder made up a few taskIds that Taskcluster would not accept. */
function withValidIds<T>(document: T): T {
  const text = JSON.stringify(document);
  return JSON.parse(
    text.replaceAll(/\b(?:NewBui1d|ActPrev|Idx0|OtherGroup)[A-Za-z0-9_-]*/g, (id) =>
      cloneTaskId('recorded', id, 1),
    ),
  );
}

/** Adds the case's tasks, index entries and artifacts to its push, and changes its states and times. */
function applyControl(push: Push, control: unknown, now: Date): void {
  for (const taskId of stringsAt(control, 'addTasks')) {
    const label = labelOfAdded(control, taskId);
    const model = Object.values(push.tasks).find((task) => task.label.startsWith('build-'));
    if (!model) throw new Error('the push has no build');
    const metadata = { ...objectAt(model.task, 'metadata'), name: label };
    push.tasks[taskId] = { ...model, label, state: 'completed', task: { ...model.task, metadata } };
  }
  for (const [path, taskId] of Object.entries(objectAt(control, 'addIndex'))) {
    push.index[path] = String(taskId);
    push.tasks[String(taskId)] ??= earlierAction(push, path);
  }
  for (const [path, content] of Object.entries(objectAt(control, 'addArtifact'))) {
    const slash = path.indexOf('/');
    const taskId = path.slice(0, slash);
    push.artifacts[taskId] = { ...push.artifacts[taskId], [path.slice(slash + 1)]: content };
  }
  for (const [taskId, state] of Object.entries(objectAt(control, 'state'))) {
    const task = push.tasks[taskId];
    const known = STATES.find((one) => one === state);
    if (task && known) task.state = known;
  }
  // Recorded as long expired. Here they must still exist, but expire too soon.
  for (const taskId of Object.keys(objectAt(control, 'expires'))) {
    const task = push.tasks[taskId];
    if (task) task.task = { ...task.task, expires: new Date(now.getTime() + 7_200_000).toISOString() };
  }
}

function labelOfAdded(control: unknown, taskId: string): string {
  for (const content of Object.values(objectAt(control, 'addArtifact'))) {
    for (const [label, id] of Object.entries(isObject(content) ? content : {}))
      if (id === taskId) return label;
  }
  return taskId;
}

function earlierAction(push: Push, path: string): Push['tasks'][string] {
  const model = Object.values(push.tasks).find(({ task }) => at(task, 'tags', 'kind') === 'action-callback');
  if (!model) throw new Error('the push has no earlier action');
  return { ...model, label: `action ${path}` };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
