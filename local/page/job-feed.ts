import type { Job, State } from './job.ts';
import { readJobRows } from './job-rows.ts';

const FIRST_MS = 1000;
const SLOWEST_MS = 15_000;

export interface Changes {
  added: Job[];
  changed: { taskId: string; state: State }[];
}

/** Polls the jobs of the push: once a second while something changes, then less and less often. */
export class JobFeed {
  readonly #onChanges: (changes: Changes) => void;
  readonly #onReachable: (reachable: boolean) => void;
  readonly #taskIds: string[] = [];
  #states: State[] = [];
  #waitMs = FIRST_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #underWay: Promise<unknown> = Promise.resolve();
  #reachable = true;

  /** @param onReachable called when a poll first fails, and when one succeeds again */
  constructor(onChanges: (changes: Changes) => void, onReachable: (reachable: boolean) => void) {
    this.#onChanges = onChanges;
    this.#onReachable = onReachable;
  }

  /** Polls now; resolves after `onChanges` was called for what is new. One request at a time. */
  async refresh(): Promise<void> {
    const asked = this.#underWay.then(() => this.#ask());
    this.#underWay = asked.catch(() => undefined);
    await asked;
  }

  /** Polls until the page closes. */
  follow(): void {
    this.#schedule();
  }

  async #ask(): Promise<void> {
    const from = this.#taskIds.length;
    const response = await fetch(`jobs.json?from=${from}`);
    if (!response.ok) throw new Error(`jobs.json: ${response.status}`);
    const { added, states } = readJobRows(await response.json(), from);
    const changed = this.#taskIds.flatMap((taskId, at) => {
      const state = states[at];
      return state === undefined || state === this.#states[at] ? [] : [{ taskId, state }];
    });
    for (const { taskId } of added) this.#taskIds.push(taskId);
    this.#states = states;
    if (added.length + changed.length === 0) return;
    this.#waitMs = FIRST_MS;
    // The next poll may be due only after the new job has started and ended.
    if (this.#timer !== undefined) this.#schedule();
    this.#onChanges({ added, changed });
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), this.#waitMs);
  }

  async #look(): Promise<void> {
    this.#waitMs = Math.min(this.#waitMs * 1.5, SLOWEST_MS);
    // A hidden page need not be up to date, and a server that cannot be reached now may be back later.
    if (!document.hidden)
      this.#report(
        await this.refresh().then(
          () => true,
          () => false,
        ),
      );
    this.#schedule();
  }

  #report(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    this.#onReachable(reachable);
  }
}
