import { freePort, startFunctions, type RunningFunctions } from '../../local/functions.ts';
import { fastActionsSetting, POLL_MS, type Functions, type FunctionsOptions } from './functions.ts';

/** The deployed bundles, run by serverless-offline as Lambda would. */
export async function startOfflineFunctions(options: FunctionsOptions): Promise<Functions> {
  const { deployment, rootUrl, onLine } = options;
  const { trigger, worker, retriggerQueue, trustDomain } = deployment;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = (killSwitch: readonly string[]): Promise<RunningFunctions> =>
    startFunctions(
      {
        TASKCLUSTER_ROOT_URL: rootUrl,
        HOOKS_ROOT_URL: rootUrl,
        PUBLIC_URLS: url,
        KILL_SWITCH: killSwitch.join(','),
        FAST_ACTIONS: fastActionsSetting(deployment),
        TRIGGER_CLIENT_ID: trigger.clientId,
        TRIGGER_ACCESS_TOKEN: trigger.accessToken,
        WORKER_CLIENT_ID: worker.clientId,
        WORKER_ACCESS_TOKEN: worker.accessToken,
        TASK_QUEUES: retriggerQueue,
        WORKER_GROUP: trustDomain,
        // The suite would not wait for another run, which could claim tasks of the next case.
        MAX_DRAINS: '0',
        // The AWS SDK needs credentials; serverless-offline accepts any.
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: 'us-west-2',
      },
      onLine,
      port,
    );
  let running = await start([]);
  return {
    url,
    configure: async (killSwitch) => {
      await running.stop();
      running = await start(killSwitch);
    },
    work: async (resolved) => {
      await running.invoke('worker', { mode: 'poll', pollMs: POLL_MS });
      await resolved();
    },
    stop: () => running.stop(),
  };
}
