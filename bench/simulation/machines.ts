import type { Agenda } from './agenda.ts';
import { cores, type Assumptions } from './assumptions.ts';

/** Taskcluster's services, as one queue of calls that are answered at a given rate. */
export class Api {
  /** Calls answered in each second. */
  readonly perSecond = new Map<number, number>();
  readonly #agenda: Agenda;
  readonly #callMs: number;
  readonly #perMs: number;
  #freeAt = 0;

  constructor(agenda: Agenda, { callMs, callsPerSecond }: Assumptions) {
    this.#agenda = agenda;
    this.#callMs = callMs;
    this.#perMs = callsPerSecond / 1_000;
  }

  /** Makes calls in parallel. @returns when all are answered */
  call(calls: number, fromMs = this.#agenda.nowMs): number {
    const begun = Math.max(fromMs, this.#freeAt);
    this.#freeAt = begun + calls / this.#perMs;
    const second = Math.floor(begun / 1_000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + calls);
    return this.#freeAt + this.#callMs;
  }
}

/** One run of a function: a share of a core, which does one thing at a time. */
export class Run {
  readonly cold: boolean;
  readonly startedMs: number;
  busyMs = 0;
  readonly #share: number;
  #freeAt = 0;

  constructor(cold: boolean, startedMs: number, assumptions: Assumptions) {
    this.cold = cold;
    this.startedMs = startedMs;
    this.#share = Math.min(1, cores(assumptions));
  }

  /** @param ms on a whole core @returns when it is done */
  work(ms: number, nowMs: number): number {
    const needed = ms / this.#share;
    this.busyMs += needed;
    this.#freeAt = Math.max(nowMs, this.#freeAt) + needed;
    return this.#freeAt;
  }
}

/** A Lambda function: environments that stay warm for a while, and a limit on concurrent runs. */
export class LambdaFunction {
  invocations = 0;
  coldStarts = 0;
  running = 0;
  mostRunning = 0;
  billedMs = 0;
  /** Processor utilization of the busiest run, among runs of at least a second. */
  busiest = 0;
  readonly #agenda: Agenda;
  readonly #limit: number;
  readonly #assumptions: Assumptions;
  /** When each idle environment became idle; the most recent last. */
  readonly #idleSince: number[] = [];
  readonly #waiting: ((run: Run) => void)[] = [];

  constructor(agenda: Agenda, limit: number, assumptions: Assumptions) {
    this.#agenda = agenda;
    this.#limit = limit;
    this.#assumptions = assumptions;
  }

  /** Runs `begin` as soon as the limit allows; `begin` must end the run. */
  invoke(begin: (run: Run) => void): void {
    this.invocations++;
    if (this.running >= this.#limit) this.#waiting.push(begin);
    else this.#start(begin);
  }

  end({ startedMs, busyMs }: Run): void {
    const ms = this.#agenda.nowMs - startedMs;
    this.billedMs += ms;
    if (ms >= 1_000) this.busiest = Math.max(this.busiest, busyMs / ms);
    this.running--;
    this.#idleSince.push(this.#agenda.nowMs);
    const next = this.#waiting.shift();
    if (next) this.#start(next);
  }

  #start(begin: (run: Run) => void): void {
    const { coldStartMs, warmStartMs, warmForMs } = this.#assumptions;
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    const { nowMs } = this.#agenda;
    const idleSince = this.#idleSince.pop();
    const cold = idleSince === undefined || nowMs - idleSince > warmForMs;
    if (cold) this.coldStarts++;
    const run = new Run(cold, nowMs, this.#assumptions);
    this.#agenda.in(cold ? coldStartMs : warmStartMs, () => begin(run));
  }
}
