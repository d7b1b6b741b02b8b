/**
 * The worker function in a process of its own, to be killed: started by doomed-worker.ts, imports everything, and
 * performs one drain run when it is told the environment.
 */
import type { Context } from 'aws-lambda';
import { handler } from '../../functions/worker/handler.ts';
import { isRecord } from '../../local/push/taskcluster-yml.ts';

process.once('message', (environment) => {
  if (!isRecord(environment)) throw new TypeError('the environment must be an object');
  for (const [name, value] of Object.entries(environment)) process.env[name] = String(value);
  void handler({ mode: 'drain' }, context()).then(() => process.exit(0));
});

function context(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'worker',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-west-2:123456789012:function:worker',
    memoryLimitInMB: '512',
    awsRequestId: 'local',
    logGroupName: 'worker',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => 180_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
