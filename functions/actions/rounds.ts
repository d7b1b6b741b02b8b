import { fatesOf, pathsToFind, type Fate, type Wanted } from '../graph/fates.ts';
import { countNewTasks, newTasksOf, type NewTask } from '../graph/new-tasks.ts';
import type { GraphEntry, TaskGraph } from '../graph/task-graph.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import { newestOf } from '../tasks/rewire.ts';
import { checkCreations, type Planned } from './check-creations.ts';
import { actionTagOf } from './dispatch.ts';
import type { MemoizedReader } from './memoized-reader.ts';
import {
  forwardTooLarge,
  WRITE_LIMITS,
  type Action,
  type Creation,
  type Forward,
  type Making,
  type Round,
  type Standing,
} from './plan.ts';
import type { PushLabels } from './push-labels.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** Labels to create with everything that they need, once in each round. */
export interface Demand {
  requested: ReadonlySet<Label>;
  /** A name for each round. */
  rounds: readonly string[];
}

export interface Sources {
  push: PushLabels;
  graph: TaskGraph;
  reader: MemoizedReader;
}

/**
 * Reads what the demands depend on, and returns the tasks to create: those that taskgraph would create, if that is
 * certain.
 *
 * @throws GraphError, Uncertain, TaskclusterError
 */
export async function planRounds(
  action: Action,
  demands: readonly Demand[],
  { push, graph, reader }: Sources,
): Promise<Making | Forward> {
  const least = demands.reduce((sum, { requested, rounds }) => sum + requested.size * rounds.length, 0);
  if (least > WRITE_LIMITS.tasks) return forwardTooLarge(least);

  // 1. Compute the closures, and which of their labels the push has run.
  const labels = graph.closure(demands.flatMap(({ requested }) => [...requested]));
  const [entries] = await Promise.all([graph.entries(labels), push.refresh(labels)]);
  let statuses: ReadonlyMap<TaskId, TaskStatus> = new Map();
  const wanted = demands.map(({ requested, rounds }): Wanted & Demand => ({
    requested,
    rounds,
    closure: pick(entries, graph.closure(requested)),
    existing: (label) => newestOf(push.candidates(label), statuses) ?? push.candidates(label).at(-1),
    scheduled: (label) => push.isScheduled(label),
  }));

  // 2. Read what the index has for the others, and the statuses of all of these.
  const tasks = await reader.findTasks(wanted.flatMap((one) => pathsToFind(one)));
  const known = [...labels].flatMap((label) => push.candidates(label));
  statuses = await reader.statuses([action.taskGroupId, ...known, ...tasks.values()]);

  // 3. Decide what to create, round by round.
  const parts = wanted.map((one) => ({
    ...one,
    fates: fatesOf(one, { tasks, statuses }, action.now),
    names: one.rounds,
  }));
  const count = parts.reduce(
    // mutants stay: the plan's own limit forwards it as well, after creating the definitions
    (sum, { fates, closure, names }) => sum + names.length * countNewTasks(fates, closure),
    0,
  );
  // mutants stay: see above
  if (count > WRITE_LIMITS.tasks) return forwardTooLarge(count);
  const rounds: Round[] = [];
  const creations: Planned[] = [];
  const copies = new Map<Label, number>();
  for (const { fates, closure, names, requested } of parts) {
    const standing = standingIn(fates);
    for (const name of names) {
      rounds.push({ name, requested: [...requested], standing });
      for (const task of newTasksOf(fates, closure, roundOf(action, name))) {
        const { label } = task.entry;
        const copy = (copies.get(label) ?? 0) + 1;
        copies.set(label, copy);
        creations.push(creationOf(task, fates, { round: name, copy, requested: requested.has(label) }));
      }
    }
  }

  // 4. Check that the queue will accept them, and which of them exist already.
  return checkCreations(action, { creations, rounds }, reader);
}

function roundOf({ id, parent, hook, taskGroupId, rootUrl, now, request }: Action, name: string) {
  const { schedulerId } = hook;
  const actionTag = actionTagOf(request);
  return { actionId: id, name, taskGroupId, schedulerId, rootUrl, now, parent, actionTag };
}

function creationOf(
  { entry, taskId, original, after, definition }: NewTask,
  fates: ReadonlyMap<Label, Fate>,
  facts: Pick<Creation, 'round' | 'copy' | 'requested'>,
): Planned {
  const { label } = entry;
  // mutants stay: a label without a fate has no new task
  const reason = fates.get(label)?.reason ?? '';
  const duplicate = taskId === original ? {} : { duplicateOf: original };
  return {
    label,
    newTaskId: taskId,
    ...duplicate,
    after,
    definition,
    reason,
    ...facts,
    entry,
  };
}

function standingIn(fates: ReadonlyMap<Label, Fate>): Standing[] {
  return [...fates].flatMap(([label, fate]) =>
    fate.is === 'new' ? [] : [{ label, taskId: fate.taskId, in: fate.is === 'indexed' ? 'index' : 'push' }],
  );
}

function pick(
  entries: ReadonlyMap<Label, GraphEntry>,
  labels: Iterable<Label>,
): ReadonlyMap<Label, GraphEntry> {
  const picked = new Map<Label, GraphEntry>();
  for (const label of labels) {
    const entry = entries.get(label);
    // mutant stays: the graph has an entry for each label of a closure
    if (entry) picked.set(label, entry);
  }
  return picked;
}
