import type { Row, Way } from '../measure.ts';
import { figuresKey, type FiguresByCase } from './action-figures.ts';
import { Agenda } from './agenda.ts';
import type { Assumptions } from './assumptions.ts';
import { Api, LambdaFunction, type Run } from './machines.ts';

/** One click, and its progress. Times in ms since the start of the simulation; undefined until it happens. */
export interface Retrigger {
  case: string;
  clickMs: number;
  /** When a function started with it. */
  claimedMs?: number;
  /** When all its tasks existed. */
  createdMs?: number;
  /** How often it was completed: should be once. */
  ended: number;
}

/** The parts that both ways share. */
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

  /** Performs an action: its calls, in rounds that each need the run's processor first. */
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

  /** Makes calls in parallel in a run. */
  calls(run: Run, count: number, answered: () => void): void {
    const { agenda, assumptions } = this;
    agenda.at(run.work(count * assumptions.cpuMsPerCall, agenda.nowMs), () =>
      agenda.at(this.api.call(count), answered),
    );
  }
}
