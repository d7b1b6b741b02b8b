import type { IncomingHttpHeaders } from 'node:http';

import type { Validator } from './input-schema.ts';
import { MULTI_SEGMENT, queryPattern } from './params.ts';
import { referenceOf, type MethodReference, type ServiceName } from './reference.ts';
import { needsOnly, type ScopeParameters, type ScopeTemplate } from './scope-expression.ts';

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
  /** The service is stopped in the middle of the call (`Fault.halfway`). */
  stopped: boolean;
}

/** One row of the table of methods. */
export interface Endpoint {
  service: ServiceName;
  name: string;
  method: MethodReference['method'];
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

/**
 * Makes the rows of one service. A row says what a method does; its route, query and scopes come from what Taskcluster
 * publishes. Throws an Error for a name that Taskcluster does not have, and for a schema that is missing or not wanted.
 */
export class Api {
  readonly #service: ServiceName;

  constructor(service: ServiceName) {
    this.#service = service;
  }

  /**
   * A method that takes no body.
   *
   * @param optional the parameter of the route that may be left out, and is then empty
   */
  method(
    name: string,
    run: (request: ApiRequest) => Reply | Promise<Reply>,
    { optional }: { optional?: string } = {},
  ): Endpoint {
    const reference = referenceOf(this.#service, name);
    if (reference.input !== undefined) throw new Error(`${this.#service}.${name} takes a body`);
    return { ...this.#declare(reference, optional), takesInput: false, run };
  }

  /** A method whose body must match a schema. */
  methodWithInput<Body>(
    name: string,
    input: Validator<Body>,
    run: (request: ApiRequest<Body>) => Reply | Promise<Reply>,
  ): Endpoint {
    const reference = referenceOf(this.#service, name);
    if (reference.input === undefined) throw new Error(`${this.#service}.${name} takes no body`);
    return {
      ...this.#declare(reference),
      takesInput: true,
      run: (request) => run({ ...request, body: input(request.body) }),
    };
  }

  #declare(reference: MethodReference, optional?: string): Omit<Endpoint, 'takesInput' | 'run'> {
    const { name, method, route, query, scopes } = reference;
    const paramNames = [...route.matchAll(PARAMETER)].map(([, param]) => param ?? '');
    const path = route.replace(PARAMETER, (_, param: string) => {
      const segment = MULTI_SEGMENT.has(param) ? '/(.+)' : '/([^/]+)';
      return param === optional ? `(?:${segment})?` : segment;
    });
    return {
      service: this.#service,
      name,
      method,
      route,
      query: Object.fromEntries(query.map((param) => [param, queryPattern(param)])),
      scopes,
      authorizeFirst: scopes !== undefined && needsOnly(scopes, paramNames),
      paramNames,
      pattern: new RegExp(`^${path}/?$`),
    };
  }
}

const PARAMETER = /\/<(\w+)>/g;
