import type { IncomingMessage } from 'node:http';

import type { Authentication, Authenticator } from '../auth/authenticate.ts';
import { payloadHash, sameText } from '../auth/hawk.ts';
import { ScopeSet } from '../auth/scopes.ts';
import { ApiError } from './api-error.ts';
import {
  renderScopes,
  type ScopeExpression,
  type ScopeParameters,
  type ScopeTemplate,
} from './scope-expression.ts';

/** Authenticates a request by its headers and body, against the host and port that the client addressed. */
export function authenticateRequest(
  authenticator: Authenticator,
  request: IncomingMessage,
  text: string,
): Authentication {
  const { host, port } = addressOf(request);
  const result = authenticator.authenticate({
    method: (request.method ?? '').toLowerCase(),
    resource: request.url ?? '',
    host,
    port,
    authorization: request.headers.authorization,
  });
  if (result.status !== 'auth-success' || result.hash === undefined) return result;
  const computed = payloadHash(text, request.headers['content-type']);
  if (sameText(result.hash, computed)) return result;
  return {
    status: 'auth-failed',
    message:
      `Invalid payload hash: ${result.hash}\nComputed payload hash: ${computed}\n` +
      'This happens when your request carries a signed hash of the payload and the hash ' +
      "doesn't match the hash we've computed on the server-side.",
  };
}

/**
 * Throws unless the caller has the scopes that a method needs; the message lists the missing ones, as clients show it.
 *
 * @param template undefined for a method that anyone may call
 */
export function checkScopes(
  authentication: Authentication,
  template: ScopeTemplate | undefined,
  parameters: ScopeParameters,
): void {
  if (template === undefined) return;
  const expression = renderScopes(template, parameters);
  if (authentication.status === 'auth-failed')
    throw new ApiError('AuthenticationFailed', authentication.message);
  const missing = ScopeSet.of(authentication.scopes).missing(expression);
  if (missing === undefined) return;
  const required = ['```', show(expression), '```'];
  if (authentication.status === 'no-auth') {
    const intro =
      'This request requires Taskcluster credentials that satisfy the following scope expression:';
    throw new ApiError('InsufficientScopes', [intro, '', ...required].join('\n'));
  }
  throw new ApiError(
    'InsufficientScopes',
    [
      `Client ID ${authentication.clientId} does not have sufficient scopes and is missing the following scopes:`,
      '',
      '```',
      show(missing),
      '```',
      '',
      'This request requires the client to satisfy the following scope expression:',
      '',
      ...required,
    ].join('\n'),
  );
}

function show(expression: ScopeExpression): string {
  return typeof expression === 'string' ? expression : JSON.stringify(expression, null, 2);
}

function addressOf(request: IncomingMessage): { host: string; port: number } {
  const [, host = '', ownPort] = /^(.*?)(?::(\d+))?$/.exec(request.headers.host ?? '') ?? [];
  const forwarded = request.headers['x-forwarded-port'];
  const proto = request.headers['x-forwarded-proto'];
  const port = Array.isArray(forwarded) ? forwarded[0] : forwarded;
  if (port !== undefined) return { host, port: Number(port) };
  if (proto === 'https') return { host, port: 443 };
  return { host, port: Number(ownPort ?? 80) };
}
