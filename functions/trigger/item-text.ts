import type { ItemOutcome } from '../actions/outcome.ts';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';

/** A line of an answer: the item and its outcome. */
export function itemLine({ label, taskId, reason }: ItemOutcome): string {
  const where = taskId === undefined || taskId === label ? '' : ` (${taskId})`;
  return `- ${shownLabel(label)}${where}: ${bounded(reason, TEXT_LIMITS.reason)}`;
}

export function shownLabel(label: ItemOutcome['label']): string {
  return bounded(label, TEXT_LIMITS.name);
}
