import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskId } from '../tasks/names.ts';
import type { Target } from './targets.ts';

/** A target to clone, and why. */
export interface Cloning {
  target: Target;
  reason: string;
}

/** Which of a target's dependencies the same request clones as well: dependency → the target that has its label. */
export interface Linked extends Cloning {
  together: ReadonlyMap<TaskId, Target>;
}

/**
 * Sorts the targets so that each comes after those of the same request that it depends on. Otherwise keeps their order.
 *
 * @param candidatesOf all tasks in this push with the label of a dependency
 * @returns undefined if some depend on each other in a circle
 */
export function dependenciesFirst(
  clonings: readonly Cloning[],
  candidatesOf: (taskId: TaskId) => readonly TaskId[],
): Linked[] | undefined {
  const byRequest = Map.groupBy(clonings, ({ target }) => target.request);
  const ordered: Linked[] = [];
  for (const group of byRequest.values()) {
    const linked = link(group, candidatesOf);
    const sorted = new Set<Target>();
    const begun = new Set<Target>();
    // As deep as the longest chain among at most 2,000 targets.
    const visit = (target: Target): boolean => {
      if (sorted.has(target)) return true;
      const one = linked.get(target);
      // mutant stays: every target was linked
      if (!one || begun.has(target)) return false;
      begun.add(target);
      // mutant stays: in a circle, one more target is visited that is begun and not sorted
      for (const other of one.together.values()) if (!visit(other)) return false;
      sorted.add(target);
      ordered.push(one);
      return true;
    };
    for (const { target } of group) if (!visit(target)) return undefined;
  }
  return ordered;
}

function link(
  group: readonly Cloning[],
  candidatesOf: (taskId: TaskId) => readonly TaskId[],
): Map<Target, Linked> {
  const targets = new Map(group.map(({ target }) => [target.taskId, target]));
  return new Map(
    group.map((cloning) => {
      const together = new Map<TaskId, Target>();
      for (const dependency of dependenciesOf(cloning.target.definition)) {
        for (const candidate of candidatesOf(dependency)) {
          const other = targets.get(candidate);
          // A task may depend on itself.
          if (other && other !== cloning.target) together.set(dependency, other);
        }
      }
      return [cloning.target, { ...cloning, together }];
    }),
  );
}
