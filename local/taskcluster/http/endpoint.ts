import type { IncomingHttpHeaders } from 'node:http';

import type { Validator } from './input-schema.ts';
import { needsOnly, type ScopeParameters, type ScopeTemplate } from './scope-expression.ts';

export const SERVICES = ['auth', 'queue', 'index', 'hooks'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** An answer. `json` is serialized when it is sent; undefined sends no body. */
export interface Reply {
  json?: unknown;
  status?: number;
  headers?: Record<string, string>;
}

/** A request as a method sees it: routed, authenticated, its URL and query checked. */
export interface ApiRequest<Body = unknown> {
  /** A parameter of the route, decoded. */
  param(name: string): string;
  query: Readonly<Record<string, string>>;
  body: Body;
  headers: IncomingHttpHeaders;
  /** Checks the method's scopes with these parameters; throws AuthenticationFailed or InsufficientScopes. */
  authorize(parameters: ScopeParameters): void;
  /** Scopes of the caller, expanded; those of the anonymous role if the request is not signed. */
  scopes(): readonly string[];
  /** Who signed, or `auth-failed:<status>`, as the services write it. */
  clientId(): string;
  /** Aborted if the connection closes before the answer is sent. */
  closed: AbortSignal;
}

interface Declaration {
  service: ServiceName;
  name: string;
  method: 'get' | 'post' | 'put' | 'delete';
  /** `:name` matches one segment of the path, `*name` one or more. */
  route: string;
  query?: Readonly<Record<string, RegExp>>;
  scopes?: ScopeTemplate;
}

interface WithoutInput extends Declaration {
  handler(request: ApiRequest): Reply | Promise<Reply>;
}

interface WithInput<Body> extends Declaration {
  input: Validator<Body>;
  handler(request: ApiRequest<Body>): Reply | Promise<Reply>;
}

/** One row of the table of methods. */
export interface Endpoint {
  service: ServiceName;
  name: string;
  method: 'get' | 'post' | 'put' | 'delete';
  route: string;
  query: Readonly<Record<string, RegExp>>;
  scopes: ScopeTemplate | undefined;
  /** Scopes are checked as soon as the route is known, before the rest of the request. */
  authorizeFirst: boolean;
  paramNames: readonly string[];
  pattern: RegExp;
  takesInput: boolean;
  run(request: ApiRequest): Reply | Promise<Reply>;
}

/** A method that takes no body, or any JSON object. */
export function endpoint(spec: WithoutInput): Endpoint {
  return { ...declare(spec), takesInput: false, run: (request) => spec.handler(request) };
}

/** A method whose body must match a schema. */
export function endpointWithInput<Body>(spec: WithInput<Body>): Endpoint {
  return {
    ...declare(spec),
    takesInput: true,
    run: (request) => spec.handler({ ...request, body: spec.input(request.body) }),
  };
}

function declare(spec: Declaration): Omit<Endpoint, 'takesInput' | 'run'> {
  const paramNames = [...spec.route.matchAll(/[:*](\w+)/g)].map(([, name]) => name ?? '');
  const source = spec.route.replace(/:\w+/g, '([^/]+)').replace(/\*\w+/g, '(.+)');
  return {
    service: spec.service,
    name: spec.name,
    method: spec.method,
    route: spec.route,
    query: spec.query ?? {},
    scopes: spec.scopes,
    authorizeFirst: spec.scopes !== undefined && needsOnly(spec.scopes, paramNames),
    paramNames,
    pattern: new RegExp(`^${source}/?$`),
  };
}

export const PAGING: Readonly<Record<string, RegExp>> = { continuationToken: /./, limit: /^[0-9]+$/ };
