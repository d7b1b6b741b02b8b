import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import { rewire, type Rewiring } from '../tasks/rewire.ts';
import { dependenciesFirst, type Cloning } from './clone-order.ts';
import { forward, type Action, type Clone, type Forward, type Work } from './plan.ts';
import type { Copy, Target } from './targets.ts';
import type { TaskId } from '../tasks/names.ts';

/** For one task, which may have 10,000 dependencies. */
const MOST_WARNINGS = 5;

/** What was read before. */
export interface CloneFacts {
  copies: ReadonlyMap<Target, Copy[]>;
  statuses: ReadonlyMap<TaskId, TaskStatus>;
  /** All tasks in this push with the label of a dependency. */
  candidatesOf: (taskId: TaskId) => readonly TaskId[];
}

/**
 * The clones of these targets, each after those that it depends on. As in taskgraph, targets of one request are run
 * again together: the clone of a test depends on the clone of its build if both are requested, copy by copy.
 */
export function planClones(
  action: Action,
  clonings: readonly Cloning[],
  { copies, statuses, candidatesOf }: CloneFacts,
): Pick<Work, 'clones' | 'warnings'> | Forward {
  const ordered = dependenciesFirst(clonings, candidatesOf);
  if (!ordered) return forward('uncertain', 'the requested tasks depend on each other in a circle');
  const begun =
    action.repeated && [...copies.values()].flat().some(({ newTaskId }) => statuses.has(newTaskId));
  const clones: Clone[] = [];
  const warnings: string[] = [];
  const warned = new Set<TaskId>();
  for (const { target, reason, together } of ordered) {
    const { label, taskId, definition } = target;
    const deadline = action.now.getTime() + Date.parse(definition.deadline) - Date.parse(definition.created);
    const outside = dependenciesOf(definition).filter((dependency) => !together.has(dependency));
    const rewiring = rewire(outside, candidatesOf, statuses, deadline);
    const [missing] = rewiring.missing;
    // What has been begun is not forwarded: the queue will refuse the copies that are left, one by one.
    if (missing && !begun)
      return forward(
        'missing-dependency',
        `${label} (${taskId}): its dependency ${missing} is gone or expires too soon`,
      );
    if (!warned.has(taskId)) warnings.push(...warningsOf(target, rewiring));
    warned.add(taskId);
    // mutant stays: each target has its copies, if there are none too
    for (const { copy, round, newTaskId } of copies.get(target) ?? []) {
      const made = madeTogether(together, round, copies);
      let { replacements } = rewiring;
      // mutants stay: to copy the map is only slower
      if (made.size > 0) replacements = new Map([...replacements, ...made]);
      const after = [...new Set(made.values())];
      const exists = statuses.has(newTaskId);
      clones.push({ label, taskId, definition, reason, copy, newTaskId, replacements, after, exists });
    }
  }
  return { clones, warnings };
}

/** Dependency → its clone in the same round; the first, if the graph wants several (`task_duplicates`). */
function madeTogether(
  together: ReadonlyMap<TaskId, Target>,
  round: number,
  copies: CloneFacts['copies'],
): Map<TaskId, TaskId> {
  const made = new Map<TaskId, TaskId>();
  for (const [dependency, other] of together) {
    // mutants stay: each target has its copies, and targets of one request have the same rounds
    const copy = copies.get(other)?.find((one) => one.round === round);
    // mutant stays: see above
    if (copy) made.set(dependency, copy.newTaskId);
  }
  return made;
}

function warningsOf({ label, definition }: Target, { unsuccessful }: Rewiring): string[] {
  if (definition.requires === 'all-resolved') return [];
  const shown = bounded(label, TEXT_LIMITS.name);
  const warnings = unsuccessful
    .slice(0, MOST_WARNINGS)
    .map(
      ({ taskId, state }) =>
        `${shown} depends on ${taskId}, which is ${state}: the new task waits until that one is rerun and completes`,
    );
  const left = unsuccessful.length - warnings.length;
  return left > 0 ? [...warnings, `${shown} depends on ${left} more failed tasks`] : warnings;
}
