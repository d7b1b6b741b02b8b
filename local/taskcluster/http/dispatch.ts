import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Authentication, Authenticator } from '../auth/authenticate.ts';
import { ApiError, errorBody } from './api-error.ts';
import { authenticateRequest, checkScopes } from './authorize.ts';
import { isJson, parseJson } from './body.ts';
import type { ApiRequest, Endpoint, Reply } from './endpoint.ts';
import { PARAM_PATTERNS } from './params.ts';
import type { Match } from './router.ts';

/** A routed request whose body was read but not yet parsed. */
export interface Incoming {
  request: IncomingMessage;
  response: ServerResponse;
  match: Match;
  /** The body, or why it could not be read. */
  body: Buffer | Error;
  now: () => number;
  stopped: boolean;
  /** Called with the parsed body and the caller as soon as they are known. */
  seen(details: { body?: unknown; clientId?: string }): void;
}

/**
 * Performs an API call. Checks in the order of the real services: body, then scopes (if the URL alone determines them),
 * URL parameters, query, the body's schema, and the remaining scopes in the method.
 */
export async function perform(authenticator: Authenticator, incoming: Incoming): Promise<Reply> {
  const { match, now } = incoming;
  let payload: unknown = {};
  try {
    const text = textOf(incoming);
    payload = parseJson(text);
    const hasBody = text !== '';
    const authentication = authenticateRequest(authenticator, incoming.request, text);
    const clientId = authentication.status === 'auth-success' ? authentication.clientId : undefined;
    incoming.seen({ ...(hasBody ? { body: payload } : {}), ...(clientId === undefined ? {} : { clientId }) });
    const request = apiRequest(incoming, payload, authentication);
    if (match.endpoint.authorizeFirst) request.authorize(match.params);
    checkParams(match);
    checkQuery(match.endpoint, request.query);
    const contentType = incoming.request.headers['content-type'];
    if (match.endpoint.takesInput && !isJson(contentType)) {
      const got = contentType ?? 'null';
      const message = `Payload must be JSON with content-type: application/json got content-type: ${got}`;
      throw new ApiError('MalformedPayload', message);
    }
    return await match.endpoint.run(request);
  } catch (error) {
    const failed = { method: match.endpoint.name, params: match.params, payload, now: now() };
    return errorReply(error, failed);
  }
}

function errorReply(error: unknown, failed: Parameters<typeof errorBody>[3]): Reply {
  if (error instanceof ApiError) {
    const headers: Record<string, string> =
      error.code === 'AuthenticationFailed' ? { 'www-authenticate': 'hawk' } : {};
    return {
      status: error.status,
      headers,
      json: errorBody(error.code, error.status, error.message, failed),
    };
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message =
    `Internal Server Error, incidentId ${randomUUID()}. ` +
    `Error (not shown in production):\n\`\`\`\n${reason}\n\`\`\``;
  return { status: 500, json: errorBody('InternalServerError', 500, message, failed) };
}

function textOf({ body, request }: Incoming): string {
  if (body instanceof Error) throw body;
  return isJson(request.headers['content-type']) ? body.toString('utf8') : '';
}

function apiRequest(incoming: Incoming, body: unknown, authentication: Authentication): ApiRequest {
  const { request, response, match, stopped } = incoming;
  const { endpoint, params } = match;
  const closed = new AbortController();
  // The client may have left during the added latency.
  if (response.destroyed) closed.abort();
  response.once('close', () => closed.abort());
  return {
    param: (name) => {
      const value = params[name];
      if (value === undefined) throw new Error(`${endpoint.name} has no parameter ${name}`);
      return value;
    },
    query: queryOf(request.url ?? ''),
    body,
    headers: request.headers,
    authorize: (parameters) => checkScopes(authentication, endpoint.scopes, parameters),
    scopes: () => {
      if (authentication.status === 'auth-failed') {
        throw new ApiError('AuthenticationFailed', authentication.message);
      }
      return authentication.scopes;
    },
    clientId: () =>
      authentication.status === 'auth-success'
        ? authentication.clientId
        : `auth-failed:${authentication.status}`,
    closed: closed.signal,
    stopped,
  };
}

function queryOf(url: string): Record<string, string> {
  const at = url.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at + 1)));
}

function checkParams({ endpoint, params }: Match): void {
  const patterns = PARAM_PATTERNS[endpoint.service];
  const errors = Object.entries(params).flatMap(([name, value]) => {
    const pattern = patterns[name];
    // An optional parameter that was left out is empty.
    if (!pattern || value === '' || pattern.test(value)) return [];
    return [
      `URL parameter '${name}' given as '${value}' must match regular expression: '${pattern.toString()}'`,
    ];
  });
  if (errors.length > 0) {
    throw new ApiError('InvalidRequestArguments', `Invalid URL patterns:\n${errors.join('\n')}`);
  }
}

function checkQuery(endpoint: Endpoint, query: Readonly<Record<string, string>>): void {
  const errors = Object.entries(query).flatMap(([name, value]) => {
    const pattern = endpoint.query[name];
    if (!pattern) return [`Query-string parameter: ${name} is not supported!`];
    if (pattern.test(value)) return [];
    return [`Query-string parameter: ${name}="${value}" does not match expression: ${pattern.toString()}`];
  });
  if (errors.length > 0) throw new ApiError('InvalidRequestArguments', errors.join('\n'));
}
