import type { Log } from '../../functions/platform/log.ts';
import type { Deployment } from './deployment.ts';

/**
 * How long a run of the worker polls: for one poll, which is answered as soon as there is work. A second one would last
 * 20 s, and could claim tasks of the next case.
 */
export const POLL_MS = 10;

/** The two functions, wherever they run. */
export interface Functions {
  /** Base URL of the direct way. */
  readonly url: string;
  /** Makes both use this kill switch from now on: `<trust domain>-<level>`. */
  configure(killSwitch: readonly string[]): Promise<void>;
  /**
   * Makes the worker perform what is pending on its queue. At other times it does not poll.
   * @param resolved settles when the action task under test is resolved
   */
  work(resolved: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  rootUrl: string;
  deployment: Deployment;
  /** For functions in this process. */
  log: Log;
  /** Called with each log line of functions in separate processes. */
  onLine: (line: string) => void;
}

export type StartFunctions = (options: FunctionsOptions) => Promise<Functions>;

/** The functions' FAST_ACTIONS. */
export function fastActionsSetting({ fastActions }: Deployment): string {
  return [...fastActions]
    .flatMap(([domain, names]) => [...names].map((name) => `${domain}/${name}`))
    .join(',');
}
