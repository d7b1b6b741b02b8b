import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

const invocations = new AsyncLocalStorage<string>();

type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** Adds Lambda's request id, which is in Lambda's own log lines too, to every log line of an invocation. */
export function perInvocation<E, R>(handler: Handler<E, R>): Handler<E, R> {
  return (event, context) => invocations.run(context.awsRequestId, () => handler(event, context));
}

/** The request id of the current invocation; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return invocations.getStore();
}
