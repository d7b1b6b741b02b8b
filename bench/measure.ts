import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { HookName } from '../functions/tasks/hook-name.ts';
import { inTreeActionHook } from '../local/push/taskcluster-yml.ts';
import { generatePush } from '../local/push/generate.ts';
import type { Push } from '../local/push/push.ts';
import { trustDomain } from '../local/push/repository.ts';
import { seedDeployment, type Deployment } from '../local/seed/deployment.ts';
import { wrapSeededHooks } from '../local/seed/wrap-hooks.ts';
import type { Call, LocalTaskcluster } from '../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../local/taskcluster/server.ts';
import { Hooks, Queue } from '../local/treeherder/client.ts';
import { payloadOf, withEarlierRetriggers, type Case } from './cases.ts';
import { sequentialDepth } from './depth.ts';
import type { HostStats } from './function-host.ts';

export type Way = 'direct' | 'queued';

/** One line of the table. Calls, depth and bytes do not vary from run to run; the rest does. */
export interface Row {
  way: Way;
  size: number;
  latencyMs: number;
  case: string;
  /** The first call in a new process, or the same call again in that process. */
  start: 'cold' | 'warm';
  calls: number;
  depth: number;
  /** Bodies of all answers. */
  bytesRead: number;
  /** Direct: time of the call to triggerHook. Queued: from claimed to resolved. */
  wallMs: number;
  /** wallMs ÷ (depth × latency); null without latency. */
  overRoundTrips: number | null;
  peakRssMb: number;
  eventLoopMs: number;
}

/** A local Taskcluster with a push in it, for all cases of one size. */
export interface Stage {
  taskcluster: LocalTaskcluster;
  deployment: Deployment;
  push: Push;
  hook: HookName;
  /** Additional settings of the functions. */
  settings: Record<string, string>;
}

/** How the push or the deployment differs from the default. */
interface StageOptions {
  marked?: boolean;
  fastActions?: readonly string[];
}

export async function setStage(
  size: number,
  earlier: number,
  { marked = true, fastActions }: StageOptions = {},
): Promise<Stage> {
  // The queue's interval of a second would only add noise: we cannot make that wait shorter.
  const taskcluster = await startLocalTaskcluster({ claimLookMs: 5, longPollMs: 200 });
  const deployment = await seedDeployment(taskcluster);
  await wrapSeededHooks(taskcluster, deployment, fastActions);
  const generated = generatePush({ size, marked, rootUrl: taskcluster.rootUrl, now: new Date() });
  const push = earlier > 0 ? withEarlierRetriggers(generated, earlier) : generated;
  taskcluster.loadPush(push);
  const settings: Record<string, string> = fastActions
    ? { FAST_ACTIONS: fastActions.map((name) => `${trustDomain}/${name}`).join(',') }
    : {};
  return { taskcluster, deployment, push, hook: inTreeActionHook(3, 'generic'), settings };
}

/** Measures a case, first cold and then warm. */
export async function measure(
  stage: Stage,
  way: Way,
  latencyMs: number,
  size: number,
  one: Case,
): Promise<Row[]> {
  const { taskcluster } = stage;
  const host = await startHost(way === 'direct' ? 'trigger' : 'worker', stage, stage.settings);
  const rows: Row[] = [];
  try {
    for (const start of ['cold', 'warm'] as const) {
      if (one.callback === 'rerun') await makeRerunnable(stage, one);
      taskcluster.setLatency(latencyMs);
      const calls = way === 'direct' ? await runDirect(stage, host, one) : await runQueued(stage, host, one);
      taskcluster.setLatency(0);
      const { peakRssMb, eventLoopMs } = await host.stats();
      const depth = sequentialDepth(calls);
      const begun = way === 'direct' ? Math.min(...calls.map((call) => call.startMs)) : claimedAt(calls);
      const wallMs = Math.max(...calls.map(({ endMs }) => endMs)) - begun;
      rows.push({
        way,
        size,
        latencyMs,
        case: one.name,
        start,
        calls: calls.length,
        depth,
        bytesRead: calls.reduce((sum, { bytes }) => sum + bytes, 0),
        wallMs,
        overRoundTrips: latencyMs > 0 ? wallMs / (depth * latencyMs) : null,
        peakRssMb,
        eventLoopMs,
      });
    }
  } finally {
    await host.stop();
  }
  return rows;
}

async function runDirect(
  { taskcluster, deployment, push, hook }: Stage,
  host: Host,
  one: Case,
): Promise<Call[]> {
  taskcluster.setFunctionsUrl(host.url);
  taskcluster.clearCalls();
  const hooks = new Hooks({ rootUrl: taskcluster.rootUrl, credentials: deployment.user, retries: 0 });
  await hooks.triggerHook(hook.hookGroupId, hook.hookId, payloadOf(push, one));
  return ownCalls(taskcluster);
}

async function runQueued(
  { taskcluster, deployment, push, hook }: Stage,
  host: Host,
  one: Case,
): Promise<Call[]> {
  const hooks = new Hooks({ rootUrl: taskcluster.internalRootUrl, credentials: deployment.user, retries: 0 });
  const triggered: unknown = await hooks.triggerHook(hook.hookGroupId, hook.hookId, payloadOf(push, one));
  if (!JSON.stringify(triggered).includes('taskId'))
    throw new Error(`no action task: ${JSON.stringify(triggered)}`);
  taskcluster.clearCalls();
  // Slow actions do not reach our queue: the wrapped hook itself renders the full action task.
  if (one.callback === 'backfill') return [];
  await host.poll();
  return ownCalls(taskcluster).filter(({ method, bytes }) => method !== 'claimWork' || bytes > 100);
}

/** An earlier rerun made the task pending; after canceling it, it can be rerun again. */
async function makeRerunnable({ taskcluster, push }: Stage, one: Case): Promise<void> {
  const queue = new Queue({ rootUrl: taskcluster.rootUrl, credentials: taskcluster.credentials });
  const { taskId } = one.input(push);
  const status: unknown = await queue.status(taskId);
  if (JSON.stringify(status).includes('"state":"pending"')) await queue.cancelTask(taskId);
}

function ownCalls(taskcluster: LocalTaskcluster): Call[] {
  // A process pings before its first action, to warm up.
  return taskcluster.calls().filter(({ service, method }) => service !== 'functions' && method !== 'ping');
}

function claimedAt(calls: readonly Call[]): number {
  return calls.find(({ method }) => method === 'claimWork')?.endMs ?? 0;
}

export interface Host {
  url: string;
  stats(): Promise<HostStats>;
  poll(): Promise<void>;
  stop(): Promise<void>;
}

export async function startHost(
  name: 'trigger' | 'worker',
  { taskcluster, deployment }: Pick<Stage, 'taskcluster' | 'deployment'>,
  settings: Record<string, string> = {},
): Promise<Host> {
  const { clientId, accessToken } = deployment[name];
  const child = fork(new URL('./function-host.ts', import.meta.url), [name], {
    // Ignores the functions' log on standard output.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // As deployed (infra/stages): a small young generation costs no time here, and saves 70 MB with a thousand tasks.
    execArgv: ['--no-deprecation', '--max-semi-space-size=4'],
    env: {
      TASKCLUSTER_ROOT_URL: taskcluster.rootUrl,
      TASKCLUSTER_CLIENT_ID: clientId,
      TASKCLUSTER_ACCESS_TOKEN: accessToken,
      HOOKS_ROOT_URL: taskcluster.internalRootUrl,
      TASK_QUEUES: `${trustDomain}-3/retrigger`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      ...settings,
    },
  });
  const { url = '' } = await answerOf<{ url?: string }>(child);
  return {
    url,
    stats: async () => {
      child.send({ stats: true });
      return answerOf<HostStats>(child);
    },
    poll: async () => {
      child.send({ poll: 100 });
      await answerOf(child);
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the function host ended unexpectedly');
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}
