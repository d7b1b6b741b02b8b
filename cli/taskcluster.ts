/** Which Taskcluster a command talks to, and as whom. */
import { CommandError, UsageError } from './command.ts';

/**
 * The root URL of an option, or else of TASKCLUSTER_ROOT_URL; undefined if neither is given.
 *
 * @throws UsageError or CommandError if it is not an http(s) URL
 */
export function readRootUrl(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (option !== undefined) {
    if (!isHttpUrl(option)) throw new UsageError(`--root-url ${option} is not an http(s) URL.`);
    return option;
  }
  const { TASKCLUSTER_ROOT_URL: rootUrl } = env;
  if (!rootUrl) return undefined;
  if (!isHttpUrl(rootUrl)) throw new CommandError(`TASKCLUSTER_ROOT_URL is not an http(s) URL: ${rootUrl}`);
  return rootUrl;
}

/** `localhost:8080` parses as a URL too, with the scheme `localhost`. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol);
}

/**
 * The credentials in the environment, with the certificate of temporary ones; undefined if there are none.
 *
 * @throws CommandError if only a part of them is there: without it, a command would act as `anonymous`
 */
export function readCredentials(
  env: NodeJS.ProcessEnv,
): { clientId: string; accessToken: string; certificate?: string } | undefined {
  const { TASKCLUSTER_CLIENT_ID: clientId, TASKCLUSTER_ACCESS_TOKEN: accessToken } = env;
  const { TASKCLUSTER_CERTIFICATE: certificate } = env;
  if (clientId && accessToken) return { clientId, accessToken, ...(certificate ? { certificate } : {}) };
  if (!clientId && !accessToken) return undefined;
  const [given, lacking] = clientId ? ['CLIENT_ID', 'ACCESS_TOKEN'] : ['ACCESS_TOKEN', 'CLIENT_ID'];
  throw new CommandError(`TASKCLUSTER_${given} is set, but TASKCLUSTER_${lacking} is not.`);
}
