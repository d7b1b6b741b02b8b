import pLimit from 'p-limit';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../../functions/actions/graphs.ts';
import { FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { within } from '../../functions/platform/deadline.ts';
import { Log } from '../../functions/platform/log.ts';
import { TaskclusterClaims } from '../../functions/taskcluster/claims.ts';
import { TaskclusterClient } from '../../functions/taskcluster/client.ts';
import { WriteLimits } from '../../functions/taskcluster/concurrency-limit.ts';
import { ContentCache } from '../../functions/taskcluster/content-cache.ts';
import { Downloads } from '../../functions/taskcluster/download.ts';
import { jsonContents } from '../../functions/taskcluster/reader.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { poll } from '../../functions/worker/poll.ts';
import type { Shutdown } from '../../functions/worker/shutdown.ts';
import { seedDeployment, type Deployment } from '../../local/seed/deployment.ts';
import { wrapSeededHooks } from '../../local/seed/wrap-hooks.ts';
import type { Call, LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { startGateway, type Gateway, type Handler } from '../../test/support/gateway.ts';

/** Everything except reading the graph for retriggers, so that one scenario is forwarded. */
const FAST = FAST_ACTIONS.filter((name) => name !== 'graph');
const FAST_BY_DOMAIN = new Map([['gecko', new Set(FAST)]]);

/** How much time the functions have. The machine may be busy, so hurry no more than the trouble requires. */
export interface Pace {
  /** Instead of Lambda's 29 s; a try of a call gets at most half of it. */
  invocationMs: number;
  /** Timeout of one request of the worker, instead of 10 s. */
  requestMs: number;
  /** Instead of the minutes that Lambda gives the worker, after which it gives back unfinished tasks. */
  runMs: number;
}

export const HASTY: Pace = { invocationMs: 2_500, requestMs: 400, runMs: 2_500 };
export const CALM: Pace = { invocationMs: 20_000, requestMs: 2_000, runMs: 30_000 };
/** Time for the worker to give back unfinished tasks. */
const END_MS = 600;

/** A Taskcluster with wrapped hooks and both ways, used for one cell after another. */
export class Stage {
  readonly tc: LocalTaskcluster;
  readonly deployment: Deployment;
  /** In front of the trigger function. */
  readonly gateway: Gateway;
  /** Unexpected errors in the log, which must never happen. */
  readonly unexpected: string[] = [];

  private constructor(tc: LocalTaskcluster, deployment: Deployment, gateway: Gateway) {
    this.tc = tc;
    this.deployment = deployment;
    this.gateway = gateway;
  }

  static async set(): Promise<Stage> {
    const tc = await startLocalTaskcluster({ longPollMs: 50, claimLookMs: 5 });
    const deployment = await seedDeployment(tc);
    await wrapSeededHooks(tc, deployment, FAST);
    return new Stage(tc, deployment, await startGateway());
  }

  async strike(): Promise<void> {
    await this.gateway.close();
    await this.tc.close();
  }

  /** @param rootUrl the functions' only way to Taskcluster */
  trigger(rootUrl: string, { invocationMs }: Pace): Handler {
    this.gateway.timeoutMs = invocationMs;
    return createHandler(
      {
        rootUrl,
        hooksRootUrl: rootUrl,
        credentials: this.deployment.trigger,
        publicUrls: [new URL(this.gateway.url)],
        killSwitch: new Set(),
        fastActions: FAST_BY_DOMAIN,
        artifactHosts: [],
        graphBytes: 512 * 1024 * 1024,
      },
      this.#log(),
    );
  }

  /** One run of the worker, which ends when the queue is empty or its time is up. */
  async work(rootUrl: string, { requestMs, runMs }: Pace): Promise<void> {
    const client = new TaskclusterClient({ rootUrl, credentials: this.deployment.worker });
    const claims = new TaskclusterClaims(client, { workerGroup: 'retrigger-hooks', workerId: 'torture' });
    const shutdown = endAfter(runMs);
    try {
      const options = {
        taskQueueIds: ['gecko-3/retrigger'],
        mode: 'drain',
        until: Date.now() + runMs,
        shutdown,
      } as const;
      await within(Date.now() + runMs + END_MS, () =>
        poll(options, {
          rootUrl,
          killSwitch: new Set(),
          fastActions: FAST_BY_DOMAIN,
          requestMs,
          writeLimits: new WriteLimits(),
          heavyActions: pLimit(2),
          downloads: new Downloads(rootUrl),
          contents: jsonContents(),
          graphs: graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes)),
          log: this.#log(),
          now: () => new Date(),
          claimWork: (queue, tasks) => claims.claimWork(queue, tasks),
          scaleOut: () => Promise.resolve(false),
        }),
      );
    } finally {
      shutdown.clear();
    }
  }

  /** Waits until nothing is under way that could still change something: slow calls are performed in the end. */
  async quiet(): Promise<void> {
    await this.tc.untilCalls((calls) => !calls.some(isUnderWay), { signal: AbortSignal.timeout(3_000) });
  }

  #log(): Log {
    return new Log((level, record) => {
      if (level === 'error') this.unexpected.push(JSON.stringify(record).slice(0, 500));
    });
  }
}

function isUnderWay({ status, startMs, endMs }: Call): boolean {
  return status === 0 && endMs === startMs;
}

/** No signal ends it: a killed worker is one whose run nobody waits for, and it would listen until its time is up. */
function endAfter(ms: number): Shutdown {
  const controller = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    controller.abort();
    resolve();
  }, ms);
  return { signal: controller.signal, begun, clear: () => clearTimeout(timer) };
}
