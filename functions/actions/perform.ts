import { NO_DEADLINES, within, type Deadlines } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { apiCallsSoFar } from '../platform/api-calls.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { act, type Acting } from './act.ts';
import { cancelTasks } from './cancel-tasks.ts';
import type { CancelAction, Cancellation } from './cancellation.ts';
import { forwardAction, type Forwarding } from './forward.ts';
import type { Graphs } from './graphs.ts';
import type { ItemOutcome, Outcome } from './outcome.ts';
import type { Action, Forward, Work } from './plan.ts';
import { prepare, type Prepared, type Request } from './prepare.ts';
import type { HookAnswer } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';

export interface Ports {
  reader: Reader;
  graphs: Graphs;
  writer: Writer;
  forwarding: Forwarding;
}

/** The circumstances of one performance, besides the request itself. */
export interface Conditions {
  /** Settles when it is known whether the action is allowed; nothing is written before. */
  allowed: Promise<void>;
  deadlines?: Deadlines;
  /** Called once the plan is ready, for work that can be done in parallel. */
  onPlanned?: () => void;
  log: Log;
}

/** The result of an action that was performed, wholly or in part. */
export interface Performed {
  kind: 'performed';
  action: Action;
  plan: Work;
  outcome: Outcome;
}

export type Result =
  | { kind: 'forwarded'; plan: Forward; answer: HookAnswer | undefined }
  | Performed
  | { kind: 'canceled'; action: CancelAction; plan: Cancellation; outcome: Outcome };

/**
 * Plans and then acts, or forwards the whole action.
 *
 * @throws ApiError if the input is wrong; whatever `conditions.allowed` rejects with; TaskclusterError if forwarding
 *   fails
 */
export async function perform(request: Request, ports: Ports, conditions: Conditions): Promise<Result> {
  const { allowed, log, onPlanned, deadlines = NO_DEADLINES } = conditions;
  const { reader, writer, forwarding } = ports;
  const started = performance.now();
  const preparing = within(deadlines.reading, () => prepare(request, ports, log, forwarding.targets));
  const [prepared] = await Promise.all([preparing, allowed]);
  onPlanned?.();
  const actionId = request.action.id;
  if (!('action' in prepared) && !('canceling' in prepared)) {
    const { plan } = prepared;
    const answer = await forwardAction(request.payload, forwarding, reader, deadlines).catch(
      (error: unknown) => {
        if (isTaskclusterError(error) && error.unanswered)
          log.event('forward-in-doubt', { actionId, reason: error.text });
        throw error;
      },
    );
    const { because, reason } = plan;
    log.event('action-forwarded', { actionId, because, reason, taskId: answer?.taskId });
    logDone(request, undefined, performance.now() - started, log);
    return { kind: 'forwarded', plan, answer };
  }
  const done = ({ label, taskId, result, newTaskId, reason }: ItemOutcome, cause?: unknown) => {
    log.event('item-done', { actionId, label, taskId, result, newTaskId, reason });
    if (cause !== undefined && !isTaskclusterError(cause)) log.unexpected(cause);
  };
  const result = await write(prepared, { reader, writer, onDone: done, deadlines });
  const { outcome } = result;
  for (const warning of outcome.warnings) log.event('action-warning', { actionId, warning });
  logDone(request, outcome, performance.now() - started, log);
  return result;
}

async function write(
  prepared: Extract<Prepared, { action: Action } | { canceling: CancelAction }>,
  writing: Pick<Acting, 'reader' | 'writer' | 'onDone' | 'deadlines'>,
): Promise<Exclude<Result, { kind: 'forwarded' }>> {
  if ('canceling' in prepared) {
    const { canceling: action, plan } = prepared;
    return { kind: 'canceled', action, plan, outcome: await cancelTasks({ action, plan, ...writing }) };
  }
  const { action, plan } = prepared;
  return { kind: 'performed', action, plan, outcome: await act({ action, work: plan, ...writing }) };
}

function logDone({ action }: Request, outcome: Outcome | undefined, ms: number, log: Log): void {
  const count = (wanted: string) => outcome?.items.filter(({ result }) => result === wanted).length ?? 0;
  const waited = action.now.getTime() - Date.parse(action.requested);
  log.event('action-done', {
    actionId: action.id,
    ms: Math.round(ms),
    sinceClickMs: count('created') + count('rerun') > 0 ? Math.round(Math.max(0, waited) + ms) : undefined,
    apiCalls: apiCallsSoFar(),
    created: count('created'),
    reruns: count('rerun'),
    canceled: count('canceled'),
    noops: count('noop'),
    refused: count('refused'),
    unknown: count('unknown'),
  });
}
