import type { Log } from '../../functions/platform/log.ts';
import type { Deployment } from './deployment.ts';

/**
 * How long a run of the worker goes on polling: for one poll, which is answered as soon as there is work. A second one
 * would be held for 20 s, and claim what the next case has for somebody else.
 */
export const POLL_MS = 10;

/** The two functions, wherever they run. */
export interface Functions {
  /** Where the direct way answers. */
  readonly url: string;
  /** Has both run with this kill switch from now on: `<trust domain>-<level>`. */
  configure(killSwitch: readonly string[]): Promise<void>;
  /**
   * Has the worker perform what is pending on its queue. At other times it does not poll.
   * @param resolved settles when the action task that the test is about is resolved
   */
  work(resolved: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  rootUrl: string;
  deployment: Deployment;
  /** Of functions in this process. */
  log: Log;
  /** Called with each line that functions in a process of their own log. */
  onLine: (line: string) => void;
}

export type StartFunctions = (options: FunctionsOptions) => Promise<Functions>;

/** What the functions take as FAST_ACTIONS. */
export function fastActionsSetting({ fastActions }: Deployment): string {
  return [...fastActions]
    .flatMap(([domain, names]) => [...names].map((name) => `${domain}/${name}`))
    .join(',');
}
