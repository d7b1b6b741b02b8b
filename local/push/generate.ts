import { actionsJson } from './actions.ts';
import { CompressedJson } from './compressed-json.ts';
import type { PushContext } from './context.ts';
import type { TaskDefinition } from './definition.ts';
import { fullTaskGraph, type GraphTask } from './full-graph.ts';
import { generateGraph, type Graph, type LeftOut } from './graph.ts';
import { actionsSource, actionTask, cronTask, decisionTask, parameters } from './in-tree-tasks.ts';
import type { Push, PushTask } from './push.ts';
import { seededRandom, type Random } from './random.ts';
import { autoland, type Repository } from './repository.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import { inTreeActionHook } from './taskcluster-yml.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { testLabel, testTask } from './tests.ts';
import { unscheduledTasks } from './unscheduled.ts';

export interface GenerateOptions {
  /** Number of labels that the decision task schedules, 50 to 20,000, besides the decision, action and cron tasks. */
  size: number;
  /** The same seed and options give the same push (default 1). */
  seed?: number;
  /** Root URL of the deployment, for the URLs in payloads. */
  rootUrl: string;
  /** The push was made three hours earlier. */
  now: Date;
  /** Default: autoland, level 3. */
  repository?: Repository;
  /** The generic in-tree action hook (default: the current `.taskcluster.yml`'s, at the repository's level). */
  hook?: HookName;
  /**
   * Whether the definitions say if a retrigger clones them (`tags.retrigger`), as Firefox's do; default: true.
   * Taskgraph itself writes no such mark, so in other projects only the graph says it.
   */
  marked?: boolean;
}

const hour = 3_600_000;

const newContext = (
  random: Random,
  options: GenerateOptions,
  pushed: Date,
  pushlogId: number,
): PushContext => {
  const repository = options.repository ?? autoland;
  return {
    random,
    repository,
    pushed,
    rootUrl: options.rootUrl,
    hook: options.hook ?? inTreeActionHook(repository.level, 'generic'),
    decisionTaskId: random.slugid(),
    revision: random.hex(40),
    baseRevision: random.hex(40),
    pushlogId: String(pushlogId),
    owner: `developer${random.integer(90) + 10}@mozilla.com`,
    comment: `Bug ${1_900_000 + random.integer(99_999)} - Make it faster, r=reviewers`,
  };
};

/**
 * Label → taskId of tasks and all that they depend on: in-tree actions write the labels of all of them, new or reused.
 */
const withDependencies = (graph: Graph, taskIds: string[]): Record<string, string> => {
  const labels: Record<string, string> = {};
  const queue = [...taskIds];
  for (let taskId = queue.pop(); taskId !== undefined; taskId = queue.pop()) {
    const definition = graph.tasks.get(taskId)?.definition;
    if (!definition || labels[definition.metadata.name] === taskId) continue;
    labels[definition.metadata.name] = taskId;
    queue.push(...definition.dependencies);
  }
  return labels;
};

/** The index paths of all completed tasks, from their routes. */
const indexOf = (tasks: Push['tasks']): Push['index'] => {
  const index: Push['index'] = {};
  for (const [taskId, { state, task }] of Object.entries(tasks)) {
    if (state !== 'completed' || !Array.isArray(task['routes'])) continue;
    for (const route of task['routes']) {
      if (typeof route === 'string' && route.startsWith('index.'))
        index[route.slice('index.'.length)] = taskId;
    }
  }
  return index;
};

const nameOf = (task: Record<string, unknown>): string =>
  isObject(task['metadata']) ? String(task['metadata']['name']) : '';

const labelsOf = (wanted: LeftOut[]): string[] =>
  wanted.map(({ platform, chunk }) => testLabel(platform, chunk));

/** The graph of what the decision task scheduled, and of what it did not: tests that were left out, and more. */
function fullGraph(
  context: PushContext,
  { tasks, leftOut }: Graph,
  unscheduled: ReadonlyMap<string, TaskDefinition>,
): CompressedJson {
  const all = new Map<string, GraphTask>();
  const add = (taskId: string, definition: TaskDefinition): void => {
    all.set(taskId, { definition, retrigger: definition.tags['retrigger'] === 'true' });
  };
  for (const [taskId, { definition }] of tasks) add(taskId, definition);
  for (const [taskId, definition] of unscheduled) add(taskId, definition);
  leftOut.forEach(({ platform, chunk, inputs }, at) => {
    const taskId = `left-out-${at}`;
    add(taskId, testTask(context, taskId, platform, chunk, inputs));
  });
  return new CompressedJson(() => fullTaskGraph(context.decisionTaskId, all));
}

function removeMarks(tasks: PushTask[]): void {
  for (const one of tasks) {
    const { retrigger: _, ...tags } = isObject(one.task['tags']) ? one.task['tags'] : {};
    one.task = { ...one.task, tags };
  }
}

/**
 * Makes a push like those of Firefox's CI: builds that passed, failed or are running, tests in every state on several
 * platforms, images and toolchains of an earlier push that were found in the index, two earlier actions and a cron job.
 * The definitions share parts: treat them as read-only.
 *
 * @throws RangeError if `size` is not an integer from 50 to 20,000.
 */
export function generatePush(options: GenerateOptions): Push {
  const { size, seed = 1, now } = options;
  if (!Number.isInteger(size) || size < 50 || size > 20_000) {
    throw new RangeError(`size must be an integer from 50 to 20000, not ${size}`);
  }
  const random = seededRandom(seed);
  const pushlogId = 100_000 + random.integer(800_000);
  const context = newContext(random, options, new Date(now.getTime() - 3 * hour), pushlogId);
  const earlier = newContext(
    random,
    options,
    new Date(now.getTime() - 20 * 24 * hour),
    pushlogId - 1 - random.integer(500),
  );
  const graph = generateGraph(context, earlier, size);
  // A separate source of randomness, so that the push itself is the same with and without these.
  const unscheduled = unscheduledTasks(
    { ...context, random: seededRandom(seed + 1) },
    { ...earlier, random: seededRandom(seed + 2) },
    graph.upstream,
  );

  const tasks: Push['tasks'] = {};
  const artifacts: Push['artifacts'] = {};
  const addInTree = (taskId: string, task: Record<string, unknown>): void => {
    const made: PushTask = { label: nameOf(task), state: 'completed', task };
    tasks[taskId] = made;
  };
  addInTree(earlier.decisionTaskId, decisionTask(earlier));
  addInTree(context.decisionTaskId, decisionTask(context));
  artifacts[context.decisionTaskId] = {
    'public/actions.json': actionsJson(actionsSource(context)),
    'public/full-task-graph.json': fullGraph(context, graph, unscheduled.definitions),
    'public/label-to-taskid.json': graph.labelToTaskId,
    'public/parameters.yml': parameters(context),
  };

  const act = (cbName: string, input: unknown, minutes: number, wanted: LeftOut[]): void => {
    const actionTaskId = random.slugid();
    const started = new Date(context.pushed.getTime() + minutes * 60_000);
    addInTree(actionTaskId, actionTask(context, actionTaskId, started, { cbName, input }));
    const made = wanted.map(({ platform, chunk, inputs }, at) => {
      const taskId = random.slugid();
      const created = new Date(started.getTime() + 120_000 + at * 7);
      const definition = testTask(context, taskId, platform, chunk, {
        ...inputs,
        created,
        action: { taskId: actionTaskId, tag: `${cbName}-task` },
      });
      graph.tasks.set(taskId, { definition, state: 'completed' });
      return taskId;
    });
    artifacts[actionTaskId] = { 'public/label-to-taskid.json': withDependencies(graph, made) };
  };
  const retriggered = [...graph.tests.values()].slice(1, 3);
  act('retrigger-multiple', { requests: [{ tasks: labelsOf(retriggered), times: 1 }] }, 60, retriggered);
  act('add-new-jobs', { tasks: labelsOf(graph.leftOut) }, 75, graph.leftOut);

  const cronTaskId = random.slugid();
  addInTree(cronTaskId, cronTask(context, cronTaskId, new Date(context.pushed.getTime() + 90 * 60_000)));
  const images = Object.values(graph.labelToTaskId).slice(0, 2);
  artifacts[cronTaskId] = { 'public/label-to-taskid.json': withDependencies(graph, images) };

  for (const [taskId, { definition, state }] of graph.tasks) {
    tasks[taskId] = { label: definition.metadata.name, state, task: definition };
  }
  for (const [taskId, definition] of unscheduled.indexed)
    tasks[taskId] = { label: definition.metadata.name, state: 'completed', task: definition };
  if (!(options.marked ?? true)) removeMarks(Object.values(tasks));
  return { decisionTaskId: context.decisionTaskId, tasks, index: indexOf(tasks), artifacts };
}
