import { INDEX_PATH } from '../index/index-store.ts';
import { SLUGID } from '../slugid.ts';
import type { ServiceName } from './endpoint.ts';

const identifier = /^[a-zA-Z0-9-_]{1,38}$/;

/** The patterns that each service requires of the parameters in its URLs. */
export const PARAM_PATTERNS: Readonly<Record<ServiceName, Readonly<Record<string, RegExp>>>> = {
  auth: { clientId: /^[A-Za-z0-9!@/:.+|_-]+$/, roleId: /^[\x20-\x7e]+$/ },
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
