import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Log, type LogLevel } from '../../functions/platform/log.ts';
import type { TriggerSettings } from '../../functions/platform/settings.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { generatePush } from '../../local/push/generate.ts';
import type { Push } from '../../local/push/push.ts';
import { seedDeployment, type Deployment } from '../../local/seed/deployment.ts';
import type { Call, LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { aTest, change } from './push-tasks.ts';
import { startGateway, TIMEOUT_MS, type Gateway } from './gateway.ts';

export interface LogRecord {
  level: LogLevel;
  event: string;
  [field: string]: unknown;
}

const WRITES = new Set(['createTask', 'rerunTask', 'cancelTask', 'triggerHook']);

/** A local Taskcluster whose ingress sends triggers to the `trigger` function, with helpers for both. */
export class DirectWay {
  readonly tc: LocalTaskcluster;
  readonly deployment: Deployment;
  /** The function's log in this test. */
  readonly records: LogRecord[] = [];
  /** The gateway in front of the function. */
  readonly gateway: Gateway;
  #seed = 0;
  #errorsExpected = false;

  private constructor(tc: LocalTaskcluster, deployment: Deployment, gateway: Gateway) {
    this.tc = tc;
    this.deployment = deployment;
    this.gateway = gateway;
  }

  static async start(): Promise<DirectWay> {
    const tc = await startLocalTaskcluster({ longPollMs: 0, recordResponses: true });
    const deployment = await seedDeployment(tc);
    const gateway = await startGateway();
    const way = new DirectWay(tc, deployment, gateway);
    tc.setFunctionsUrl(gateway.url);
    way.deploy();
    return way;
  }

  get settings(): TriggerSettings {
    return {
      rootUrl: this.tc.rootUrl,
      credentials: this.deployment.trigger,
      publicUrls: [new URL(this.tc.rootUrl)],
      hooksRootUrl: this.tc.internalRootUrl,
      killSwitch: new Set(),
      fastActions: new Map(),
      artifactHosts: [],
      graphBytes: 512 * 1024 * 1024,
    };
  }

  /** Starts the function with these different settings, until the test ends. */
  deploy(changes: Partial<TriggerSettings> = {}): void {
    const log = new Log((level, record) => this.records.push({ level, ...record }));
    this.gateway.handler = createHandler({ ...this.settings, ...changes }, log);
  }

  /** A new push of 50 tasks, changed before it is loaded. */
  newPush(
    changePush: (push: Push) => void = () => undefined,
    options: Partial<Parameters<typeof generatePush>[0]> = {},
  ): Push {
    this.#seed += 1;
    const push = generatePush({
      size: 50,
      seed: this.#seed,
      rootUrl: this.tc.rootUrl,
      now: new Date(),
      ...options,
    });
    // The generator's failed test was run again since; most tests need one that was not.
    change(push, aTest(push).taskId, { state: 'failed' });
    changePush(push);
    this.tc.loadPush(push);
    return push;
  }

  /** The calls of one method to the services, without those that the ingress sent to the function. */
  calls(method: string): Call[] {
    return this.tc.calls().filter((call) => call.service !== 'functions' && call.method === method);
  }

  /** All writes: tasks created or rerun, and hooks triggered without the ingress. */
  writes(): Call[] {
    return this.tc.calls().filter(({ service, method }) => service !== 'functions' && WRITES.has(method));
  }

  /** Allows errors in the log of this test. */
  expectErrors(): void {
    this.#errorsExpected = true;
  }

  reset(): void {
    this.records.length = 0;
    this.gateway.pathStyle = 'encoded';
    this.gateway.timeoutMs = TIMEOUT_MS;
    this.#errorsExpected = false;
    this.tc.setFaults([]);
    this.tc.clearCalls();
    this.deploy();
  }

  expectNoErrors(): void {
    if (this.#errorsExpected) return;
    const errors = this.records.filter(({ level }) => level === 'error');
    if (errors.length > 0) throw new Error(`unexpected errors in the log: ${JSON.stringify(errors)}`);
  }

  expectNoWrites(): void {
    const writes = this.writes();
    if (writes.length > 0)
      throw new Error(`unexpected writes: ${JSON.stringify(writes.map(({ path }) => path))}`);
  }

  async stop(): Promise<void> {
    await this.tc.close();
    await this.gateway.close();
  }
}

/** Starts the direct way for the tests of a file. A test that logs an unexpected error fails. */
export function useDirectWay(): () => DirectWay {
  let way: DirectWay | undefined;
  const current = () => {
    if (!way) throw new Error('only tests may use the direct way');
    return way;
  };
  beforeAll(async () => {
    way = await DirectWay.start();
  });
  beforeEach(() => current().reset());
  afterEach(() => current().expectNoErrors());
  afterAll(() => way?.stop());
  return current;
}

/** Runs a test on a direct way of its own, so that tests may run in parallel. Fails it if it logs an unexpected error. */
export async function withDirectWay(test: (way: DirectWay) => Promise<void>): Promise<void> {
  const way = await DirectWay.start();
  try {
    await test(way);
    way.expectNoErrors();
  } finally {
    await way.stop();
  }
}
