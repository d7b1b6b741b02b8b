import type { Target } from './clients.ts';
import { startFunctionsHere } from './functions-here.ts';
import { startOfflineFunctions } from './functions-offline.ts';
import { startServedFunctions } from './functions-served.ts';
import type { StartFunctions } from './functions.ts';

const WHERE = new Map<string, StartFunctions>([
  ['here', startFunctionsHere],
  ['serve', startServedFunctions],
  ['serverless-offline', startOfflineFunctions],
]);

/**
 * The Taskcluster from the usual environment variables.
 *
 * @throws Error that says in one sentence what is missing
 */
export function targetFrom(env: Readonly<Record<string, string | undefined>>): Target {
  const names = ['TASKCLUSTER_ROOT_URL', 'TASKCLUSTER_CLIENT_ID', 'TASKCLUSTER_ACCESS_TOKEN'] as const;
  const [rootUrl, clientId, accessToken] = names.map((name) => env[name]);
  if (!rootUrl || !clientId || !accessToken) {
    const missing = names.filter((name) => !env[name]);
    throw new Error(
      `The live tests need a Taskcluster to run against: set ${missing.join(', ')} (see docs/live-tests.md).`,
    );
  }
  if (!URL.canParse(rootUrl) || !/^https?:$/.test(new URL(rootUrl).protocol)) {
    throw new Error(`TASKCLUSTER_ROOT_URL is not an http(s) URL: ${rootUrl}`);
  }
  const certificate = env['TASKCLUSTER_CERTIFICATE'];
  return {
    rootUrl: new URL(rootUrl).origin,
    credentials: { clientId, accessToken, ...(certificate ? { certificate } : {}) },
  };
}

/**
 * Where the functions run, from FUNCTIONS; by default, in this process.
 *
 * @throws Error that lists the possible values
 */
export function functionsFrom({
  FUNCTIONS = 'here',
}: Readonly<Record<string, string | undefined>>): StartFunctions {
  const start = WHERE.get(FUNCTIONS);
  if (!start) throw new Error(`FUNCTIONS is one of ${[...WHERE.keys()].join(', ')}, not ${FUNCTIONS}`);
  return start;
}
