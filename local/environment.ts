import { FAST_ACTIONS } from '../functions/platform/fast-actions.ts';
import { startFunctions, type RunningFunctions } from './functions.ts';
import { generatePush } from './push/generate.ts';
import { jobLog } from './push/job-log.ts';
import { Forwards } from './forwards.ts';
import { readPushDir } from './push/load.ts';
import type { Push } from './push/push.ts';
import { trustDomain } from './push/repository.ts';
import { seedDeployment, type Deployment } from './seed/deployment.ts';
import { wrapSeededHooks } from './seed/wrap-hooks.ts';
import type { LocalTaskcluster } from './taskcluster/api.ts';
import { startLocalTaskcluster } from './taskcluster/server.ts';

export interface EnvironmentOptions {
  /** Port of the root URL; 0 takes any free one. */
  port: number;
  /** Milliseconds added to every API call. */
  latencyMs: number;
  /** A push to load from a directory, or the number of tasks of one to generate, and whether they are marked. */
  push: { dir: string } | { size: number; marked?: boolean };
  /** Whether the functions run, and the ingress sends triggers to them. */
  functions: boolean;
  /** Called with each line that the functions print. */
  onLine?: (line: string) => void;
}

/** A local Taskcluster with a push, and the functions if wanted. */
export interface Environment {
  taskcluster: LocalTaskcluster;
  deployment: Deployment;
  push: Push;
  /** The hook that the push's actions name. */
  hook: Deployment['hooks'][number]['hook'];
  functions: RunningFunctions | undefined;
  /** The forwards that the functions have logged so far. */
  forwards: Forwards;
  stop(): Promise<void>;
}

export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const taskcluster = await startLocalTaskcluster({ port: options.port });
  try {
    const deployment = await seedDeployment(taskcluster);
    const [seeded] = deployment.hooks.filter(({ level }) => level === 3);
    if (!seeded) throw new Error('the deployment has no hook of level 3');
    const push = await makePush(options.push, taskcluster.rootUrl);
    taskcluster.loadPush(push);
    if ('size' in options.push) addLogs(taskcluster, push);
    await wrapSeededHooks(taskcluster, deployment, FAST_ACTIONS);
    const forwards = new Forwards();
    const onLine = (line: string) => {
      forwards.read(line);
      options.onLine?.(line);
    };
    const functions = options.functions
      ? await startFunctions(functionSettings(taskcluster, deployment), onLine)
      : undefined;
    if (functions) {
      taskcluster.setFunctionsUrl(functions.url);
      await warmUp(functions.url);
      // The schedule would start it within a minute.
      await functions.invoke('worker');
    }
    taskcluster.setLatency(options.latencyMs);
    taskcluster.clearCalls();
    return {
      taskcluster,
      deployment,
      push,
      hook: seeded.hook,
      functions,
      forwards,
      stop: async () => {
        await functions?.stop();
        await taskcluster.close();
      },
    };
  } catch (error) {
    await taskcluster.close();
    throw error;
  }
}

async function makePush(source: EnvironmentOptions['push'], rootUrl: string): Promise<Push> {
  return 'dir' in source ? readPushDir(source.dir) : generatePush({ ...source, rootUrl, now: new Date() });
}

/** Generated pushes come without logs: only people at the page read them. */
function addLogs(taskcluster: LocalTaskcluster, push: Push): void {
  for (const [taskId, task] of Object.entries(push.tasks)) {
    if (task.state !== 'completed' && task.state !== 'failed') continue;
    taskcluster.plantArtifact(taskId, 'public/logs/live_backing.log', {
      bytes: Buffer.from(jobLog(taskId, task)),
      contentType: 'text/plain; charset=utf-8',
    });
  }
}

/** What serverless.yml takes from the environment. Each function has its own client, with only the scopes it needs. */
function functionSettings(
  { rootUrl, internalRootUrl }: LocalTaskcluster,
  { trigger, worker, hooks }: Deployment,
): Record<string, string> {
  return {
    TASKCLUSTER_ROOT_URL: rootUrl,
    HOOKS_ROOT_URL: internalRootUrl,
    TRIGGER_CLIENT_ID: trigger.clientId,
    TRIGGER_ACCESS_TOKEN: trigger.accessToken,
    WORKER_CLIENT_ID: worker.clientId,
    WORKER_ACCESS_TOKEN: worker.accessToken,
    TASK_QUEUES: hooks.map(({ level }) => `${trustDomain}-${level}/retrigger`).join(','),
    FAST_ACTIONS: FAST_ACTIONS.map((name) => `${trustDomain}/${name}`).join(','),
    // The AWS SDK needs credentials; serverless-offline accepts any.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-west-2',
  };
}

/** Makes serverless-offline load the function, so that the first trigger meets a warm one. */
async function warmUp(functionsUrl: string): Promise<void> {
  const response = await fetch(`${functionsUrl}/api/hooks/v1/hooks/warm/up/trigger`, { method: 'POST' });
  await response.text();
}
