import type { FastAction } from '../platform/fast-actions.ts';
import { NO_DEADLINES, within, type Deadlines } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { OverBudgetError, READING_LIMITS, withinBudget } from '../platform/reading-budget.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { apiCallsSoFar } from '../platform/api-calls.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { act, type Acting } from './act.ts';
import { cancelTasks } from './cancel-tasks.ts';
import { planCancellation, type CancelAction, type Cancellation } from './cancellation.ts';
import { dispatch, type Dispatch } from './dispatch.ts';
import { forwardAction, wasForwarded, type Forwarding, type ForwardTarget } from './forward.ts';
import type { Graphs } from './graphs.ts';
import { makePlan } from './make-plan.ts';
import type { ItemOutcome, Outcome } from './outcome.ts';
import type { ActionPayload } from './payload.generated.js';
import { forward, type Action, type Forward, type Work } from './plan.ts';
import type { HookAnswer } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';

/** An action as it came in, before anything is known of what it asks for. */
export interface Request {
  payload: ActionPayload;
  action: Omit<Action, 'request' | 'taskGroupId' | 'readsGraph'>;
  /** An earlier attempt has begun and may have written, so that what cannot be read must not be forwarded. */
  begun?: boolean;
  /** The operator forwards everything of this trust domain and level. */
  killSwitch: boolean;
  /** What the operator has listed as fast for the hook's trust domain. */
  fastActions: ReadonlySet<FastAction>;
  /** The decision task's definition, under way already. */
  decision: Promise<TaskDefinition | undefined>;
}

export interface Ports {
  reader: Reader;
  graphs: Graphs;
  writer: Writer;
  forwarding: Forwarding;
}

/** What is true of one performance, besides what is asked for. */
export interface Conditions {
  /** Settles when it is certain that the action is allowed; nothing is written before. */
  allowed: Promise<void>;
  deadlines?: Deadlines;
  /** Called once the plan is ready, for work that can be done in parallel. */
  onPlanned?: () => void;
  log: Log;
}

export type Prepared =
  { action: Action; plan: Work } | { canceling: CancelAction; plan: Cancellation } | { plan: Forward };

/** An action that was performed, as far as it could be. */
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
 * Plans and then acts, or forwards the action whole.
 *
 * @throws ApiError if the input is wrong; whatever `conditions.allowed` rejects with; TaskclusterError if forwarding fails
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

/**
 * Reads and decides. What cannot be read is not understood, and so goes to the full hook. An action is done here or
 * there however often it is attempted: what an earlier attempt has forwarded is not performed, and what it may have
 * performed is not forwarded for want of reading.
 *
 * @param targets where the action would be forwarded to
 * @throws ApiError if the input of a fast action is wrong, unless the fast way is switched off
 * @throws TaskclusterError if Taskcluster cannot be read and the action was begun before
 */
export async function prepare(
  request: Request,
  ports: Pick<Ports, 'reader' | 'graphs'>,
  log: Log,
  targets: readonly ForwardTarget[] = [],
): Promise<Prepared> {
  const { payload, decision } = request;
  // Its error appears where it is awaited. If it is never awaited, that must not end the process.
  decision.catch(() => undefined);
  // Before anything of ours looks at the action: the switch must help against our own mistakes, too strict a check included.
  if (request.killSwitch) return { plan: forward('kill-switch', 'the fast way is switched off here') };
  const dispatched = dispatch(payload, request.fastActions);
  if ('forward' in dispatched) return { plan: forward(dispatched.because, dispatched.forward) };
  try {
    const [prepared, before] = await Promise.all([
      planFast(request, dispatched, ports),
      request.action.repeated && wasForwarded(payload, targets, ports.reader),
    ]);
    return before
      ? { plan: forward('forwarded-before', 'an earlier attempt already forwarded it') }
      : prepared;
  } catch (error) {
    if (error instanceof OverBudgetError) return { plan: forward('too-large', error.message) };
    if (!isTaskclusterError(error)) throw error;
    const { method, statusCode, code } = error;
    log.event('read-failed', { actionId: request.action.id, method, statusCode, code });
    // If it cannot be read at all, no earlier attempt has read it either, so none has written anything.
    if (request.begun && !error.lasting) throw error;
    return { plan: forward('unreadable', `${method}: ${error.summary}`) };
  }
}

async function planFast(
  { payload, action: known, decision, fastActions }: Request,
  dispatched: Exclude<Dispatch, { forward: string }>,
  { reader, graphs }: Pick<Ports, 'reader' | 'graphs'>,
): Promise<Prepared> {
  const { taskGroupId } = payload.user;
  if ('cancel' in dispatched) {
    const action: CancelAction = { ...known, taskGroupId };
    const plan = await bounded(() => planCancellation(action, dispatched.cancel, reader));
    return plan.kind === 'forward' ? { plan } : { canceling: action, plan };
  }
  const readsGraph = fastActions.has('graph');
  const action: Action = { ...known, taskGroupId, request: dispatched.fast, readsGraph };
  const plan = await bounded(() => makePlan(action, { decision, reader, graphs }));
  return plan.kind === 'forward' ? { plan } : { action, plan };
}

/** Plans within the bounds of one action. */
function bounded<T>(plan: () => Promise<T>): Promise<T> {
  return within(Date.now() + READING_LIMITS.ms, () => withinBudget(READING_LIMITS, plan));
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
