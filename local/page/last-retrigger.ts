import { logView } from './details.ts';
import { byId } from './element.ts';
import type { QueueReads } from './queue-reads.ts';
import type { Outcome } from './retrigger.ts';
import { timelinePicture } from './timeline-picture.ts';

/** Shows what became of the last press: in words, as a timeline, and with the log of the action task. */
export async function showLastRetrigger(queue: QueueReads, outcome: Outcome, summary: string): Promise<void> {
  const { way, taskId, steps } = outcome;
  byId('last', HTMLElement).hidden = false;
  byId('result', HTMLElement).textContent = summary;
  byId('timeline', HTMLElement).replaceChildren(...(steps.length > 0 ? [timelinePicture(steps)] : []));
  const log = way === 'queued' ? await queue.log(taskId) : undefined;
  byId('action-log', HTMLElement).replaceChildren(...(log === undefined ? [] : [logView(log)]));
}

/** @param pendingMs until everything was seen pending in the browser; undefined if nothing was to see */
export function summarize(outcome: Outcome, pendingMs: number | undefined): string {
  const { way, taskId, created, rerun, resolvedAs } = outcome;
  const parts = [
    ...(created.length > 0 ? [`${created.length} new ${created.length === 1 ? 'job' : 'jobs'}`] : []),
    ...(rerun.length > 0 ? [`${rerun.length} rerun`] : []),
  ];
  if (parts.length === 0) {
    return resolvedAs === 'reportFailed'
      ? `The action task ${taskId} has failed; its log says why.`
      : `The full action task takes it on: ${taskId}.`;
  }
  const failed = resolvedAs === 'reportFailed' ? ' Not everything: see the log of the action task.' : '';
  return `${parts.join(', ')}, pending ${pendingMs?.toFixed(0)} ms after the click, the ${way} way.${failed}`;
}
