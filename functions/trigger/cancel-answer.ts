import { firstTaskId, unfinishedItems, type ItemOutcome, type Outcome } from '../actions/outcome.ts';
import type { HookAnswer } from '../ports/hook-trigger.ts';
import { ApiError } from '../platform/api-error.ts';
import { boundedList } from '../platform/bounded-text.ts';
import { itemLine } from './item-text.ts';

/**
 * Turns the result of a cancellation into the hooks service's answer, or into an error, whose message Treeherder shows
 * unchanged.
 *
 * @throws ApiError if a task was not canceled, or there was nothing to cancel
 */
export function answerCancellation(outcome: Outcome): HookAnswer {
  const unfinished = unfinishedItems(outcome);
  if (unfinished.length > 0) throw new ApiError('InputError', describeUnfinished(outcome, unfinished));
  const taskId = firstTaskId(outcome);
  if (taskId === undefined) {
    const why =
      outcome.items.length === 0 ? ' every task in this push has ended' : `\n${linesOf(outcome.items)}`;
    throw new ApiError('RequestConflict', `There was nothing to cancel:${why}`);
  }
  return { taskId, status: { taskId } };
}

function describeUnfinished({ items }: Outcome, unfinished: readonly ItemOutcome[]): string {
  const canceled = items.filter(({ result }) => result === 'canceled').length;
  const refused = unfinished.filter(({ result }) => result === 'refused');
  const unknown = unfinished.filter(({ result }) => result === 'unknown');
  const not = canceled === 0 && unknown.length === 0 ? 'Nothing was canceled:' : 'These were not canceled:';
  return [
    ...(canceled > 0 ? [`${canceled} ${canceled === 1 ? 'task was' : 'tasks were'} canceled.`] : []),
    ...(refused.length > 0 ? [`${not}\n${linesOf(refused)}`] : []),
    ...(unknown.length > 0
      ? [`Taskcluster did not say what became of these; they may still run:\n${linesOf(unknown)}`]
      : []),
  ].join('\n\n');
}

function linesOf(items: readonly ItemOutcome[]): string {
  return boundedList(items.map(itemLine));
}
