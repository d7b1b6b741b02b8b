import { INDEX_PATH } from '../index/index-store.ts';
import { SLUGID } from '../slugid.ts';
import type { ServiceName } from './reference.ts';

const identifier = /^[a-zA-Z0-9-_]{1,38}$/;
const clientId = /^[A-Za-z0-9!@/:.+|_-]+$/;

// reference.ts has everything about a method that Taskcluster publishes. Patterns are not published.

/** The patterns that each service requires of the parameters in its URLs. */
export const PARAM_PATTERNS: Readonly<Record<ServiceName, Readonly<Record<string, RegExp>>>> = {
  auth: { clientId, roleId: /^[\x20-\x7e]+$/ },
  queue: {
    taskId: SLUGID,
    taskGroupId: SLUGID,
    taskQueueId: /^[a-zA-Z0-9-_]{1,38}\/[a-z]([-a-z0-9]{0,36}[a-z0-9])?$/,
    provisionerId: identifier,
    workerType: identifier,
    runId: /^[1-9]*[0-9]+$/,
    name: /^[\x20-\x7e]+$/,
  },
  index: { namespace: INDEX_PATH, indexPath: INDEX_PATH },
  hooks: { hookGroupId: /^[a-zA-Z0-9-_]{1,1000}$/, hookId: /^[a-zA-Z0-9-_/]{1,1000}$/ },
};

/** Parameters that may span several segments of the path; a slash in any other is encoded. */
export const MULTI_SEGMENT: ReadonlySet<string> = new Set(['name', 'taskQueueId']);

/** The patterns that the services require of query parameters. */
const QUERY_PATTERNS: Readonly<Record<string, RegExp>> = {
  continuationToken: /./,
  limit: /^[0-9]+$/,
  prefix: clientId,
};

export function queryPattern(name: string): RegExp {
  const pattern = QUERY_PATTERNS[name];
  if (!pattern) throw new Error(`The query parameter ${name} has no pattern here`);
  return pattern;
}
