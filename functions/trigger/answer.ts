import { firstTaskId, unfinishedItems, type ItemOutcome, type Outcome } from '../actions/outcome.ts';
import { answerCancellation } from './cancel-answer.ts';
import type { Result } from '../actions/perform.ts';
import type { HookAnswer } from '../ports/hook-trigger.ts';
import { ApiError } from '../platform/api-error.ts';
import { bounded, boundedList, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { hookPath, type HookName } from '../tasks/hook-name.ts';
import { itemLine, shownLabel } from './item-text.ts';

/** The hooks service's answer to triggerHook; Treeherder shows `status.taskId`. */
export type TriggerAnswer = HookAnswer;

/**
 * Turns the result of an action into the hooks service's answer, or into an error, whose message Treeherder shows
 * unchanged. Once something was written, the answer is never a 5xx, which clients would retry.
 *
 * @throws ApiError if any item was refused or its result is unknown, or if there was nothing to do
 */
export function answer(result: Result, hook: HookName): TriggerAnswer {
  if (result.kind === 'forwarded') {
    if (result.answer) return result.answer;
    throw new ApiError('ResourceNotFound', `No such hook: ${hookPath(hook)}`);
  }
  const { outcome } = result;
  if (result.kind === 'canceled') return answerCancellation(outcome);
  const unfinished = unfinishedItems(outcome);
  if (unfinished.length > 0) throw new ApiError('InputError', describeUnfinished(outcome, unfinished));
  const taskId = firstTaskId(outcome);
  if (taskId === undefined) throw new ApiError('RequestConflict', describeNoops(outcome));
  return { taskId, status: { taskId } };
}

function describeUnfinished({ items }: Outcome, unfinished: ItemOutcome[]): string {
  const done = items.filter(({ result }) => result === 'created' || result === 'rerun');
  const refused = unfinished.filter(({ result }) => result === 'refused');
  const unknown = unfinished.filter(({ result }) => result === 'unknown');
  const reasons = refused.map(itemLine);
  if (done.length === 0 && unknown.length === 0) return `Nothing was run again:\n${boundedList(reasons)}`;
  // mutant stays: what has no newTaskId is a rerun, and has a taskId
  const doubts = unknown.map(({ label, newTaskId, taskId = '', reason }) => {
    const what = newTaskId === undefined ? `${taskId} may have a new run` : `may exist: ${newTaskId}`;
    return `- ${shownLabel(label)}: ${what} (${bounded(reason, TEXT_LIMITS.reason)})`;
  });
  const made = done.map(({ label, newTaskId, taskId }) => `- ${shownLabel(label)}: ${newTaskId ?? taskId}`);
  return [
    ...section('Not everything was run again. Refused:', reasons),
    ...section(
      'Taskcluster did not say what became of these. Check the push before you retrigger them:',
      doubts,
    ),
    ...section('These were run again. Do not retrigger them a second time:', made),
  ].join('\n\n');
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? [`${title}\n${boundedList(lines)}`] : [];
}

function describeNoops({ items }: Outcome): string {
  return items.length > 0
    ? `There was nothing to run again:\n${boundedList(items.map(itemLine))}`
    : 'There was nothing to run again: the request names no task';
}
