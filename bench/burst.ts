/**
 * `npm run burst`: many retriggers at once, each way, on a local Taskcluster with latency, with several `npm run serve`
 * processes. Prints how long they took, and fails if one was lost or done twice.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { CommandError, runCommand, UsageError } from '../cli/command.ts';
import { generatePush } from '../local/push/generate.ts';
import type { Push } from '../local/push/push.ts';
import { isObject } from '../functions/tasks/shapes.ts';
import { seedDeployment, type Deployment } from '../local/seed/deployment.ts';
import { wrapSeededHooks } from '../local/seed/wrap-hooks.ts';
import type { Call, LocalTaskcluster } from '../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../local/taskcluster/server.ts';
import { pressRetrigger } from '../local/treeherder/button.ts';
import { listen } from '../test/support/local-server.ts';
import type { Way } from './measure.ts';

/** As in the real queue. Long polls are shorter, since serve waits for an open one before it ends. */
const LOOK_MS = 1_000;
const LONG_POLL_MS = 2_000;
const END_MS = 120_000;

interface Burst {
  way: Way;
  actions: number;
  processes: number;
  latencyMs: number;
  /** Ends the processes, whatever is under way. */
  signal?: AbortSignal;
}

interface BurstResult {
  /** Actions that created nothing, or more than requested. */
  lost: number;
  doubled: number;
  calls: number;
  /** Click → created, ms, of each action. */
  waits: number[];
}

/**
 * Presses the retrigger button once for each of `actions` jobs, all at the same time, and waits until all new jobs
 * exist.
 */
export async function burst({ way, actions, processes, latencyMs, signal }: Burst): Promise<BurstResult> {
  const taskcluster = await startLocalTaskcluster({ claimLookMs: LOOK_MS, longPollMs: LONG_POLL_MS });
  const servers: Served[] = [];
  try {
    const deployment = await seedDeployment(taskcluster);
    await wrapSeededHooks(taskcluster, deployment);
    const size = Math.max(200, actions * 4);
    const push = generatePush({ size, rootUrl: taskcluster.rootUrl, now: new Date() });
    taskcluster.loadPush(push);
    const labels = labelsOf(push, actions);
    const started = Array.from({ length: processes }, (_, index) =>
      startServe(way, index, taskcluster, deployment, signal),
    );
    servers.push(...(await Promise.all(started)));
    const balancer = await balance(servers.map(({ port }) => port));
    if (way === 'direct') taskcluster.setFunctionsUrl(balancer.url);
    taskcluster.setLatency(latencyMs);
    taskcluster.clearCalls();

    const clicks = labels.map((label) => press(taskcluster, deployment, push, label));
    await Promise.all(clicks);
    await taskcluster
      .until(() => createdOf(taskcluster, labels).size === labels.length, END_MS)
      .catch(() => undefined);
    // This leaves time for anything to be done twice: serve finishes what it has claimed before it ends.
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await balancer.close();
    return resultOf(taskcluster, labels);
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
    await taskcluster.close();
  }
}

/** Labels of cloneable tests, each once. */
function labelsOf({ tasks }: Push, wanted: number): string[] {
  const labels = Object.values(tasks)
    .filter(({ task: { tags } }) => isObject(tags) && tags['kind'] === 'test' && tags['retrigger'] === 'true')
    .map(({ label }) => label);
  const distinct = [...new Set(labels)].slice(0, wanted);
  if (distinct.length < wanted) throw new Error(`the push has only ${distinct.length} tests`);
  return distinct;
}

async function press(
  { rootUrl }: LocalTaskcluster,
  { user }: Deployment,
  { decisionTaskId }: Push,
  label: string,
): Promise<void> {
  await pressRetrigger({ rootUrl, userCredentials: user, decisionTaskId }, { labels: [label] });
}

/** The successful createTask calls for these labels. */
function createdOf(taskcluster: LocalTaskcluster, labels: readonly string[]): Map<string, Call[]> {
  const wanted = new Set(labels);
  const created = new Map<string, Call[]>();
  for (const call of taskcluster.calls()) {
    if (call.method !== 'createTask' || call.status !== 200) continue;
    const name = nameOf(call.body);
    if (name !== undefined && wanted.has(name)) created.set(name, [...(created.get(name) ?? []), call]);
  }
  return created;
}

function resultOf(taskcluster: LocalTaskcluster, labels: readonly string[]): BurstResult {
  const created = createdOf(taskcluster, labels);
  const clickedMs = new Map<string, number>();
  for (const call of taskcluster.calls()) {
    if (call.method !== 'triggerHook') continue;
    const text = JSON.stringify(call.body);
    const label = labels.find((candidate) => text.includes(`${JSON.stringify(candidate)}]`));
    if (label !== undefined) clickedMs.set(label, Math.min(call.startMs, clickedMs.get(label) ?? Infinity));
  }
  return {
    lost: labels.filter((label) => !created.has(label)).length,
    doubled: [...created.values()].filter((calls) => new Set(calls.map(({ path }) => path)).size > 1).length,
    calls: taskcluster.calls().filter(({ service }) => service !== 'functions').length,
    waits: [...created].map(([label, [call]]) => (call?.endMs ?? Infinity) - (clickedMs.get(label) ?? 0)),
  };
}

function nameOf(body: unknown): string | undefined {
  const metadata = isObject(body) ? body['metadata'] : undefined;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

interface Served {
  child: ChildProcess;
  port: number;
  stop(): Promise<void>;
}

async function startServe(
  way: Way,
  index: number,
  { rootUrl, internalRootUrl }: LocalTaskcluster,
  deployment: Deployment,
  signal: AbortSignal | undefined,
): Promise<Served> {
  const name = way === 'direct' ? 'trigger' : 'worker';
  const { clientId, accessToken } = deployment[name];
  const child = spawn(process.execPath, ['functions/serve/main.ts', '--only', name], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(signal ? { signal, killSignal: 'SIGKILL' as const } : {}),
    env: {
      ...process.env,
      PORT: '0',
      TASKCLUSTER_ROOT_URL: rootUrl,
      HOOKS_ROOT_URL: internalRootUrl,
      TASKCLUSTER_CLIENT_ID: clientId,
      TASKCLUSTER_ACCESS_TOKEN: accessToken,
      TASK_QUEUES: 'gecko-3/retrigger',
      WORKER_ID: `burst-${index}`,
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const port = /"event":"serving".*"address":"[^"]*:(\d+)"/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  child.on('error', reject);
  const ended = new Promise((resolveEnd) => child.once('exit', resolveEnd));
  void ended.then(() => reject(new Error('serve ended unexpectedly')));
  return {
    child,
    port: await promise,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A load balancer: sends each connection to the next port. */
async function balance(ports: readonly number[]): Promise<{ url: string; close(): Promise<void> }> {
  let next = 0;
  const server = createServer((client) => {
    const port = ports[next++ % ports.length];
    const upstream = connect(port ?? 0, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream])
      socket.on('error', () => {
        client.destroy();
        upstream.destroy();
      });
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

if (import.meta.main) {
  await runCommand(
    {
      script: 'burst',
      about: 'Retriggers many jobs at once, each way, with several processes; prints how long it took.',
      options: {
        actions: {
          type: 'string',
          value: 'N',
          default: '200',
          about: 'number of retriggers; 200 by default',
        },
        processes: {
          type: 'string',
          value: 'N',
          default: '4',
          about: 'number of serve processes; 4 by default',
        },
        latency: {
          type: 'string',
          value: 'MS',
          default: '30',
          about: 'latency of each API call; 30 by default',
        },
      },
    },
    async (values) => {
      const number = (name: 'actions' | 'processes' | 'latency', highest: number) => {
        const value = Number(values[name]);
        if (Number.isInteger(value) && value >= 0 && value <= highest) return value;
        throw new UsageError(`--${name} takes a whole number up to ${highest}, not ${values[name]}.`);
      };
      const actions = number('actions', 2_000);
      const processes = number('processes', 32);
      const latencyMs = number('latency', 10_000);
      const rows = [];
      for (const way of ['direct', 'queued'] as const) {
        const { lost, doubled, calls, waits } = await burst({ way, actions, processes, latencyMs });
        const sorted = waits.toSorted((a, b) => a - b);
        const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? NaN);
        rows.push({
          way,
          actions,
          processes,
          lost,
          doubled,
          calls,
          'p50 ms': at(0.5),
          'p95 ms': at(0.95),
          'max ms': at(1),
        });
      }
      console.table(rows);
      if (rows.some(({ lost, doubled }) => lost + doubled > 0))
        throw new CommandError('Actions were lost or done twice.');
    },
  );
}
