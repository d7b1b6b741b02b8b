import type { Row, Way } from '../measure.ts';
import { figuresKey, type FiguresByCase } from './action-figures.ts';
import { Agenda } from './agenda.ts';
import type { Assumptions } from './assumptions.ts';
import { Api, LambdaFunction, type Run } from './machines.ts';

/** One click, and what became of it. Times in ms since the simulation began; undefined until it happens. */
export interface Retrigger {
  case: string;
  clickMs: number;
  /** A function has begun with it. */
  claimedMs?: number;
  /** All its tasks exist. */
  createdMs?: number;
  /** How often it has ended: once, if all is well. */
  ended: number;
}

/** What both ways in share. */
export class World {
  readonly agenda = new Agenda();
  readonly api: Api;
  readonly lambda: LambdaFunction;
  readonly assumptions: Assumptions;
  readonly #way: Way;
  readonly #figures: FiguresByCase;

  constructor(way: Way, assumptions: Assumptions, figures: FiguresByCase) {
    this.#way = way;
    this.#figures = figures;
    this.assumptions = assumptions;
    this.api = new Api(this.agenda, assumptions);
    this.lambda = new LambdaFunction(this.agenda, assumptions.concurrency[way], assumptions);
  }

  /** Performs an action: so many calls, in so many rounds, each of which first needs the run's processor. */
  perform(retrigger: Retrigger, run: Run, start: Row['start'], done: () => void): void {
    const figures = this.#figures.get(figuresKey(this.#way, retrigger.case, start));
    if (!figures) throw new Error(`no figures of ${figuresKey(this.#way, retrigger.case, start)}`);
    const { calls, depth } = figures;
    const closing = this.#way === 'queued' ? this.assumptions.closingCalls : 0;
    const callsPerRound = calls / depth;
    retrigger.claimedMs = this.agenda.nowMs;
    let round = 0;
    const next = () => {
      if (round === Math.max(1, depth - closing)) retrigger.createdMs = this.agenda.nowMs;
      if (round === depth) {
        retrigger.ended++;
        done();
        return;
      }
      round++;
      this.calls(run, callsPerRound, next);
    };
    next();
  }

  /** Makes calls side by side in a run. */
  calls(run: Run, count: number, answered: () => void): void {
    const { agenda, assumptions } = this;
    agenda.at(run.work(count * assumptions.cpuMsPerCall, agenda.nowMs), () =>
      agenda.at(this.api.call(count), answered),
    );
  }
}
