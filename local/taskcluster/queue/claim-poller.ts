import type { Task } from './task.ts';
import type { TaskStore } from './task-store.ts';

export interface Claim {
  task: Task;
  runId: number;
  workerGroup: string;
  workerId: string;
  /** Milliseconds since the epoch. */
  takenUntil: number;
}

interface Waiting {
  count: number;
  workerGroup: string;
  workerId: string;
  answer(claims: Claim[]): void;
}

export interface ClaimPollerOptions {
  store: TaskStore;
  now: () => number;
  /** How long a claim lasts, ms. */
  claimTimeoutMs: number;
  /** How long a request waits for work, ms. */
  longPollMs: number;
  /** How often waiting requests look for work, ms; the real queue looks once a second. */
  lookEveryMs: number;
}

/**
 * Long polls of claimWork. Pending tasks are claimed at once. Otherwise the queue looks once a second at each task
 * queue that workers wait for, so a task is claimed up to a second after it became pending. The worker that has waited
 * longest is served first.
 */
export class ClaimPoller {
  readonly #options: ClaimPollerOptions;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: ClaimPollerOptions) {
    this.#options = options;
  }

  /** How long a claim lasts, ms. */
  get claimTimeoutMs(): number {
    return this.#options.claimTimeoutMs;
  }

  /** Resolves with at least one claim, or with none when the long poll's time is over or `closed` is aborted. */
  async claim(
    taskQueueId: string,
    worker: { workerGroup: string; workerId: string; tasks: number },
    closed: AbortSignal,
  ): Promise<Claim[]> {
    if (closed.aborted) return [];
    const { workerGroup, workerId, tasks: count } = worker;
    const others = this.#waiting.get(taskQueueId) ?? [];
    if (others.length === 0) {
      const claims = this.#take(taskQueueId, count, workerGroup, workerId);
      if (claims.length > 0) return claims;
    }
    const { promise, resolve } = Promise.withResolvers<Claim[]>();
    const waiting: Waiting = { count, workerGroup, workerId, answer: resolve };
    const leave = (): void => {
      this.#remove(taskQueueId, waiting);
      resolve([]);
    };
    const timer = setTimeout(leave, this.#options.longPollMs);
    this.#timers.add(timer);
    closed.addEventListener('abort', leave);
    if (others.length === 0) {
      this.#waiting.set(taskQueueId, [waiting]);
      this.#lookLater(taskQueueId);
    } else {
      others.push(waiting);
    }
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#timers.delete(timer);
      closed.removeEventListener('abort', leave);
    }
  }

  /** Answers every waiting request with no work. */
  close(): void {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const waiting of all) waiting.answer([]);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #lookLater(taskQueueId: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#look(taskQueueId);
    }, this.#options.lookEveryMs);
    this.#timers.add(timer);
  }

  #look(taskQueueId: string): void {
    const waiting = this.#waiting.get(taskQueueId) ?? [];
    let first = waiting[0];
    while (first) {
      const claims = this.#take(taskQueueId, first.count, first.workerGroup, first.workerId);
      if (claims.length === 0) break;
      waiting.shift();
      first.answer(claims);
      first = waiting[0];
    }
    if (waiting.length === 0) this.#waiting.delete(taskQueueId);
    else this.#lookLater(taskQueueId);
  }

  #remove(taskQueueId: string, waiting: Waiting): void {
    const all = this.#waiting.get(taskQueueId);
    const at = all?.indexOf(waiting) ?? -1;
    if (at >= 0) all?.splice(at, 1);
  }

  #take(taskQueueId: string, count: number, workerGroup: string, workerId: string): Claim[] {
    const { store, now, claimTimeoutMs } = this.#options;
    return store.pending.first(taskQueueId, count).map((task) => {
      const takenUntil = now() + claimTimeoutMs;
      store.claim(task, workerGroup, workerId, takenUntil);
      return { task, runId: task.runs.length - 1, workerGroup, workerId, takenUntil };
    });
  }
}
