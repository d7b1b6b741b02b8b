import { firstTaskId, refusedItems, type ItemOutcome, type Outcome } from '../actions/outcome.ts';
import type { Result } from '../actions/perform.ts';
import type { HookAnswer } from '../ports/hook-trigger.ts';
import { ApiError } from '../platform/api-error.ts';
import { hookPath, type HookName } from '../tasks/hook-name.ts';

/** The hooks service's answer to triggerHook; Treeherder shows `status.taskId`. */
export type TriggerAnswer = HookAnswer;

/**
 * Turns what became of an action into the hooks service's answer, or into an error that Treeherder shows as it is.
 * Once something has been written the answer is never 5xx, which clients would try again.
 *
 * @throws ApiError if any item was refused or nothing was to be done
 */
export function answer(result: Result, hook: HookName): TriggerAnswer {
  if (result.kind === 'forwarded') {
    if (result.answer) return result.answer;
    throw new ApiError('ResourceNotFound', `No such hook: ${hookPath(hook)}`);
  }
  const { outcome } = result;
  const refused = refusedItems(outcome);
  if (refused.length > 0) throw new ApiError('InputError', describeRefusal(outcome, refused));
  const taskId = firstTaskId(outcome);
  if (taskId === undefined) throw new ApiError('RequestConflict', describeNoops(outcome));
  return { taskId, status: { taskId } };
}

function describeRefusal(outcome: Outcome, refused: ItemOutcome[]): string {
  const done = outcome.items.filter(({ result }) => result === 'created' || result === 'rerun');
  const lines = refused.map(
    ({ label, taskId, reason }) => `- ${label}${inBrackets(taskId, label)}: ${reason}`,
  );
  if (done.length === 0) return `Nothing was run again:\n${lines.join('\n')}`;
  const made = done.map(({ label, newTaskId, taskId }) => `- ${label}: ${newTaskId ?? taskId}`);
  return (
    `Not everything was run again. Refused:\n${lines.join('\n')}\n\n` +
    `These do run again, so do not ask for them twice:\n${made.join('\n')}`
  );
}

function describeNoops({ items }: Outcome): string {
  const lines = items.map(({ label, taskId, reason }) => `- ${label}${inBrackets(taskId, label)}: ${reason}`);
  return `There was nothing to run again:\n${lines.join('\n')}`;
}

function inBrackets(taskId: string | undefined, label: string): string {
  return taskId === undefined || taskId === label ? '' : ` (${taskId})`;
}
