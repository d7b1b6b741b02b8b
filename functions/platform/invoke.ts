import { callAws } from './aws.ts';

/** Starts another run of a Lambda function, without waiting for it (InvocationType Event). */
export type Invoke = (payload: unknown) => Promise<void>;

/**
 * @param functionName of the function itself; its role may invoke that one and no other
 * @param endpoint of another Lambda than AWS's, for local runs
 */
export function lambdaInvoker(functionName: string, endpoint: string | undefined): Invoke {
  return async (payload) => {
    await callAws({
      service: 'lambda',
      endpoint,
      path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
      body: JSON.stringify(payload),
    });
  };
}
