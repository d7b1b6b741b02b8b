import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { taskclusterErrors } from '../platform/http-errors.ts';
import { consoleSink, Log } from '../platform/log.ts';
import { loadTriggerSettings, type TriggerSettings } from '../platform/settings.ts';
import { readPath, readRequest } from './request.ts';
import { createServices } from './services.ts';
import { trigger } from './trigger.ts';

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
    .handler(async (event) => {
      const answer = await trigger(readRequest(event, settings.publicUrls), services);
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

let ready: Handler | undefined;

/** What Lambda calls. Settings are read at the first call, so that a wrong one is an answer and not a crash. */
export const handler: Handler = (event, context) => {
  ready ??= createHandler(loadTriggerSettings(process.env), new Log(consoleSink));
  return ready(event, context);
};
