import { randomUUID } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isTaskclusterError } from '../ports/error.ts';
import { ApiError } from '../platform/api-error.ts';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { parseJson } from '../platform/json.ts';
import type { Log } from '../platform/log.ts';

/**
 * Answers errors as a Taskcluster service does: `{code, message, requestInfo}`, with the technical block at the end of
 * the message (lib-api). Other errors are logged, and answered with 500 and no details.
 *
 * @param method the API method's name
 * @param paramsOf the method's parameters, if the event has them
 */
export function taskclusterErrors(
  method: string,
  log: Log,
  paramsOf: (event: APIGatewayProxyEventV2) => object | undefined,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const { error } = request;
      const shown = toApiError(error, log);
      const { code, statusCode, message } = shown;
      if (statusCode < 500) log.event('request-refused', { code, statusCode, message });
      const time = new Date().toJSON();
      const block = [
        `* method:     ${method}`,
        `* errorCode:  ${code}`,
        `* statusCode: ${statusCode}`,
        `* time:       ${time}`,
      ].join('\n');
      request.response = {
        statusCode,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({
          code,
          message: `${message}\n\n---\n\n${block}`,
          requestInfo: {
            method,
            params: boundedValues(paramsOf(request.event) ?? {}),
            payload: payloadOf(request.event),
            time,
          },
        }),
      };
    },
  };
}

/**
 * The error for the caller; logs what only we should know. A 5xx only happens before the first write: results of writes
 * are in the answer, and a forward in doubt is a 4xx, so that clients do not retry it.
 */
function toApiError(error: unknown, log: Log): ApiError {
  if (error instanceof ApiError) return error;
  const incidentId = randomUUID();
  if (isTaskclusterError(error)) {
    const { method, statusCode, code } = error;
    log.event('taskcluster-failed', { method, statusCode, code, incidentId });
    const text =
      `A call to Taskcluster failed (${method}: ${code}). Nothing was done, so please retry. ` +
      `If it keeps failing, report incidentId ${incidentId}.`;
    return new ApiError('InternalServerError', text);
  }
  log.unexpected(error, incidentId);
  return new ApiError('InternalServerError', `Internal Server Error, incidentId ${incidentId}.`);
}

/** The caller's payload, if it can be parsed and is short; must not throw again. */
function payloadOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  // serverless-offline passes null if a request has no body.
  if (typeof body !== 'string' || isBase64Encoded || body.length > TEXT_LIMITS.echo) return {};
  try {
    return parseJson(body);
  } catch {
    return {};
  }
}

function boundedValues(params: object): object {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, bounded(String(value), TEXT_LIMITS.name)]),
  );
}
