import pLimit, { type LimitFunction } from 'p-limit';
import { perform, type Result } from '../actions/perform.ts';
import type { Graphs } from '../actions/graphs.ts';
import { isHeavy } from '../actions/weight.ts';
import { ApiError } from '../platform/api-error.ts';
import { fastActionsIn, type FastActionsByDomain } from '../platform/fast-actions.ts';
import type { Log } from '../platform/log.ts';
import { hookPath } from '../tasks/hook-name.ts';
import { cloneTaskId } from '../tasks/task-id.ts';
import { countingApiCalls } from '../platform/api-calls.ts';
import { ClaimedRun, type Claim } from '../taskcluster/claims.ts';
import { isTaskclusterError } from '../ports/error.ts';
import type { WriteLimits } from '../taskcluster/concurrency-limit.ts';
import type { ContentCache } from '../taskcluster/content-cache.ts';
import type { Downloads } from '../taskcluster/download.ts';
import { TaskclusterReader } from '../taskcluster/reader.ts';
import { TaskclusterHooks } from '../taskcluster/hooks.ts';
import { TaskclusterWriter } from '../taskcluster/writer.ts';
import { ActionLog } from './action-log.ts';
import { readActionTask, type ActionTask } from './action-task.ts';
import { ARTIFACTS, documents, LIVE_LOG, succeeded } from './artifacts.ts';
import { isLost, lastWords } from './failure.ts';
import { reclaimLoop } from './reclaim-loop.ts';
import type { Resolution } from './resolution.ts';

/** Concurrent uploads; an action with many rounds has three artifacts for each. */
const UPLOADS = 20;

export interface WorkerServices {
  rootUrl: string;
  killSwitch: ReadonlySet<string>;
  fastActions: FastActionsByDomain;
  /** Timeout of one request in a claim's name, ms. */
  requestMs: number;
  downloads: Downloads;
  /** Cache of what the claims of this process have read; each asks the queue with its own credentials. */
  contents: ContentCache<unknown>;
  graphs: Graphs;
  /** Shared by all writes of this process. */
  writeLimits: WriteLimits;
  /** Limits how many actions of this process may hold much in memory at once. */
  heavyActions: LimitFunction;
  log: Log;
  now: () => Date;
}

/**
 * Performs one claimed action task, with only that claim's credentials, and resolves it. Never throws: whatever goes
 * wrong with one claim, the worker continues.
 *
 * @param shutdown resolves when this process must end; unfinished tasks then go back to the queue at once, except for a
 *   last run: the queue would start no other, so it continues for as long as the process lives
 */
export async function performClaim(
  taskQueueId: string,
  claim: Claim,
  services: WorkerServices,
  shutdown: Promise<void>,
): Promise<Resolution> {
  const { log } = services;
  const { taskId, runId } = claim;
  const started = performance.now();
  log.event('claimed', { actionId: taskId, runId, taskQueueId });
  const run = new ClaimedRun(services.rootUrl, claim, services.requestMs);
  const loop = reclaimLoop(run, claim.takenUntil, services);
  const resolution = await Promise.race([
    countingApiCalls(() => resolve(taskQueueId, claim, run, services)).catch((error: unknown) =>
      failure(error, claim, log),
    ),
    loop.lost,
    ...(claim.retriesLeft > 0 ? [shutdown.then(() => 'unfinished' as const)] : []),
  ]);
  loop.stop();
  const ended = resolution === 'unfinished' ? await giveBack(run, log) : resolution;
  // Requests still under way must not continue beside the next run, least of all when a frozen Lambda thaws.
  void run.client.close();
  log.event('resolved', {
    actionId: taskId,
    runId,
    resolution: ended,
    ms: Math.round(performance.now() - started),
  });
  return ended;
}

function failure(error: unknown, { taskId, runId }: Claim, log: Log): 'lost' | 'unfinished' {
  if (isLost(error)) return 'lost';
  if (isTaskclusterError(error))
    log.event('claim-failed', { actionId: taskId, runId, reason: error.summary });
  else log.unexpected(error);
  // The next run finds what was written by its derived taskId, and continues where this one ended.
  return 'unfinished';
}

async function resolve(
  taskQueueId: string,
  claim: Claim,
  run: ClaimedRun,
  services: WorkerServices,
): Promise<Resolution | 'unfinished'> {
  if (claim.leftOut?.why === 'no-room') {
    const reason = 'a task of this size has no room beside the others';
    services.log.event('claim-failed', { actionId: claim.taskId, runId: claim.runId, reason });
    // Before that, its next run would be claimed beside the same others.
    await claim.leftOut.freed;
    return 'unfinished';
  }
  const text = new ActionLog(services.rootUrl, claim);
  const end = await attempt(taskQueueId, claim, run, services, text);
  const result = end === 'malformed' ? undefined : end;
  const files = documents(claim.taskId, text.toString(), result);
  await Promise.all([pLimit(UPLOADS).map(files, (file) => run.upload(file)), run.link(LIVE_LOG)]);
  if (end === 'malformed') {
    await run.reportMalformed();
    return 'malformed';
  }
  if (result && succeeded(result)) {
    await run.reportCompleted();
    return 'completed';
  }
  await run.reportFailed();
  return 'failed';
}

/** @returns `malformed` if the task itself is, and undefined if the action failed; the log then says why */
async function attempt(
  taskQueueId: string,
  claim: Claim,
  run: ClaimedRun,
  services: WorkerServices,
  text: ActionLog,
): Promise<Result | 'malformed' | undefined> {
  const { log } = services;
  let task: ActionTask;
  try {
    if (claim.leftOut?.why === 'too-large')
      throw new ApiError('InputTooLarge', 'the action task is larger than a worker can read');
    task = readActionTask(claim.task, taskQueueId);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    logRefusal(error, log);
    text.failed(
      error.message,
      'Nothing was done. The action task itself is malformed; start it from Treeherder.',
    );
    return 'malformed';
  }
  text.asked(task);
  try {
    const performing = () => performTask(task, claim, run, services);
    const result = await (isHeavy(task.payload) ? services.heavyActions(performing) : performing());
    text.ended(result);
    return result;
  } catch (error) {
    const words = lastWords(error, task.payload, claim);
    if (!words) throw error;
    if (error instanceof ApiError) logRefusal(error, log);
    text.failed(words.reason, words.advice);
    return undefined;
  }
}

function logRefusal({ code, statusCode, message }: ApiError, log: Log): void {
  log.event('request-refused', { code, statusCode, message });
}

async function performTask(
  task: ActionTask,
  claim: Claim,
  run: ClaimedRun,
  services: WorkerServices,
): Promise<Result> {
  const { rootUrl, killSwitch, fastActions, log, now, writeLimits, downloads, contents, graphs } = services;
  const { taskId, runId } = claim;
  const { hook, full, payload, clientId } = task;
  const reader = new TaskclusterReader(run.client, downloads, contents);
  log.event('action-received', {
    actionId: taskId,
    clientId: clientId ?? '',
    hook: hookPath(hook),
    callback: payload.decision.action.cb_name,
    taskGroupId: payload.user.taskGroupId,
  });
  const result = await perform(
    {
      payload,
      action: {
        id: taskId,
        parent: taskId,
        repeated: runId > 0,
        hook,
        requested: claim.task.created,
        now: now(),
        rootUrl,
      },
      begun: runId > 0,
      killSwitch: killSwitch.has(hook.trustDomainLevel),
      fastActions: fastActionsIn(hook.trustDomain, fastActions),
      decision: reader.task(payload.user.taskGroupId),
    },
    {
      reader,
      graphs,
      writer: new TaskclusterWriter(run.client, reader, writeLimits),
      forwarding: {
        hooks: new TaskclusterHooks(run.client, reader),
        targets: [{ ...full, taskId: cloneTaskId(taskId, full.hookId, 1) }],
      },
    },
    // The hooks service has checked the user, and the claim's credentials allow only what the hook may do.
    {
      allowed: Promise.resolve(),
      log,
      onPlanned: () => {
        for (const artifact of ARTIFACTS) run.prepare(artifact);
      },
    },
  );
  // mutant stays: only a forward has a reason
  const isForward = result.kind === 'forwarded';
  // A global hook accepts what its trigger schema cannot exclude; a wrapped one should not have accepted this.
  if (isForward && result.plan.because === 'not-listed' && hookPath(full) !== hookPath(hook)) {
    const { reason } = result.plan;
    const callback = payload.decision.action.cb_name;
    log.event('fast-actions-differ', { actionId: taskId, hook: hookPath(hook), callback, reason });
  }
  return result;
}

async function giveBack(run: ClaimedRun, log: Log): Promise<Resolution> {
  try {
    await run.giveBack();
    return 'shutdown';
  } catch (error) {
    if (!isTaskclusterError(error)) log.unexpected(error);
    return 'lost';
  }
}
