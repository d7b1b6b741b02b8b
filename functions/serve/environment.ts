import { SETTINGS } from '../platform/setting-declarations.ts';
import type { Env } from '../platform/settings.ts';

/**
 * The environment of one function. What both have, as TASKCLUSTER_CLIENT_ID, may differ: TRIGGER_TASKCLUSTER_CLIENT_ID
 * counts for the trigger alone, WORKER_… for the worker.
 */
export function environmentOf(name: 'trigger' | 'worker', env: Env): Env {
  const own = Object.keys(SETTINGS).flatMap((setting): [string, string][] => {
    const value = env[`${name.toUpperCase()}_${setting}`];
    return value === undefined ? [] : [[setting, value]];
  });
  // Here no run starts another one: the number of processes is the deployment's.
  const fixed = { MAX_DRAINS: '0', AWS_LAMBDA_FUNCTION_NAME: name };
  return { ...env, ...Object.fromEntries(own), ...fixed };
}
