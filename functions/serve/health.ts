import type { Log } from '../platform/log.ts';
import { ping } from '../taskcluster/ping.ts';

const CHECK_MS = 30_000;
/** The interval while something is wrong, so that recovery is noticed soon. */
const CHECK_AGAIN_MS = 5_000;
/** Taskcluster tolerates 15 minutes; a synchronized clock is never off by a minute. */
const CLOCK_BOUND_MS = 60_000;

type State = 'ok' | 'error';
type Problems = Partial<Record<'taskcluster' | 'clock', string>>;

/** In the form of Dockerflow's heartbeat: the worst of the checks, and each of them. */
export interface HealthReport {
  status: State;
  checks: Record<'taskcluster' | 'clock' | 'log', State>;
  /** What is wrong, for people. */
  details: Record<string, string>;
}

/**
 * Checks what this process depends on twice a minute, and logs changes. The heartbeat answers with the last result, so
 * that nobody can make us call Taskcluster by requesting it.
 */
export class Health {
  readonly #rootUrl: string;
  readonly #log: Log;
  readonly #logWorks: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<Problems>;
  #stopped = false;

  /** @param logWorks whether the last line could be written */
  constructor(rootUrl: string, log: Log, logWorks: () => boolean) {
    this.#rootUrl = rootUrl;
    this.#log = log;
    this.#logWorks = logWorks;
    this.#last = this.#check({});
    void this.#last.then((found) => this.#schedule(found));
  }

  async report(): Promise<HealthReport> {
    const problems: Record<string, string> = { ...(await this.#last) };
    if (!this.#logWorks()) problems['log'] = 'log lines cannot be written';
    const state = (check: string): State => (check in problems ? 'error' : 'ok');
    return {
      status: Object.keys(problems).length === 0 ? 'ok' : 'error',
      checks: { taskcluster: state('taskcluster'), clock: state('clock'), log: state('log') },
      details: problems,
    };
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(found: Problems): void {
    if (this.#stopped) return;
    const wrong = Object.keys(found).length > 0;
    this.#timer = setTimeout(() => void this.#checkAgain(found), wrong ? CHECK_AGAIN_MS : CHECK_MS);
    this.#timer.unref();
  }

  async #checkAgain(before: Problems): Promise<void> {
    const found = await this.#check(before);
    this.#last = Promise.resolve(found);
    this.#schedule(found);
  }

  /** Runs the checks and logs what changed. */
  async #check(before: Problems): Promise<Problems> {
    try {
      const { clockAheadMs } = await ping(this.#rootUrl, Date.now);
      if (before.taskcluster !== undefined) this.#log.event('taskcluster-reached', {});
      if (Math.abs(clockAheadMs) < CLOCK_BOUND_MS) return {};
      const seconds = Math.round(clockAheadMs / 1000);
      const wrong = `this machine’s clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} Taskcluster’s`;
      if (before.clock === undefined)
        this.#log.event('clock-differs', { aheadSeconds: seconds, problem: wrong });
      return { clock: wrong };
    } catch (error) {
      const reason = reasonOf(error);
      if (before.taskcluster === undefined) this.#log.event('taskcluster-unreachable', { reason });
      return { taskcluster: reason };
    }
  }
}

/** fetch only says `fetch failed`; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
