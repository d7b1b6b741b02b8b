import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Deployment } from '../../local/seed/deployment.ts';
import { startServer } from './local-server.ts';
import { TASK_QUEUE, type QueuedWay } from './queued-way.ts';
import { relay } from './relay.ts';

/**
 * A worker in a separate process that gets a signal at one of its API calls. That call does not arrive. After SIGKILL,
 * Taskcluster sees nothing more; after SIGTERM, it sees how the process ends its run.
 */
export class DoomedWorker {
  readonly #child: ChildProcess;

  /** Starts the process, which takes a while; the next one may be started before this one runs. */
  constructor() {
    this.#child = fork(new URL('./worker-process.ts', import.meta.url), { silent: true, execArgv: [] });
  }

  /**
   * Performs one drain run.
   *
   * @param nth the API call at which the process gets the signal, 1 for the first
   * @returns whether it got the signal before its run ended
   */
  async run(
    { tc, deployment }: QueuedWay,
    nth: number,
    signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
  ): Promise<boolean> {
    let arrived = 0;
    let killed = false;
    const relays: Promise<void>[] = [];
    const proxy = await startServer((request, response) => {
      arrived++;
      if (arrived === nth) {
        killed = true;
        this.#child.kill(signal);
        return;
      }
      if (killed && signal === 'SIGKILL') return;
      // The answer is for a process that is gone.
      relays.push(relay(tc.rootUrl, request, response).catch(() => void response.destroy()));
    });
    const gone = once(this.#child, 'exit');
    this.#child.send(environmentOf(deployment, proxy.url));
    await gone;
    // A long poll of the dead process may still claim something, which expires like its other claims.
    await Promise.all(relays);
    if (!killed && this.#child.exitCode !== 0)
      throw new Error(`the worker ended with ${this.#child.exitCode}`);
    await proxy.close();
    return killed;
  }

  /** For a process that was never told to run. */
  async discard(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

function environmentOf({ worker }: Deployment, rootUrl: string): Record<string, string> {
  return {
    TASKCLUSTER_ROOT_URL: rootUrl,
    TASKCLUSTER_CLIENT_ID: worker.clientId,
    TASKCLUSTER_ACCESS_TOKEN: worker.accessToken,
    TASK_QUEUES: TASK_QUEUE,
    AWS_LAMBDA_FUNCTION_NAME: 'worker',
  };
}
