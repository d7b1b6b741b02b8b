import pLimit from 'p-limit';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../../functions/actions/graphs.ts';
import type { FastAction, FastActionsByDomain } from '../../functions/platform/fast-actions.ts';
import { Log } from '../../functions/platform/log.ts';
import { fields, text } from '../../functions/taskcluster/answers.ts';
import { TaskclusterClaims } from '../../functions/taskcluster/claims.ts';
import { ContentCache } from '../../functions/taskcluster/content-cache.ts';
import { TaskclusterClient } from '../../functions/taskcluster/client.ts';
import { WriteLimits } from '../../functions/taskcluster/concurrency-limit.ts';
import { Downloads } from '../../functions/taskcluster/download.ts';
import { jsonContents } from '../../functions/taskcluster/reader.ts';
import { poll, type PollOptions, type PollServices, type PollSummary } from '../../functions/worker/poll.ts';
import type { Shutdown } from '../../functions/worker/shutdown.ts';
import { generatePush, type GenerateOptions } from '../../local/push/generate.ts';
import type { Push } from '../../local/push/push.ts';
import { inTreeActionHook } from '../../local/push/taskcluster-yml.ts';
import { seedDeployment, type Deployment } from '../../local/seed/deployment.ts';
import { wrapSeededHooks } from '../../local/seed/wrap-hooks.ts';
import type { Call, LocalTaskcluster, LocalTaskclusterOptions } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { Hooks, Queue } from '../../local/treeherder/client.ts';
import { pressRetrigger, submitCustomAction } from '../../local/treeherder/button.ts';
import type { LogRecord } from './direct-way.ts';
import { aTest, change } from './push-tasks.ts';

export const TASK_QUEUE = 'gecko-3/retrigger';

export interface QueuedWayOptions extends LocalTaskclusterOptions {
  /** The fast actions in the hooks and in the worker, if not the default ones. */
  fastActions?: readonly FastAction[];
}

const LEFT = new Set(['unscheduled', 'pending', 'running']);

type Changes = Partial<PollOptions> & Partial<PollServices>;

/** A local Taskcluster with wrapped in-tree action hooks, and helpers for it and the worker. */
export class QueuedWay {
  readonly tc: LocalTaskcluster;
  readonly taskQueueIds = [TASK_QUEUE, 'gecko-1/retrigger'];
  readonly deployment: Deployment;
  /** The worker's log in this test. */
  readonly records: LogRecord[] = [];
  readonly #fastActions: FastActionsByDomain;
  #seed = 0;
  readonly #groups: string[] = [];
  #errorsExpected = false;

  private constructor(tc: LocalTaskcluster, deployment: Deployment, fastActions: FastActionsByDomain) {
    this.tc = tc;
    this.deployment = deployment;
    this.#fastActions = fastActions;
  }

  static async start({ fastActions, ...options }: QueuedWayOptions = {}): Promise<QueuedWay> {
    const tc = await startLocalTaskcluster({ longPollMs: 50, claimLookMs: 5, ...options });
    const deployment = await seedDeployment(tc);
    await wrapSeededHooks(tc, deployment, fastActions);
    return new QueuedWay(tc, deployment, new Map(fastActions ? [['gecko', new Set(fastActions)]] : []));
  }

  /** A new push of 50 tasks, changed before it is loaded. One of its failed tests was never run again. */
  newPush(changePush: (push: Push) => void = () => undefined, options: Partial<GenerateOptions> = {}): Push {
    const { rootUrl } = this.tc;
    this.#seed += 1;
    const push = generatePush({ size: 50, seed: this.#seed, rootUrl, now: new Date(), ...options });
    change(push, aTest(push).taskId, { state: 'failed' });
    changePush(push);
    this.tc.loadPush(push);
    this.#groups.push(push.decisionTaskId);
    return push;
  }

  /** Cancels the action tasks that a failed test has left on its pushes, or the next test would perform them. */
  async cancelLeftovers(): Promise<void> {
    const { rootUrl, credentials } = this.tc;
    const queue = new Queue({ rootUrl, credentials });
    const left = this.#groups
      .splice(0)
      .flatMap((group) => this.tc.groupTasks(group))
      .filter(
        (task) =>
          LEFT.has(task.state()) && this.taskQueueIds.includes(String(task.definition['taskQueueId'])),
      );
    await Promise.all(left.map(({ taskId }) => queue.cancelTask(taskId)));
  }

  /** Treeherder's retrigger button on jobs of these labels. @returns the action task's id */
  async press(push: Push, labels: string[], times = 1): Promise<string> {
    return (await pressRetrigger(this.#session(push), { labels, times })).taskId;
  }

  /** "Custom action…" of Treeherder on one task. @returns the action task's id */
  async custom(push: Push, name: string, taskId: string, input: unknown = {}): Promise<string> {
    return (await submitCustomAction(this.#session(push), { name, taskId, input })).taskId;
  }

  /** `hooks.triggerHook` on the generic hook of level 3, with the test's own payload. @returns the task's id */
  async trigger(payload: unknown): Promise<string> {
    const { rootUrl } = this.tc;
    const { hookGroupId, hookId } = inTreeActionHook(3, 'generic');
    const hooks = new Hooks({ rootUrl, credentials: this.deployment.user });
    const answer = fields('triggerHook', await hooks.triggerHook(hookGroupId, hookId, payload));
    return text('triggerHook', answer['taskId']);
  }

  /** One run of the worker; by default, until its queues are empty and everything that it claimed is resolved. */
  async work(changes: Changes = {}): Promise<PollSummary> {
    return poll(
      {
        taskQueueIds: this.taskQueueIds,
        mode: 'drain',
        until: Date.now() + 240_000,
        shutdown: {
          signal: new AbortController().signal,
          begun: new Promise(() => undefined),
          clear: () => undefined,
        },
        ...changes,
      },
      this.services(changes),
    );
  }

  /** What the worker works with. */
  services(changes: Partial<PollServices> = {}): PollServices {
    const { rootUrl = this.tc.rootUrl } = changes;
    const claims = this.claims();
    return {
      rootUrl,
      killSwitch: new Set(),
      fastActions: this.#fastActions,
      requestMs: 10_000,
      writeLimits: new WriteLimits(),
      heavyActions: pLimit(2),
      downloads: new Downloads(rootUrl),
      contents: jsonContents(),
      graphs: graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes)),
      log: this.log(),
      now: () => new Date(),
      claimWork: (queue, tasks) => claims.claimWork(queue, tasks),
      scaleOut: () => Promise.resolve(false),
      ...changes,
    };
  }

  /** The worker's claims, for a test that interferes with them. */
  claims(): TaskclusterClaims {
    const { rootUrl } = this.tc;
    const client = new TaskclusterClient({ rootUrl, credentials: this.deployment.worker });
    return new TaskclusterClaims(client, { workerGroup: 'retrigger-hooks', workerId: 'test' });
  }

  log(): Log {
    return new Log((level, record) => this.records.push({ level, ...record }));
  }

  /** Empty long polls, after which a drain of a queue ends. */
  emptyPolls(): LogRecord[] {
    return this.records.filter(({ event, claimed }) => event === 'polled' && claimed === 0);
  }

  /** The calls of one method to the services. */
  calls(method: string): Call[] {
    return this.tc.calls().filter((call) => call.method === method);
  }

  /** Allows errors in the log of this test. */
  expectErrors(): void {
    this.#errorsExpected = true;
  }

  reset(): void {
    this.records.length = 0;
    this.#errorsExpected = false;
    this.tc.setFaults([]);
    this.tc.setLatency(0);
    this.tc.clearCalls();
  }

  expectNoErrors(): void {
    if (this.#errorsExpected) return;
    const errors = this.records.filter(({ level }) => level === 'error');
    if (errors.length > 0) throw new Error(`unexpected errors in the log: ${JSON.stringify(errors)}`);
  }

  #session({ decisionTaskId }: Push) {
    return { rootUrl: this.tc.rootUrl, userCredentials: this.deployment.user, decisionTaskId };
  }
}

/** Starts the queued way for the tests of a file. A test that logs an unexpected error fails. */
export function useQueuedWay(options: QueuedWayOptions = {}): () => QueuedWay {
  let way: QueuedWay | undefined;
  const current = () => {
    if (!way) throw new Error('only tests may use the queued way');
    return way;
  };
  beforeAll(async () => {
    way = await QueuedWay.start(options);
  });
  beforeEach(async () => {
    await current().cancelLeftovers();
    current().reset();
  });
  afterEach(() => current().expectNoErrors());
  afterAll(() => way?.tc.close());
  return current;
}

/**
 * A shutdown that begins after a number of calls of a method, and after the worker's last long polls have ended: one
 * that is still open would claim again what is given back.
 */
export function shutdownAt(way: QueuedWay, method: string, count: number): Shutdown {
  const controller = new AbortController();
  const emptyPolls = () => way.emptyPolls().length;
  const before = emptyPolls();
  const seen = async () => {
    await expect.poll(() => way.calls(method).length).toBeGreaterThanOrEqual(count);
    await expect.poll(emptyPolls).toBe(before + way.taskQueueIds.length);
    controller.abort();
  };
  return { signal: controller.signal, begun: seen(), clear: () => undefined };
}
