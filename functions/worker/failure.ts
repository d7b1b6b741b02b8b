import { isCancellation } from '../actions/dispatch.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import { ApiError } from '../platform/api-error.ts';
import { isTaskclusterError } from '../ports/error.ts';
import type { Claim } from '../taskcluster/claims.ts';

/** Methods that only the worker of a run may call. */
const OF_THE_RUN = new Set([
  'createArtifact',
  'reclaimTask',
  'reportCompleted',
  'reportFailed',
  'reportException',
]);

/** The last lines of an action task's log if the action failed. */
export interface LastWords {
  reason: string;
  advice: string;
}

/** @returns undefined if this run must not report the failure, because it is lost or the next run continues */
export function lastWords(
  error: unknown,
  payload: ActionPayload,
  claim: Pick<Claim, 'runId' | 'retriesLeft'>,
): LastWords | undefined {
  const { nothing, again } = wordsFor(payload);
  if (error instanceof ApiError) {
    const advice = `${nothing} The request is not valid; ${again} from Treeherder.`;
    return { reason: error.message, advice };
  }
  // Nothing was written yet. Forwarding failed: a failed read would have been forwarded.
  if (!isTaskclusterError(error) || isLost(error)) return undefined;
  const { method, summary, unanswered } = error;
  // Another run would try again with the same taskId; but a refusal would be repeated.
  if ((unanswered || !error.refused) && claim.retriesLeft > 0) return undefined;
  const advice =
    unanswered || claim.runId > 0
      ? `Check the push before you ${again} again.`
      : `${nothing} Please ${again} again, or ask in #taskcluster.`;
  return { reason: `${method}: ${summary}`, advice };
}

/**
 * The queue accepts nothing for a run that was canceled or has expired; and we send nothing for one that was given up.
 */
export function isLost(error: unknown): boolean {
  if (!isTaskclusterError(error)) return false;
  return error.kind === 'closed' || (error.statusCode === 409 && OF_THE_RUN.has(error.method));
}

/** How the log describes what the action would have done. */
function wordsFor(payload: ActionPayload): { nothing: string; again: string } {
  return isCancellation(payload)
    ? { nothing: 'Nothing was canceled.', again: 'cancel' }
    : { nothing: 'Nothing was run again.', again: 'retrigger' };
}
