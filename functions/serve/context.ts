import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** What Lambda would tell a function of its run; ours look at the time that is left, and log the request's id. */
export function runContext(functionName: string, timeoutMs: number): Context {
  const end = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '',
    invokedFunctionArn: '',
    memoryLimitInMB: '',
    awsRequestId: randomUUID(),
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => end - performance.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
