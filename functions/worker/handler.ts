import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import pLimit from 'p-limit';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../actions/graphs.ts';
import { ContentCache } from '../taskcluster/content-cache.ts';
import { lambdaInvoker } from './invoke.ts';
import { within } from '../platform/deadline.ts';
import { lambdaHandler, type WarmUp } from '../platform/lambda-handler.ts';
import type { Log } from '../platform/log.ts';
import { loadWorkerSettings, type WorkerSettings } from '../platform/settings.ts';
import { credentialsSource } from '../taskcluster/stored-credentials.ts';
import { TaskclusterClaims } from '../taskcluster/claims.ts';
import { TaskclusterClient } from '../taskcluster/client.ts';
import { WriteLimits } from '../taskcluster/concurrency-limit.ts';
import { Downloads } from '../taskcluster/download.ts';
import { jsonContents } from '../taskcluster/reader.ts';
import { warmUp } from '../taskcluster/warm-up.ts';
import { poll, type PollServices, type PollSummary } from './poll.ts';
import { scaleOut } from './scale-out.ts';
import { shutdownAfter } from './shutdown.ts';

/** The schedule's event, or the one with which a run invokes another. */
export interface WorkerEvent {
  mode?: 'poll' | 'drain';
  /** How long to poll, in ms; a little longer than the schedule's minute, so that runs overlap without a gap. */
  pollMs?: number;
}

const POLL_MS = 65_000;
/** Reserved for the work of the last claim, which may come at the end of a 20 s long poll. */
const RESERVE_MS = 60_000;
/** Timeout of one request in a claim's name. They are small, so a retry is better than waiting for one that hangs. */
const REQUEST_MS = 10_000;
/** An action of 1,500 labels takes 120 MB; twelve of them at once took more than the function has. */
const HEAVY_ACTIONS = 2;
/** Reserved for reporting unfinished tasks. */
const SHUTDOWN_MS = 10_000;
/** Reserved for the end itself: no request waits that long. */
const END_MS = 1_000;

/**
 * How long, in ms from now, an invocation claims tasks, works on them, and makes requests.
 *
 * @param left of the invocation
 */
export function timesOf(
  left: number,
  pollMs = POLL_MS,
): { claiming: number; working: number; calling: number } {
  return {
    claiming: Math.min(pollMs, left - RESERVE_MS),
    working: left - SHUTDOWN_MS,
    calling: left - END_MS,
  };
}

type Handler = (event: WorkerEvent, context: Context) => Promise<PollSummary>;

/**
 * The `worker` function for given settings and log.
 *
 * @param graceMs how long it may take after SIGTERM; on Lambda, next to nothing
 */
export function createHandler(settings: WorkerSettings, log: Log, graceMs = 0): Handler & WarmUp {
  const { rootUrl, workerGroup, workerId, taskQueueIds, killSwitch, fastActions, artifactHosts } = settings;
  const credentials = credentialsSource(settings.credentials, log);
  const client = new TaskclusterClient({ rootUrl, credentials });
  const claims = new TaskclusterClaims(client, { workerGroup, workerId });
  const writeLimits = new WriteLimits();
  const heavyActions = pLimit(HEAVY_ACTIONS);
  const downloads = new Downloads(rootUrl, artifactHosts);
  const contents = jsonContents();
  const graphs = graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes), { bytes: settings.graphBytes });
  const invoke = lambdaInvoker(settings.functionName, settings.lambdaEndpoint);
  const handle = middy<WorkerEvent, PollSummary>().handler(async (event, context) => {
    const mode = event.mode ?? 'poll';
    const times = timesOf(context.getRemainingTimeInMillis(), event.pollMs);
    const shutdown = shutdownAfter(times.working, graceMs);
    try {
      const until = Date.now() + times.claiming;
      const services: PollServices = {
        rootUrl,
        killSwitch,
        fastActions,
        requestMs: REQUEST_MS,
        writeLimits,
        heavyActions,
        downloads,
        contents,
        graphs,
        log,
        now: () => new Date(),
        claimWork: (queue, tasks) => claims.claimWork(queue, tasks),
        scaleOut: scaleOut(invoke, mode, settings.maxDrains, log),
      };
      const summary = await within(Date.now() + times.calling, () =>
        poll({ taskQueueIds, mode, until, shutdown }, services),
      );
      log.event('poll-ended', { mode, ...summary });
      return summary;
    } finally {
      shutdown.clear();
    }
  });
  return Object.assign(handle, { warmUp: () => warmUp(client) });
}

/** The entry point for Lambda. */
export const handler = lambdaHandler('worker', loadWorkerSettings, createHandler);
