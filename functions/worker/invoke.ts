/** Starts another run of a Lambda function, without waiting for it (InvocationType Event). */
export type Invoke = (payload: unknown) => Promise<void>;

/**
 * @param functionName of the function itself; its role may invoke no other
 * @param endpoint of a Lambda other than AWS's, for local runs
 */
export function lambdaInvoker(functionName: string, endpoint: string | undefined): Invoke {
  let client: Promise<(payload: string) => Promise<unknown>> | undefined;
  const connect = async () => {
    // Only needed when a queue is full, and slow to import.
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    // mutant stays: the client takes an undefined endpoint as none, only its type does not
    const lambda = new LambdaClient(endpoint === undefined ? {} : { endpoint });
    return (payload: string) =>
      lambda.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'Event',
          Payload: Buffer.from(payload),
        }),
      );
  };
  return async (payload) => {
    client ??= connect();
    await (
      await client
    )(JSON.stringify(payload));
  };
}
