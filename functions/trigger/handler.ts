import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { taskclusterErrors } from './http-errors.ts';
import { ApiError } from '../platform/api-error.ts';
import { lambdaHandler, type WarmUp } from '../platform/lambda-handler.ts';
import { within, type Deadlines } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { loadTriggerSettings, type TriggerSettings } from '../platform/settings.ts';
import { countingApiCalls } from '../platform/api-calls.ts';
import { readPath, readRequest } from './request.ts';
import { createServices } from './services.ts';
import { trigger } from './trigger.ts';

/**
 * The share of an invocation's time at which each phase must be done. Of Lambda's 29 s, this gives 17 s to read and
 * decide, 10 s to write or forward, and one to look up the result. A gateway that gives up answers 5xx, which clients
 * retry, so we must answer before that.
 */
const SHARES: Deadlines = { reading: 0.6, writing: 0.94, looking: 0.98 };

/**
 * If it is still busy after all that, it answers just before Lambda ends it, with no 5xx, which clients would retry.
 */
const LAST_MS = 50;
const OVERDUE = 'This took too long, so it is not known what was done. Check the push before you retrigger.';

/** The `trigger` function for given settings and log. */
export function createHandler(settings: TriggerSettings, log: Log): Handler & WarmUp {
  const services = createServices(settings, log);
  const handle = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: LAST_MS,
    timeoutEarlyResponse: () => {
      throw new ApiError('InputError', OVERDUE);
    },
  })
    .use(
      // Like Taskcluster's own services: any origin is allowed, since credentials are never in cookies.
      httpCors({
        origins: ['*'],
        methods: 'OPTIONS,POST',
        headers: 'X-Requested-With,Content-Type,Authorization,Accept,Origin,Cache-Control',
        maxAge: 900,
        disableBeforePreflightResponse: false,
      }),
    )
    .use(taskclusterErrors('triggerHook', log, (event) => readPath(event.rawPath)))
    .handler(async (event, context) => {
      const request = readRequest(event, settings.publicUrls);
      const deadlines = deadlinesOf(context.getRemainingTimeInMillis(), Date.now());
      const answer = await within(deadlines.looking, () =>
        countingApiCalls(() => trigger(request, services, deadlines)),
      );
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(answer),
      };
    });
  return Object.assign(handle, { warmUp: () => services.warmUp() });
}

/** @param left ms of the invocation */
export function deadlinesOf(left: number, now: number): Deadlines {
  const after = (share: number) => now + left * share;
  const { reading, writing, looking } = SHARES;
  return { reading: after(reading), writing: after(writing), looking: after(looking) };
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** The entry point for Lambda. */
export const handler: Handler = lambdaHandler('trigger', loadTriggerSettings, createHandler);
