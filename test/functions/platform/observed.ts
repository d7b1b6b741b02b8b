import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Log } from '../../../functions/platform/log.ts';
import { Metrics } from '../../../functions/platform/metrics.ts';
import type { TriggerSettings, WorkerSettings } from '../../../functions/platform/settings.ts';
import { createHandler as createTrigger } from '../../../functions/trigger/handler.ts';
import { createHandler as createWorker, type WorkerEvent } from '../../../functions/worker/handler.ts';
import type { Push } from '../../../local/push/push.ts';
import { wrapSeededHooks } from '../../../local/seed/wrap-hooks.ts';
import { pressRetrigger } from '../../../local/treeherder/button.ts';
import { DirectWay } from '../../support/direct-way.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

/** Both functions on one local Taskcluster with wrapped hooks, and every line that they write. */
export class Observed {
  readonly way: DirectWay;
  /** Log and metrics, as on standard output. */
  readonly lines: string[] = [];
  /** Authorization headers that the direct way received. */
  readonly authorizations: string[] = [];

  private constructor(way: DirectWay) {
    this.way = way;
  }

  static async start(): Promise<Observed> {
    const way = await DirectWay.start();
    await wrapSeededHooks(way.tc, way.deployment);
    const observed = new Observed(way);
    observed.deployTrigger();
    return observed;
  }

  deployTrigger(changes: Partial<TriggerSettings> = {}): void {
    const { log, metrics } = this.#instruments('trigger');
    const handle = createTrigger({ ...this.way.settings, ...changes }, log);
    this.way.gateway.handler = async (event: APIGatewayProxyEventV2, context) => {
      if (event.headers['authorization']) this.authorizations.push(event.headers['authorization']);
      log.event('cold-start', { sinceStartMs: 1 });
      const answer = await handle(event, context);
      await metrics.flush();
      return answer;
    };
  }

  /** One scheduled run of the worker; it claims what is pending and ends soon. */
  async runWorker(changes: Partial<WorkerSettings> = {}): Promise<void> {
    const { tc, deployment } = this.way;
    const { log, metrics } = this.#instruments('worker');
    const handle = createWorker(
      {
        rootUrl: tc.rootUrl,
        credentials: deployment.worker,
        killSwitch: new Set(),
        fastActions: new Map(),
        artifactHosts: [],
        graphBytes: 512 * 1024 * 1024,
        taskQueueIds: ['gecko-3/retrigger'],
        workerGroup: 'retrigger-hooks',
        workerId: 'test',
        maxDrains: 0,
        functionName: 'worker',
        lambdaEndpoint: undefined,
        ...changes,
      },
      log,
    );
    const event: WorkerEvent = { mode: 'poll', pollMs: 50 };
    await handle(event, lambdaContext('worker', 180_000));
    await metrics.flush();
  }

  /** Treeherder's button without the ingress rule: the hook makes an action task. */
  async pressQueued(push: Push, labels: string[]): Promise<string> {
    const { rootUrl, internalRootUrl } = this.way.tc;
    const { taskId } = await pressRetrigger(
      {
        rootUrl,
        hooksRootUrl: internalRootUrl,
        userCredentials: this.way.deployment.user,
        decisionTaskId: push.decisionTaskId,
      },
      { labels },
    );
    return taskId;
  }

  /** The log's lines, without the metrics. */
  events(): Record<string, unknown>[] {
    return this.#parsed().filter((line) => !('_aws' in line));
  }

  /** The metrics' lines. */
  metrics(): Record<string, unknown>[] {
    return this.#parsed().filter((line) => '_aws' in line);
  }

  reset(): void {
    this.lines.length = 0;
    this.authorizations.length = 0;
    this.way.reset();
    this.deployTrigger();
  }

  #parsed(): Record<string, unknown>[] {
    return this.lines.map((line): Record<string, unknown> => {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    });
  }

  #instruments(service: 'trigger' | 'worker'): { log: Log; metrics: Metrics } {
    const metrics = new Metrics(service, 'test', (line) => this.lines.push(line));
    const log = new Log(
      (level, record) => this.lines.push(JSON.stringify({ level, ...record })),
      metrics.sink,
    );
    return { log, metrics };
  }
}
