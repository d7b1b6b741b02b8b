import type { HookName } from '../../functions/tasks/hook-name.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Credentials } from '../taskcluster/api.ts';

/** `config.json`: the deployment and push that the page shows, and who is signed in. */
export interface PageConfig {
  rootUrl: string;
  /** The same services without the ingress rule. */
  internalRootUrl: string;
  /** The developer who is signed in. */
  credentials: Credentials;
  decisionTaskId: string;
  /** The hook behind the actions of the push. */
  hook: HookName;
}

/** @throws Error if the page's server does not answer with a configuration */
export async function loadConfig(): Promise<PageConfig> {
  const response = await fetch('config.json');
  const config: unknown = await response.json();
  if (!isConfig(config)) throw new Error(`config.json is not a configuration (${response.status})`);
  return config;
}

function isConfig(value: unknown): value is PageConfig {
  return (
    isObject(value) &&
    ['rootUrl', 'internalRootUrl', 'decisionTaskId'].every((key) => typeof value[key] === 'string') &&
    isObject(value['credentials']) &&
    isObject(value['hook'])
  );
}
