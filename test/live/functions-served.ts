import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../local/functions.ts';
import { fastActionsSetting, type Functions, type FunctionsOptions } from './functions.ts';

const ROOT = new URL('../..', import.meta.url);

/** `npm run serve`: one process for the direct way, and one for the queued way whenever there is work. */
export async function startServedFunctions(options: FunctionsOptions): Promise<Functions> {
  const { deployment, rootUrl } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let killSwitch: readonly string[] = [];
  const serve = (way: 'trigger' | 'worker', env: Record<string, string>) => {
    const { clientId, accessToken } = deployment[way];
    return start(['--only', way], options, {
      ...env,
      TASKCLUSTER_ROOT_URL: rootUrl,
      TASKCLUSTER_CLIENT_ID: clientId,
      TASKCLUSTER_ACCESS_TOKEN: accessToken,
      KILL_SWITCH: killSwitch.join(','),
      FAST_ACTIONS: fastActionsSetting(deployment),
    });
  };
  const serveTrigger = () =>
    serve('trigger', { PORT: String(port), PUBLIC_URLS: url, HOOKS_ROOT_URL: rootUrl });
  let trigger = await serveTrigger();
  return {
    url,
    configure: async (killed) => {
      killSwitch = killed;
      await stop(trigger);
      trigger = await serveTrigger();
    },
    work: async (resolved) => {
      const worker = await serve('worker', {
        PORT: '0',
        TASK_QUEUES: deployment.retriggerQueue,
        WORKER_GROUP: deployment.trustDomain,
      });
      try {
        await resolved();
      } finally {
        // It waits for its long poll, so that none is left to claim tasks of the next case.
        await stop(worker);
      }
    },
    stop: () => stop(trigger),
  };
}

/** Resolves once it listens. */
async function start(
  args: string[],
  { onLine }: FunctionsOptions,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['functions/serve/main.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const { promise: serving, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line);
      onLine(line);
      if (line.includes('"serving"')) resolve();
    });
  }
  child.once('exit', () => reject(new Error(`serve has ended:\n${printed.join('\n')}`)));
  await serving;
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
