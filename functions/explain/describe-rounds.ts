import type { Creation, Work } from '../actions/plan.ts';
import type { TaskId } from '../tasks/names.ts';

/**
 * Describes the part of a plan that comes from the graph: what is created, in which order, and which tasks are used for
 * the rest of the closure.
 */
export function describeRounds({ creations, rounds }: Work): string[] {
  if (rounds.length === 0) return [];
  const names = new Map(creations.map(({ newTaskId, label, copy }) => [newTaskId, `${label} #${copy}`]));
  const requested = [...new Set(rounds.flatMap((round) => round.requested))];
  const several = rounds.length > 1 ? `, in ${rounds.length} rounds, each with all that it needs` : '';
  return [
    `by the task graph: ${requested.join(', ')}${several}`,
    ...creations.map((creation) => describeCreation(creation, names)),
    ...standing(rounds).map(({ label, taskId, in: where }) =>
      where === 'push'
        ? `exists   ${label}\n  the push has ${taskId}`
        : `found    ${label}\n  the index has ${taskId}, which is used instead`,
    ),
  ];
}

function describeCreation(creation: Creation, names: ReadonlyMap<TaskId, string>): string {
  const { label, copy, newTaskId, reason, after, duplicateOf, exists } = creation;
  return [
    `make     ${label} (#${copy})`,
    `  because ${duplicateOf === undefined ? reason : 'the graph wants several of it (task_duplicates)'}`,
    ...after.map((id) => `  after ${names.get(id) ?? id}`),
    `  ${exists ? 'there already:' : 'queue.createTask'} ${newTaskId}`,
  ].join('\n');
}

/** The existing tasks of all rounds, each label once. */
function standing(rounds: Work['rounds']): Work['rounds'][number]['standing'] {
  return [...new Map(rounds.flatMap((round) => round.standing.map((one) => [one.label, one]))).values()];
}
