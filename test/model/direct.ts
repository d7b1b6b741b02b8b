import { randomTaskId } from '../../functions/tasks/task-id.ts';
import type { Fault } from '../../local/taskcluster/api.ts';
import type { Settings, Wanted } from './ask.ts';
import { wrongWith, type Ending } from './effects.ts';
import { wantedOf } from './expected.ts';
import { fail, look, type Command, type Model } from './model.ts';
import { wrongStates } from './states.ts';
import { disturbed } from './trouble.ts';
import { askFor, type Wish } from './wish.ts';
import { leftIn, type World } from './world.ts';

/** How a direct call is disturbed. */
export interface Mishap {
  fault: Fault | undefined;
  again: Settings | undefined;
  killAfter: number | undefined;
}

/** An action that is requested, and done before the answer. */
export class Direct implements Command {
  readonly wish: Wish;
  readonly fault: Fault | undefined;
  /** The client sends it again, with the same taskId, after the operator has changed the settings. */
  readonly again: Settings | undefined;
  /** The first invocation dies after this many calls, and the client sends the same request again. */
  readonly killAfter: number | undefined;
  constructor(wish: Wish, { fault, again, killAfter }: Mishap) {
    this.wish = wish;
    this.fault = fault;
    this.again = again;
    this.killAfter = killAfter;
  }
  check = () => true;
  async run(model: Model, world: World): Promise<void> {
    const ask = askFor(this.wish, model, world);
    if (!ask) return;
    const { fault } = this;
    // That one's hook accepts no taskId.
    const isOnce = ask.callback === 'retrigger-decision';
    const again = isOnce ? undefined : this.again;
    const killAfter = isOnce ? undefined : this.killAfter;
    const before = model.seen;
    const choices = [wantedOf(ask, world.known(model.named), world.settings)];
    const taskId = again && randomTaskId();
    let { answer, error } = await disturbed(world, fault, () =>
      world.press('direct', ask, { taskId, killAfter }),
    );
    if (again) {
      world.settings = again;
      choices.push(wantedOf(ask, world.known(model.named), again));
      ({ answer, error } = await disturbed(world, undefined, () => world.press('direct', ask, { taskId })));
    }
    const fresh = await look(this, model, world);
    for (const { taskId: made } of fresh) model.direct.add(made);
    const left = leftIn(fresh);
    const inPeace = !fault || again !== undefined;
    if (answer === undefined && inPeace && choices.every(isToSucceed)) fail(this, String(error));
    const troubled: Ending = answer === undefined && !inPeace ? 'partial' : 'answered';
    fail(this, wrongWith(choices, left, fault || again ? troubled : 'clean'));
    if (/Nothing was (run again|done)/.test(String(error)) && !again && left.full + left.made.size > 0)
      fail(this, 'it said that nothing was run');
    // A rerun has no id, so a second direct call cannot recognize that of the first (ADR 20).
    const done = {
      choices,
      certain: !fault && !again && left.full === 0,
      active: left.full === 0 || again !== undefined,
    };
    fail(this, wrongStates(before, model.seen, [done]));
    if (ask.callback !== 'cancel-all') return;
    const canceled = new Set(
      model.seen.filter(({ state }) => state === 'exception').map((task) => task.taskId),
    );
    model.waiting = model.waiting.filter(({ action }) => !canceled.has(action));
  }
  toString = () => `direct ${JSON.stringify([this.wish, this.fault, this.again, this.killAfter])}`;
}

/** Whether there must be no problem. */
function isToSucceed(wanted: Wanted): boolean {
  return wanted === 'full' || (!wanted.refused && wanted.made.size > 0);
}
