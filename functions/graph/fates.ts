import type { TaskStatus } from '../tasks/definition.ts';
import { resolveDatestamps } from './datestamps.ts';
import { hasBuiltInStrategy, replacementPaths } from './strategy.ts';
import type { GraphEntry } from './task-graph.ts';
import { quoted, Uncertain } from './uncertain.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** What happens to one label of a closure, and why. */
export type Fate =
  | { is: 'new'; reason: string }
  /** A task of this push is used. */
  | { is: 'existing'; taskId: TaskId; reason: string }
  /** A task from the index is used, usually one of another push. */
  | { is: 'indexed'; taskId: TaskId; reason: string };

export interface Wanted {
  /** The requested labels; each is created even if it exists already. */
  requested: ReadonlySet<Label>;
  /** Everything that they depend on, themselves included. */
  closure: ReadonlyMap<Label, GraphEntry>;
  /** The task of this push with this label. */
  existing: (label: Label) => TaskId | undefined;
  /** Whether the decision task itself scheduled the label, and so looked up its strategy. */
  scheduled: (label: Label) => boolean;
}

export interface IndexFindings {
  /** Index path → taskId. */
  tasks: ReadonlyMap<string, TaskId>;
  /** Statuses of those tasks. */
  statuses: ReadonlyMap<TaskId, TaskStatus>;
}

/**
 * The index paths that may be needed, each once.
 * @throws Uncertain
 */
export function pathsToFind({ requested, closure, existing }: Wanted): string[] {
  const entries = [...closure.values()].filter(
    ({ label }) => !requested.has(label) && existing(label) === undefined,
  );
  return [...new Set(entries.flatMap((entry) => replacementPaths(entry)))];
}

/**
 * Which labels are created, and which tasks are used for the others: taskgraph's optimization, where the requested
 * labels must not be optimized and the push's labels are existing tasks (optimize/base.py, replace_tasks). Dependencies
 * come before what depends on them.
 *
 * @throws Uncertain
 */
export function fatesOf(wanted: Wanted, index: IndexFindings, now: Date): Map<Label, Fate> {
  const { requested, closure } = wanted;
  const fates = new Map<Label, Fate>();
  const dependents = dependentsIn(closure);
  for (const entry of inOrder(closure)) {
    const { label } = entry;
    if (!requested.has(label)) requireKnownStrategy(entry, wanted);
    fates.set(
      label,
      fateOf(entry, wanted, fates, () => findReplacement(entry, dependents, index, now)),
    );
  }
  return fates;
}

/** The rules, in order. */
function fateOf(
  { label, dependencies }: GraphEntry,
  { requested, existing }: Wanted,
  fates: ReadonlyMap<Label, Fate>,
  findInIndex: () => Fate | undefined,
): Fate {
  if (requested.has(label)) return { is: 'new', reason: 'it was requested' };
  // mutant stays: dependencies have their fates first
  const remade = Object.values(dependencies).find((dependency) => fates.get(dependency)?.is === 'new');
  // Even if it exists: the existing task was made from other inputs.
  if (remade !== undefined)
    return { is: 'new', reason: `it depends on ${quoted(remade)}, which is created again` };
  const taskId = existing(label);
  if (taskId !== undefined) return { is: 'existing', taskId, reason: 'the push has it' };
  return findInIndex() ?? { is: 'new', reason: 'it is needed, but neither the push nor the index has it' };
}

function requireKnownStrategy(entry: GraphEntry, { scheduled }: Wanted): void {
  if (hasBuiltInStrategy(entry) || scheduled(entry.label)) return;
  throw new Uncertain(
    `${quoted(entry.label)} has an optimization strategy that taskgraph itself does not have`,
  );
}

/**
 * The first task that index-search accepts: it has not failed, and expires after the deadlines of what depends on it.
 */
function findReplacement(
  entry: GraphEntry,
  dependents: ReadonlyMap<Label, readonly GraphEntry[]>,
  { tasks, statuses }: IndexFindings,
  now: Date,
): Fate | undefined {
  const paths = replacementPaths(entry);
  if (paths.length === 0) return undefined;
  // mutant stays: something depends on everything that was not requested
  const deadline = Math.max(...(dependents.get(entry.label) ?? []).map((task) => deadlineOf(task, now)));
  for (const path of paths) {
    const taskId = tasks.get(path);
    // mutant stays: what is undefined has no status
    if (taskId === undefined) continue;
    const status = statuses.get(taskId);
    if (!status) continue;
    if (status.state === 'failed' || status.state === 'exception') continue;
    // This also skips a task without a valid time.
    if (!(Date.parse(status.expires) >= deadline)) continue;
    return { is: 'indexed', taskId, reason: `the index has it under ${quoted(path)}` };
  }
  return undefined;
}

/** ms since the epoch */
function deadlineOf({ label, task }: GraphEntry, now: Date): number {
  const deadline = resolveDatestamps(task['deadline'], now);
  const time = typeof deadline === 'string' ? Date.parse(deadline) : NaN;
  if (Number.isNaN(time)) throw new Uncertain(`the deadline of ${quoted(label)} cannot be read`);
  return time;
}

function dependentsIn(closure: ReadonlyMap<Label, GraphEntry>): Map<Label, GraphEntry[]> {
  const found = new Map<Label, GraphEntry[]>();
  for (const entry of closure.values()) {
    for (const dependency of new Set(Object.values(entry.dependencies))) {
      const known = found.get(dependency);
      if (known) known.push(entry);
      else found.set(dependency, [entry]);
    }
  }
  return found;
}

/** Dependencies first. Without recursion, since a chain may be of any length; a graph has no cycle. */
function inOrder(closure: ReadonlyMap<Label, GraphEntry>): GraphEntry[] {
  const ordered = new Set<GraphEntry>();
  for (const root of closure.values()) {
    const stack = [{ entry: root, left: Object.values(root.dependencies) }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const label = top.left.pop();
      if (label === undefined) {
        ordered.add(top.entry);
        stack.pop();
        continue;
      }
      const next = closure.get(label);
      if (!next)
        throw new Uncertain(`${quoted(top.entry.label)} depends on ${quoted(label)}, which the graph lacks`);
      // mutant stays: to visit it again is only slower
      if (!ordered.has(next)) stack.push({ entry: next, left: Object.values(next.dependencies) });
    }
  }
  return [...ordered];
}
