import { ApiError } from '../platform/api-error.ts';
import { within } from '../platform/deadline.ts';
import { FAST_ACTIONS, type FastAction } from '../platform/fast-actions.ts';
import type { Log } from '../platform/log.ts';
import { OverBudgetError, READING_LIMITS, withinBudget } from '../platform/reading-budget.ts';
import { isTaskclusterError } from '../ports/error.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { planCancellation, type CancelAction, type Cancellation } from './cancellation.ts';
import { dispatch, type Dispatch } from './dispatch.ts';
import { wasForwarded, type ForwardTarget } from './forward.ts';
import { makePlan } from './make-plan.ts';
import type { ActionPayload } from './payload.generated.js';
import type { PlanSources } from './plan-sources.ts';
import { forward, type Action, type Forward, type Work } from './plan.ts';

/** An action as it came in, before it is parsed. */
export interface Request {
  payload: ActionPayload;
  action: Omit<Action, 'request' | 'taskGroupId' | 'readsGraph'>;
  /** An earlier attempt has begun and may have written, so the action must not be forwarded because reading fails. */
  begun?: boolean;
  /** That it is a repeated attempt is only a guess, which must not weaken the kill switch or cost much. */
  guessed?: boolean;
  /** The operator forwards everything of this trust domain and level. */
  killSwitch: boolean;
  /** What the operator has listed as fast for the hook's trust domain. */
  fastActions: ReadonlySet<FastAction>;
  /** The decision task's definition, already being read. */
  decision: Promise<TaskDefinition | undefined>;
}

export type Prepared =
  { action: Action; plan: Work } | { canceling: CancelAction; plan: Cancellation } | { plan: Forward };

interface Preparing {
  sources: Omit<PlanSources, 'decision'>;
  log: Log;
  /** Hooks to which the action would be forwarded. */
  targets: readonly ForwardTarget[];
}

const EVERY_ACTION: ReadonlySet<FastAction> = new Set(FAST_ACTIONS);

/**
 * Reads and decides. What cannot be read goes to the full hook. An action is either performed or forwarded, however
 * often it is attempted: what an earlier attempt forwarded is not performed, and what it may have performed is not
 * forwarded, even if reading fails or the operator has switched it off since.
 *
 * @param targets hooks to which the action would be forwarded
 * @throws ApiError if the input of a fast action is wrong, unless the fast way is switched off
 * @throws TaskclusterError if Taskcluster cannot be read and the action was begun before
 */
export async function prepare(
  request: Request,
  sources: Omit<PlanSources, 'decision'>,
  log: Log,
  // mutant stays: a target without a taskId is not looked for
  targets: readonly ForwardTarget[] = [],
): Promise<Prepared> {
  const preparing = { sources, log, targets };
  // An error is handled where this is awaited. If it never is, the error must not end the process.
  request.decision.catch(() => undefined);
  const prepared = await planAsConfigured(request, preparing);
  return (await continueEarlier(request, prepared, preparing)) ?? prepared;
}

async function planAsConfigured(request: Request, preparing: Preparing): Promise<Prepared> {
  const { payload } = request;
  const { sources, targets, log } = preparing;
  // Before our code looks at the action: the switch must also help against our own bugs, such as a check that is too
  // strict.
  if (request.killSwitch) return { plan: forward('kill-switch', 'the fast way is switched off here') };
  const dispatched = dispatch(payload, request.fastActions);
  if ('forward' in dispatched) return { plan: forward(dispatched.because, dispatched.forward) };
  try {
    const [prepared, before] = await Promise.all([
      planFast(request, dispatched, sources),
      request.action.repeated && wasForwarded(payload, targets, sources.reader),
    ]);
    return before
      ? { plan: forward('forwarded-before', 'an earlier attempt already forwarded it') }
      : prepared;
  } catch (error) {
    if (error instanceof OverBudgetError) return { plan: forward('too-large', error.message) };
    if (!isTaskclusterError(error)) throw error;
    const { method, statusCode, code } = error;
    log.event('read-failed', { actionId: request.action.id, method, statusCode, code });
    // If it can never be read, no earlier attempt could read it either, so none has written anything.
    if (request.begun && !error.lasting) throw error;
    return { plan: forward('unreadable', `${method}: ${error.summary}`) };
  }
}

/**
 * The settings may have changed since an earlier attempt. So before a repeated attempt forwards an action that they do
 * not allow, it plans as if they allowed everything, and continues if the plan's taskIds show that an earlier attempt
 * has begun.
 */
async function continueEarlier(
  request: Request,
  { plan }: Prepared,
  preparing: Preparing,
): Promise<Prepared | undefined> {
  if (plan.kind !== 'forward' || plan.because === 'forwarded-before') return undefined;
  if (!request.action.repeated || request.guessed || !isRestricted(request)) return undefined;
  const { because, reason } = plan;
  try {
    const unrestricted = { ...request, killSwitch: false, fastActions: EVERY_ACTION };
    const prepared = await planAsConfigured(unrestricted, preparing);
    if (!hasBegun(prepared)) return undefined;
    preparing.log.event('begun-before', { actionId: request.action.id, because, reason });
    return prepared;
  } catch (error) {
    if (isTaskclusterError(error)) throw error;
    // What cannot be planned was not begun, and a bug of ours must not keep the action from the full hook.
    if (!(error instanceof ApiError)) preparing.log.unexpected(error);
    return undefined;
  }
}

function isRestricted({ killSwitch, fastActions }: Request): boolean {
  return killSwitch || FAST_ACTIONS.some((name) => !fastActions.has(name));
}

function hasBegun(prepared: Prepared): boolean {
  if ('canceling' in prepared) return prepared.plan.earlier.length > 0;
  if (!('action' in prepared)) return false;
  const { clones, creations, reruns } = prepared.plan;
  return [...clones, ...creations].some(({ exists }) => exists) || reruns.some(({ done }) => done);
}

async function planFast(
  { payload, action: known, decision, fastActions }: Request,
  dispatched: Exclude<Dispatch, { forward: string }>,
  { reader, graphs }: Omit<PlanSources, 'decision'>,
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

/** Plans within the limits of one action. */
function bounded<T>(plan: () => Promise<T>): Promise<T> {
  return within(Date.now() + READING_LIMITS.ms, () => withinBudget(READING_LIMITS, plan));
}
