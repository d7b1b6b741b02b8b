import { withActionTag } from '../tasks/action-tag.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { newTaskId } from '../tasks/task-id.ts';
import { resolveDatestamps } from './datestamps.ts';
import type { Fate } from './fates.ts';
import { resolveReferences } from './references.ts';
import type { GraphEntry } from './task-graph.ts';
import { quoted, Uncertain } from './uncertain.ts';
import { isObject, isSafeInteger, isStrings } from '../tasks/shapes.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** The queue accepts no more routes. A decision task splits them; a taskgraph action does not. */
const MAX_ROUTES = 64;

/** One task to create from the graph. */
export interface NewTask {
  entry: GraphEntry;
  taskId: TaskId;
  /** The first of several tasks with the same definition. All have its taskId wherever the definition names itself. */
  original: TaskId;
  /** Tasks of the same round that must exist before it. */
  after: TaskId[];
  definition: TaskDefinition;
}

export interface Round {
  /** Seeds the taskIds, together with the round's name. */
  actionId: TaskId;
  name: string;
  taskGroupId: TaskId;
  schedulerId: string;
  /** The action task; without one (the direct way), `extra.parent` stays. */
  parent?: TaskId | undefined;
  /** What Firefox's action would set as `tags.action`. */
  actionTag?: string | undefined;
  rootUrl: string;
  now: Date;
}

/** How many tasks are created for a label: `attributes.task_duplicates`. @throws Uncertain */
export function duplicatesOf({ label, attributes }: GraphEntry): number {
  const { task_duplicates: duplicates = 1 } = attributes;
  if (!isSafeInteger(duplicates))
    throw new Uncertain(`${quoted(label)} has task_duplicates that is not a number`);
  return Math.max(1, duplicates);
}

/** How many tasks one round creates. @throws Uncertain */
export function countNewTasks(
  fates: ReadonlyMap<Label, Fate>,
  closure: ReadonlyMap<Label, GraphEntry>,
): number {
  let count = 0;
  for (const [label, fate] of fates) {
    const entry = closure.get(label);
    if (fate.is === 'new' && entry) count += duplicatesOf(entry);
  }
  return count;
}

/**
 * The tasks of one round, each after those that it depends on: taskgraph's create_tasks, except that nothing depends on
 * the action task (docs/differences-from-taskgraph.md).
 *
 * @param fates in the order of fatesOf
 * @throws Uncertain where taskgraph would fail, or the queue would refuse the task
 */
export function newTasksOf(
  fates: ReadonlyMap<Label, Fate>,
  closure: ReadonlyMap<Label, GraphEntry>,
  round: Round,
): NewTask[] {
  const taskIds = new Map<Label, TaskId>();
  const made = new Set<TaskId>();
  for (const [label, fate] of fates) {
    const taskId = fate.is === 'new' ? newTaskId(round.actionId, round.name, label, 1) : fate.taskId;
    taskIds.set(label, taskId);
    if (fate.is === 'new') made.add(taskId);
  }
  return [...fates.keys()].flatMap((label) => {
    const entry = closure.get(label);
    const taskId = taskIds.get(label);
    // mutants stay: what is undefined was not made
    if (!entry || taskId === undefined || !made.has(taskId)) return [];
    const definition = define(entry, taskId, taskIds, made, round);
    // mutant stays: each definition made here has dependencies
    const after = (definition.dependencies ?? []).filter((id) => made.has(id) && id !== taskId);
    return Array.from({ length: duplicatesOf(entry) }, (_, index) => ({
      entry,
      taskId: newTaskId(round.actionId, round.name, label, index + 1),
      original: taskId,
      after,
      definition,
    }));
  });
}

function define(
  entry: GraphEntry,
  taskId: TaskId,
  taskIds: ReadonlyMap<Label, TaskId>,
  made: ReadonlySet<TaskId>,
  { taskGroupId, schedulerId, parent, actionTag, rootUrl, now }: Round,
): TaskDefinition {
  const edges = new Map<string, TaskId>();
  for (const [edge, label] of Object.entries(entry.dependencies)) {
    const dependency = taskIds.get(label);
    if (dependency !== undefined) edges.set(edge, dependency);
  }
  // A soft dependency counts only if the same round creates it; references use its label.
  for (const label of entry.softDependencies) {
    const softly = taskIds.get(label);
    // mutant stays: what is undefined was not made
    if (softly !== undefined && made.has(softly)) edges.set(label, softly);
  }
  return about(entry, () => {
    const resolved = resolveDatestamps(
      resolveReferences(entry.task, { taskId, decisionTaskId: taskGroupId, dependencies: edges, rootUrl }),
      now,
    );
    // mutant stays: resolving leaves an object an object
    const task = isObject(resolved) ? resolved : {};
    const { dependencies: own = [], extra = {} } = task;
    if (!isStrings(own)) throw new Uncertain('its own dependencies are not a list of taskIds');
    if (!isObject(extra)) throw new Uncertain('its extra is not an object');
    const dependencies = [...own, ...[...edges.values()].toSorted()];
    // Nothing may start before the decision task has ended.
    if (!dependencies.some((id) => made.has(id))) dependencies.push(taskGroupId);
    const checked = checkedDefinition({
      ...task,
      taskGroupId,
      schedulerId,
      dependencies: [...new Set(dependencies)],
      extra: parent === undefined ? extra : { ...extra, parent },
    });
    const tags = withActionTag(checked.tags, actionTag);
    // mutant stays: what is undefined is not sent
    return tags ? { ...checked, tags } : checked;
  });
}

/** Adds the label to an uncertainty. */
function about<T>({ label }: GraphEntry, make: () => T): T {
  try {
    return make();
  } catch (error) {
    // mutant stays: nothing else is thrown
    if (error instanceof Uncertain)
      throw new Uncertain(`${quoted(label)}: ${error.message}`, { cause: error });
    throw error;
  }
}

function checkedDefinition(task: Record<string, unknown>): TaskDefinition {
  if (!isDefinition(task)) throw new Uncertain('the queue would not accept its definition');
  if ((task.routes?.length ?? 0) > MAX_ROUTES) throw new Uncertain(`it has more than ${MAX_ROUTES} routes`);
  return task;
}

/** Checks what we rely on; the queue judges the rest. */
function isDefinition(task: Record<string, unknown>): task is TaskDefinition {
  const { created, deadline, metadata, routes, tags } = task;
  return (
    isTime(created) &&
    isTime(deadline) &&
    isObject(metadata) &&
    typeof metadata['name'] === 'string' &&
    (routes === undefined || isStrings(routes)) &&
    (tags === undefined || (isObject(tags) && isStrings(Object.values(tags))))
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
