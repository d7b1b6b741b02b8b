import type { Run } from './machines.ts';
import type { Retrigger, World } from './world.ts';

/** The direct way: each click gets its own run of the trigger. */
export function clickDirect(world: World, retrigger: Retrigger): void {
  world.lambda.invoke((run) => {
    world.perform(retrigger, run, run.cold ? 'cold' : 'warm', () => world.lambda.end(run));
  });
}

/** The queued way: a task queue, polled by scheduled runs of the worker (functions/worker/poll.ts). */
export class QueuedWay {
  readonly #world: World;
  readonly #pending: Retrigger[] = [];
  #left: number;

  /** @param expected number of clicks: polling ends after the last of them */
  constructor(world: World, expected: number) {
    this.#world = world;
    this.#left = expected;
    this.#schedule();
  }

  click(retrigger: Retrigger): void {
    const { agenda, assumptions } = this.#world;
    agenda.in(assumptions.hookMs, () => this.#pending.push(retrigger));
  }

  #schedule(): void {
    const { agenda, assumptions, lambda } = this.#world;
    if (this.#left === 0) return;
    lambda.invoke((run) => this.#poll(run, true));
    agenda.in(assumptions.scheduleMs, () => this.#schedule());
  }

  /**
   * @param scheduled a scheduled run polls until its time is up, and may start others, which drain the queue and end
   */
  #poll(run: Run, scheduled: boolean): void {
    const { agenda, assumptions, lambda } = this.#world;
    const until = agenda.nowMs + assumptions.pollMs;
    let drains = scheduled ? assumptions.maxDrains : 0;
    let underWay = 0;
    let claiming = true;
    const stop = () => {
      claiming = false;
      if (underWay === 0) lambda.end(run);
    };
    const performed = () => {
      underWay--;
      this.#left--;
      if (!claiming && underWay === 0) lambda.end(run);
      else if (claiming && underWay === assumptions.capacity - 1) goOn();
    };
    const claimed = (retriggers: readonly Retrigger[], asked: number) => {
      if (retriggers.length === 0 && !scheduled) return stop();
      underWay += retriggers.length;
      for (const one of retriggers) this.#world.perform(one, run, 'warm', performed);
      if (retriggers.length === asked && drains > 0) {
        drains--;
        lambda.invoke((other) => this.#poll(other, false));
      }
      // At capacity, it waits for the first of them to end.
      if (underWay < assumptions.capacity) goOn();
    };
    const claim = () => {
      const asked = assumptions.capacity - underWay;
      this.#world.calls(run, 1, () => this.#look(asked, agenda.nowMs + assumptions.longPollMs, claimed));
    };
    const goOn = () => {
      if (agenda.nowMs >= until || this.#left === 0) return stop();
      if (scheduled || assumptions.drainsWait) return claim();
      return this.#world.calls(run, 1, () => (this.#pending.length === 0 ? stop() : claim()));
    };
    goOn();
  }

  /** Simulates claimWork in the queue: looks for work at once, and then repeatedly while there is none. */
  #look(asked: number, until: number, claimed: (retriggers: Retrigger[], asked: number) => void): void {
    const { agenda, assumptions } = this.#world;
    if (this.#pending.length > 0 || agenda.nowMs >= until || this.#left === 0) {
      claimed(this.#pending.splice(0, asked), asked);
      return;
    }
    agenda.in(assumptions.lookMs, () => this.#look(asked, until, claimed));
  }
}
