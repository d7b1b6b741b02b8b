import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

const invocations = new AsyncLocalStorage<string>();

type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** Has every log line of an invocation tell the request id that Lambda has given it, and that Lambda's own lines tell. */
export function perInvocation<E, R>(handler: Handler<E, R>): Handler<E, R> {
  return (event, context) => invocations.run(context.awsRequestId, () => handler(event, context));
}

/** Of the invocation in which this is asked; undefined outside of any. */
export function currentRequestId(): string | undefined {
  return invocations.getStore();
}
