import { SETTINGS } from '../platform/setting-declarations.ts';
import type { Env } from '../platform/settings.ts';

/**
 * The environment of one function. A prefix gives the functions different values: TRIGGER_TASKCLUSTER_CLIENT_ID is
 * TASKCLUSTER_CLIENT_ID for the trigger only, WORKER_… for the worker.
 */
export function environmentOf(name: 'trigger' | 'worker', env: Env): Env {
  const own = Object.keys(SETTINGS).flatMap((setting): [string, string][] => {
    const value = env[`${name.toUpperCase()}_${setting}`];
    return value === undefined ? [] : [[setting, value]];
  });
  // No run starts another one here: the deployment decides the number of processes.
  const fixed = { MAX_DRAINS: '0', AWS_LAMBDA_FUNCTION_NAME: name };
  return { ...env, ...Object.fromEntries(own), ...fixed };
}
