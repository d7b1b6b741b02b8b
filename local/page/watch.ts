import type { State } from './job.ts';
import type { QueueReads } from './queue-reads.ts';

const FIRST_MS = 1000;
const SLOWEST_MS = 15_000;
const OPEN: ReadonlySet<State> = new Set(['unscheduled', 'pending', 'running']);

/** Looks after jobs until they are resolved: once a second while something happens, then less and less often. */
export class Watch {
  readonly #queue: QueueReads;
  readonly #onState: (taskId: string, state: State) => void;
  readonly #states = new Map<string, State>();
  #waitMs = FIRST_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queue: QueueReads, onState: (taskId: string, state: State) => void) {
    this.#queue = queue;
    this.#onState = onState;
  }

  /** @param states as they were seen last */
  add(states: Iterable<readonly [string, State]>): void {
    for (const [taskId, state] of states) if (OPEN.has(state)) this.#states.set(taskId, state);
    this.#waitMs = FIRST_MS;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#states.size > 0) this.#timer = setTimeout(() => void this.#look(), this.#waitMs);
  }

  async #look(): Promise<void> {
    let changed = false;
    // Nobody sees what a hidden page shows; a queue that cannot be reached now may be reached later.
    const states = document.hidden
      ? new Map<string, State>()
      : await this.#queue.states([...this.#states.keys()]).catch(() => new Map<string, State>());
    for (const [taskId, state] of states) {
      if (this.#states.get(taskId) === state) continue;
      changed = true;
      this.#onState(taskId, state);
      if (OPEN.has(state)) this.#states.set(taskId, state);
      else this.#states.delete(taskId);
    }
    this.#waitMs = changed ? FIRST_MS : Math.min(this.#waitMs * 1.5, SLOWEST_MS);
    this.#schedule();
  }
}
