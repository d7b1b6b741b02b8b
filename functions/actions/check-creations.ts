import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import { protectionOf } from '../tasks/protection.ts';
import { rewire } from '../tasks/rewire.ts';
import type { MemoizedReader } from './memoized-reader.ts';
import { forward, type Action, type Creation, type Forward, type Making } from './plan.ts';
import type { Label } from '../tasks/names.ts';

/** A creation of which it is not known yet whether it exists. */
export type Planned = Omit<Creation, 'exists'>;

/**
 * Checks whether we may and can create the tasks: none is protected, and everything that they depend on exists for as
 * long as they need it. Adds which of them an earlier attempt has created, and a warning for each failed task that they
 * wait for.
 *
 * @throws TaskclusterError
 */
export async function checkCreations(
  { repeated, hook }: Action,
  { creations, rounds }: { creations: readonly Planned[]; rounds: Making['rounds'] },
  reader: MemoizedReader,
): Promise<Making | Forward> {
  for (const { label, newTaskId, definition } of creations) {
    const protection = protectionOf(newTaskId, definition, hook.level);
    if (protection) return forward('protected', `${label}: ${protection}`);
  }
  const made = new Set(creations.map(({ newTaskId }) => newTaskId));
  const outside = (creation: Planned) =>
    (creation.definition.dependencies ?? []).filter((taskId) => !made.has(taskId));
  const statuses = await reader.statuses([
    ...creations.flatMap((creation) => outside(creation)),
    ...(repeated ? made : []),
  ]);
  const begun = repeated && [...made].some((taskId) => statuses.has(taskId));
  const warnings = new Set<string>();
  for (const creation of creations) {
    const { label, definition } = creation;
    const { missing, unsuccessful } = rewire(
      outside(creation),
      // mutant stays: without a candidate the dependency itself is taken
      (taskId) => [taskId],
      statuses,
      Date.parse(definition.deadline),
    );
    const [gone] = missing;
    // What has been begun is not forwarded: the queue will refuse what is left, one by one.
    if (gone !== undefined && !begun)
      return forward('missing-dependency', `${label}: its dependency ${gone} is gone or expires too soon`);
    if (definition.requires !== 'all-resolved')
      for (const dependency of unsuccessful) warnings.add(waiting(label, dependency));
  }
  return {
    creations: creations.map((creation) => ({ ...creation, exists: statuses.has(creation.newTaskId) })),
    rounds,
    warnings: [...warnings],
  };
}

function waiting(label: Label, { taskId, state }: Pick<TaskStatus, 'taskId' | 'state'>): string {
  return `${bounded(label, TEXT_LIMITS.name)} depends on ${taskId}, which is ${state}: the new task waits until that one is rerun and completes`;
}
