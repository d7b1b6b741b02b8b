import { decodeSegment } from './path.ts';
import type { Endpoint } from './endpoint.ts';
import { SERVICES, type ServiceName } from './reference.ts';

export interface Match {
  endpoint: Endpoint;
  params: Record<string, string>;
}

const API_PATH = /^\/api\/(auth|queue|index|hooks)\/v1(\/.*)$/;

/** Finds the method that a request calls. */
export class Router {
  readonly #byServiceAndMethod = new Map<string, Endpoint[]>();

  constructor(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      const key = `${endpoint.service} ${endpoint.method}`;
      const others = this.#byServiceAndMethod.get(key);
      if (others) others.push(endpoint);
      else this.#byServiceAndMethod.set(key, [endpoint]);
    }
  }

  /** @param path the path as it was received, still encoded: an encoded slash does not separate segments */
  match(httpMethod: string, path: string): Match | undefined {
    const [, service, rest] = API_PATH.exec(path) ?? [];
    if (service === undefined || rest === undefined) return undefined;
    const method = httpMethod === 'HEAD' ? 'get' : httpMethod.toLowerCase();
    for (const endpoint of this.#byServiceAndMethod.get(`${service} ${method}`) ?? []) {
      const values = endpoint.pattern.exec(rest);
      if (!values) continue;
      const params: Record<string, string> = {};
      for (const [i, name] of endpoint.paramNames.entries())
        params[name] = decodeSegment(values[i + 1] ?? '');
      return { endpoint, params };
    }
    return undefined;
  }

  /** The HTTP methods that a path allows. */
  allowed(path: string): string[] {
    return ['GET', 'POST', 'PUT', 'DELETE'].filter((method) => this.match(method, path) !== undefined);
  }
}

/** The service whose API a path belongs to, whether or not it has such a method. */
export function serviceOf(path: string): ServiceName | undefined {
  const name = API_PATH.exec(path)?.[1];
  return SERVICES.find((service) => service === name);
}
