import type { Context } from 'aws-lambda';

/** What Lambda would tell a function of its run; ours look at nothing but the time that is left. */
export function runContext(functionName: string, timeoutMs: number): Context {
  const end = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '',
    invokedFunctionArn: '',
    memoryLimitInMB: '',
    awsRequestId: '',
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => end - performance.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
