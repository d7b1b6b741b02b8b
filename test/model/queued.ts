import type { Task } from './ask.ts';
import { wrongWith } from './effects.ts';
import { wantedOf } from './expected.ts';
import { fail, look, type Command, type Model } from './model.ts';
import { wrongStates, type Done } from './states.ts';
import { work, type Trouble } from './trouble.ts';
import { askFor, type Wish } from './wish.ts';
import { leftIn, type Seen, type World } from './world.ts';

/** More would have too many acceptable outcomes. */
const MOST_WAITING = 3;

/** An action is requested, as by today's Treeherder. */
export class Queue implements Command {
  readonly wish: Wish;
  constructor(wish: Wish) {
    this.wish = wish;
  }
  check = ({ waiting }: Readonly<Model>) => waiting.length < MOST_WAITING;
  async run(model: Model, world: World): Promise<void> {
    const ask = askFor(this.wish, model, world);
    if (!ask) return;
    const action = await world.press('queued', ask);
    const fresh = await look(this, model, world);
    const { full, made } = leftIn(fresh);
    const isOurs = fresh.some(({ taskId, kind }) => taskId === action && kind === 'action task of ours');
    if (isOurs) model.waiting.push({ action, ask });
    if (full !== (isOurs ? 0 : 1) || made.size > 0) fail(this, 'the hook has made something else');
  }
  toString = () => `queued ${JSON.stringify(this.wish)}`;
}

/** Two workers perform what is pending. */
export class Work implements Command {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    this.trouble = trouble;
  }
  check = ({ waiting }: Readonly<Model>) => waiting.length > 0;
  async run(model: Model, world: World): Promise<void> {
    const { fault, flip } = this.trouble;
    const before = model.seen;
    const settings = [world.settings, ...(flip ? [flip] : [])];
    const batch = model.waiting.splice(0);
    await work(
      world,
      this.trouble,
      batch.map(({ action }) => action),
    );
    const fresh = await look(this, model, world);
    const states = new Map(model.seen.map(({ taskId, state }) => [taskId, state]));
    const maps = new Map<string, Task[]>();
    for (const { action } of batch)
      maps.set(action, states.get(action) === 'completed' ? await mapOf(action, model, world) : []);
    const canceling = batch.some(({ ask }) => ask.callback === 'cancel-all');
    const done: Done[] = [];
    let accounted = 0;
    for (const { action, ask } of batch) {
      const others = batch
        .filter((other) => other.action !== action)
        .map((other) => maps.get(other.action) ?? []);
      const pushes = subsets(others).map((known) => world.known([...model.named, ...known.flat()]));
      const choices = settings.flatMap((one) => pushes.map((push) => wantedOf(ask, push, one)));
      const left = leftOf(action, model, world);
      accounted += left.full;
      const state = states.get(action) ?? '';
      const wasStopped = state === 'exception' && canceling;
      // To cancel a push, the group is read again at the end. If that fails, so does the action, but what was there at
      // its start must be canceled.
      const isInDoubt = fault !== undefined && ask.callback === 'cancel-all';
      const mayFail = isInDoubt || choices.some((wanted) => wanted !== 'full' && wanted.refused);
      if (state !== 'completed' && !wasStopped && !(state === 'failed' && mayFail))
        fail(this, `${ask.callback} ${action} has ended ${state}`);
      const ending = wasStopped ? 'partial' : fault ? 'answered' : 'clean';
      fail(`${String(this)}: ${JSON.stringify(ask)} ${action}`, wrongWith(choices, left, ending));
      const active = left.full === 0;
      done.push({ choices, certain: active && !wasStopped, active });
      model.ended.set(action, describe(action, model, world));
    }
    if (accounted !== leftIn(fresh).full) fail(this, 'there are full action tasks of no action');
    fail(this, wrongStates(before, model.seen, done));
    model.named.push(...[...maps.values()].flat());
    for (const [action, left] of model.ended)
      if (describe(action, model, world) !== left) fail(this, `${action} has gone on after its end`);
  }
  toString = () => `work ${JSON.stringify(this.trouble)}`;
}

/** The tasks that an action's own map names: all that it has made, and what it has found for what those need. */
async function mapOf(action: string, model: Model, world: World): Promise<Task[]> {
  const map = await world.mapOf(action);
  const own = new Set(model.seen.map(({ taskId }) => taskId));
  for (const label of leftOf(action, model, world).made.keys())
    if (!Object.hasOwn(map, label)) fail(action, `its map does not name ${label}`);
  return Object.entries(map).map(([label, taskId]) => ({ taskId, label, own: own.has(taskId) }));
}

function leftOf(action: string, { seen, direct }: Model, world: World) {
  const full = world.fullOf(action);
  const isOf = ({ taskId, kind, parent }: Seen) =>
    kind === 'job' ? parent === action && !direct.has(taskId) : taskId === full;
  return leftIn(seen.filter(isOf));
}

function describe(action: string, model: Model, world: World): string {
  const { made, full } = leftOf(action, model, world);
  return [full, ...[...made].map((each) => each.join(' × ')).toSorted()].join(', ');
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]]);
}

/** What is still pending at the end is done without trouble. */
export async function finish(model: Model, world: World): Promise<void> {
  if (model.waiting.length > 0)
    await new Work({ fault: undefined, stop: undefined, flip: undefined }).run(model, world);
}
