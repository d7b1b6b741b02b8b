import { createHandler as createTrigger } from '../../functions/trigger/handler.ts';
import { createHandler as createWorker } from '../../functions/worker/handler.ts';
import { startGateway } from '../support/gateway.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { POLL_MS, type Functions, type FunctionsOptions } from './functions.ts';

/** The exported handlers, in the test's own process. */
export async function startFunctionsHere({ rootUrl, deployment, log }: FunctionsOptions): Promise<Functions> {
  const gateway = await startGateway();
  const both = {
    rootUrl,
    artifactHosts: [],
    graphBytes: 512 * 1024 * 1024,
    fastActions: deployment.fastActions,
  };
  let killed: ReadonlySet<string> = new Set();
  const functions: Functions = {
    url: gateway.url,
    configure: async (killSwitch) => {
      killed = new Set(killSwitch);
      gateway.handler = createTrigger(
        {
          ...both,
          killSwitch: killed,
          credentials: deployment.trigger,
          publicUrls: [new URL(gateway.url)],
          hooksRootUrl: rootUrl,
        },
        log,
      );
    },
    work: async (resolved) => {
      const worker = createWorker(
        {
          ...both,
          killSwitch: killed,
          credentials: deployment.worker,
          taskQueueIds: [deployment.retriggerQueue],
          workerGroup: deployment.trustDomain,
          workerId: 'worker',
          maxDrains: 0,
          functionName: 'worker',
          lambdaEndpoint: undefined,
        },
        log,
      );
      // On a busy machine, the time for its one poll may be over before it begins.
      for (let claimed = 0; claimed === 0;) {
        const summary = await worker({ mode: 'poll', pollMs: POLL_MS }, lambdaContext('worker', 120_000));
        claimed = Object.values(summary).reduce((sum, count) => sum + count, 0);
      }
      await resolved();
    },
    stop: () => gateway.close(),
  };
  await functions.configure([]);
  return functions;
}
