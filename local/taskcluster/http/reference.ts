import apis from 'taskcluster-client/src/apis.js';

import type { ScopeTemplate } from './scope-expression.ts';

export const SERVICES = ['auth', 'queue', 'index', 'hooks'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What Taskcluster publishes of one method of an API. */
export interface MethodReference {
  name: string;
  method: 'get' | 'post' | 'put' | 'delete';
  /** `<name>` is a parameter. */
  route: string;
  /** Names of the parameters that the query may have. */
  query: readonly string[];
  /** Absent if anybody may call it. */
  scopes?: ScopeTemplate;
  /** Name of the schema of the body; absent if it takes none. */
  input?: string;
}

const REFERENCES = { auth: apis.Auth, queue: apis.Queue, index: apis.Index, hooks: apis.Hooks };

/** @throws Error if the API has no such method */
export function referenceOf(service: ServiceName, name: string): MethodReference {
  const found = REFERENCES[service].reference.entries.find((entry) => entry.name === name);
  if (found) return found;
  throw new Error(`Taskcluster's ${service} service has no method ${name}`);
}
