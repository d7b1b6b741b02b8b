import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { taskclusterErrors } from './http-errors.ts';
import { lambdaHandler } from '../platform/lambda-handler.ts';
import type { Log } from '../platform/log.ts';
import { loadTriggerSettings, type TriggerSettings } from '../platform/settings.ts';
import { countingApiCalls } from '../platform/api-calls.ts';
import { readPath, readRequest } from './request.ts';
import { createServices } from './services.ts';
import { trigger } from './trigger.ts';

/** Kept for the answer: what is not done by then is said to be so. */
const ANSWER_MS = 2_000;

/** The `trigger` function over given settings and log. */
export function createHandler(settings: TriggerSettings, log: Log): Handler {
  const services = createServices(settings, log);
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(
      // As Taskcluster's own services answer browsers: any origin, since no cookie carries the credentials.
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
      const { promise: outOfTime, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, context.getRemainingTimeInMillis() - ANSWER_MS);
      const answer = await countingApiCalls(() => trigger(request, services, outOfTime)).finally(() =>
        clearTimeout(timer),
      );
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(answer),
      };
    });
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What Lambda calls. */
export const handler: Handler = lambdaHandler('trigger', loadTriggerSettings, createHandler);
