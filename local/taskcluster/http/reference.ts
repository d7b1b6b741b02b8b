import apis from 'taskcluster-client/src/apis.js';

import type { ScopeTemplate } from './scope-expression.ts';

export const SERVICES = ['auth', 'queue', 'index', 'hooks'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Taskcluster's published reference of one API method. */
export interface MethodReference {
  name: string;
  method: 'get' | 'post' | 'put' | 'delete';
  /** `<name>` is a parameter. */
  route: string;
  /** Names of the query parameters. */
  query: readonly string[];
  /** Absent if anyone may call it. */
  scopes?: ScopeTemplate;
  /** Name of the body's schema; absent if there is no body. */
  input?: string;
}

const REFERENCES = { auth: apis.Auth, queue: apis.Queue, index: apis.Index, hooks: apis.Hooks };

/** @throws Error if the API has no such method */
export function referenceOf(service: ServiceName, name: string): MethodReference {
  const found = REFERENCES[service].reference.entries.find((entry) => entry.name === name);
  if (found) return found;
  throw new Error(`Taskcluster's ${service} service has no method ${name}`);
}
