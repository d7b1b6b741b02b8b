import * as fc from 'fast-check';
import type { Fault } from '../../local/taskcluster/api.ts';
import {
  ALL_TARGETS,
  TARGETS,
  wantedOf,
  wrongWith,
  type Ask,
  type Ending,
  type Left,
  type State,
  type Target,
  type Wanted,
} from './expected.ts';
import { disturbed, work, type Trouble } from './trouble.ts';
import type { World } from './world.ts';

/** What the commands so far should have led to. */
export interface Model {
  /** Of the targets that may be rerun. */
  states: Map<Target, State>;
  /** How many each of them has had. */
  runs: Map<Target, number>;
  /** Actions that wait for a worker. */
  waiting: { action: string; wanted: Wanted }[];
  /** Those that have ended. */
  ended: { action: string; wanted: Wanted; ending: Ending }[];
}

export type Command = fc.AsyncCommand<Model, World>;

export function newModel(): Model {
  return {
    states: new Map(ALL_TARGETS.map((target) => [target, TARGETS[target].state])),
    runs: new Map(ALL_TARGETS.map((target) => [target, 1])),
    waiting: [],
    ended: [],
  };
}

interface Done {
  wanted: Wanted;
  /** It was done here, and not perhaps by the full hook. */
  certain: boolean;
}

const hasFailed = (state: State | undefined) => state === 'failed' || state === 'exception';

/** Looks at what actions that were performed side by side have made of the targets' runs and states. */
async function checkRuns(model: Model, world: World, done: Done[]): Promise<void> {
  for (const target of ALL_TARGETS) {
    const before = model.states.get(target) ?? 'completed';
    const known = model.runs.get(target) ?? 1;
    const asking = (field: 'reruns' | 'cancels') =>
      done.filter(({ wanted }) => wanted[field].includes(target));
    const [reruns, cancels] = [asking('reruns'), asking('cancels')];
    const certain = (all: Done[]) => all.some((one) => one.certain);
    // One that is canceled first may then be rerun.
    const most = hasFailed(before) || (before === 'pending' && cancels.length > 0) ? reruns.length : 0;
    // Whoever comes second finds a run that is pending, or comes at the same moment.
    const fewest = hasFailed(before) && certain(reruns) ? 1 : 0;
    const { runs, state } = await world.runsOf(target);
    if (runs < known + fewest || runs > known + most)
      throw new Error(`${target} has ${runs} runs, not ${known + fewest} to ${known + most}`);
    const allowed = new Set<string>(runs === known ? [before] : ['pending']);
    if (cancels.length > 0 && (before === 'pending' || runs > known)) {
      if (certain(cancels) && reruns.length === 0) allowed.clear();
      allowed.add('exception');
    }
    if (!allowed.has(state)) throw new Error(`${target} is ${state}, not ${[...allowed].join(' or ')}`);
    model.runs.set(target, runs);
    model.states.set(target, STATES.find((one) => one === state) ?? before);
  }
}

const STATES: State[] = ['failed', 'completed', 'pending', 'exception'];

function expectRight(what: string, wanted: Wanted, left: Left, ending: Ending): void {
  const wrong = wrongWith(wanted, left, ending);
  if (wrong !== undefined) throw new Error(`${what}: ${wrong}`);
}

class Queue implements Command {
  readonly ask: Ask;
  constructor(ask: Ask) {
    this.ask = ask;
  }
  check = () => true;
  async run(model: Model, world: World): Promise<void> {
    model.waiting.push({ action: await world.press('queued', this.ask), wanted: wantedOf(this.ask) });
  }
  toString = () => `queued ${JSON.stringify(this.ask)}`;
}

class Direct implements Command {
  readonly ask: Ask;
  readonly fault: Fault | undefined;
  constructor(ask: Ask, fault: Fault | undefined) {
    this.ask = ask;
    this.fault = fault;
  }
  check = () => true;
  async run(model: Model, world: World): Promise<void> {
    const before = world.left();
    const wanted = wantedOf(this.ask);
    const { answer, error } = await disturbed(world, this.fault, () => world.press('direct', this.ask));
    const now = world.left();
    const left = {
      clones: new Map(
        ALL_TARGETS.map((one) => [one, (now.clones.get(one) ?? 0) - (before.clones.get(one) ?? 0)]),
      ),
      full: now.full - before.full,
    };
    const nothingToDo = wanted.clones.size === 0 && !wanted.forwarded;
    const ending = answer === undefined && !nothingToDo ? 'partial' : this.fault ? 'answered' : 'clean';
    if (ending === 'partial' && !this.fault) throw new Error(`${String(this)}: ${String(error)}`);
    expectRight(String(this), wanted, left, ending);
    const claimsNothing = String(error).includes('Nothing was run again');
    if (claimsNothing && (left.full > 0 || [...left.clones.values()].some((count) => count > 0)))
      throw new Error(`${String(this)}: it said that nothing was run`);
    await checkRuns(model, world, [{ wanted, certain: !this.fault && left.full === 0 }]);
  }
  toString = () => `direct ${JSON.stringify(this.ask)} ${JSON.stringify(this.fault)}`;
}

class Work implements Command {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    this.trouble = trouble;
  }
  check = ({ waiting }: Readonly<Model>) => waiting.length > 0;
  async run(model: Model, world: World): Promise<void> {
    const calm = this.trouble.fault === undefined;
    await work(
      world,
      this.trouble,
      model.waiting.map(({ action }) => action),
    );
    const done = model.waiting.splice(0);
    for (const { action, wanted } of done) {
      const ending = calm ? 'clean' : 'answered';
      model.ended.push({ action, wanted, ending });
    }
    await checkRuns(
      model,
      world,
      done.map(({ action, wanted }) => ({ wanted, certain: world.left(action).full === 0 })),
    );
    // Earlier ones too: nothing may come later.
    for (const { action, wanted, ending } of model.ended)
      expectRight(`${String(this)}, ${action}`, wanted, world.left(action), ending);
  }
  toString = () => `work ${JSON.stringify(this.trouble)}`;
}

class Resolve implements Command {
  readonly target: Target;
  readonly state: State;
  constructor(target: Target, state: State) {
    this.target = target;
    this.state = state;
  }
  check = ({ states }: Readonly<Model>) => states.get(this.target) === 'pending';
  async run(model: Model, world: World): Promise<void> {
    await world.resolve(this.target, this.state);
    model.states.set(this.target, this.state);
  }
  toString = () => `${this.target} ends ${this.state}`;
}

const METHODS = [
  'task',
  'tasks',
  'statuses',
  'listTasks',
  'get',
  'createTask',
  'rerunTask',
  'cancelTask',
  'triggerHook',
];
const OF_WORKERS = ['claimWork', 'createArtifact', 'put', 'reportCompleted', 'reclaimTask', '*'];
const OF_DIRECT = ['authenticateHawk', 'expandScopes', 'hook', '*'];

function anyFault(methods: string[]): fc.Arbitrary<Fault> {
  const trouble = fc.constantFrom<Partial<Fault>>(
    { status: 500 },
    { status: 429 },
    { drop: 'before' },
    { drop: 'after' },
  );
  return fc
    .record({
      method: fc.constantFrom(...methods),
      nth: fc.integer({ min: 1, max: 12 }),
      times: fc.integer({ min: 1, max: 4 }),
      trouble,
    })
    .map(({ method, nth, times, trouble: what }) => ({
      method,
      nth: method === '*' ? nth * 2 : Math.ceil(nth / 4),
      times,
      ...what,
    }));
}

const anyTarget = fc.constantFrom<Target>(...ALL_TARGETS);
const anyAsk: fc.Arbitrary<Ask> = fc.record({
  kind: fc.constantFrom('labels', 'labels', 'task', 'rerun', 'cancel'),
  targets: fc.uniqueArray(anyTarget, { minLength: 1, maxLength: 3 }),
  times: fc.integer({ min: 1, max: 3 }),
});
const anyTrouble: fc.Arbitrary<Trouble> = fc.record({
  fault: fc.option(anyFault([...METHODS, ...OF_WORKERS]), { nil: undefined }),
  stop: fc.option(
    fc.record({
      how: fc.constantFrom('shutdown', 'claims expire'),
      afterCalls: fc.integer({ min: 1, max: 60 }),
    }),
    { nil: undefined },
  ),
});

export const anyCommands: fc.Arbitrary<Iterable<Command>> = fc.commands<Model, World, false>(
  [
    anyAsk.map((ask) => new Queue(ask)),
    anyAsk.map((ask) => new Queue(ask)),
    fc
      .tuple(anyAsk, fc.option(anyFault([...METHODS, ...OF_DIRECT]), { nil: undefined }))
      .map(([ask, fault]) => new Direct(ask, fault)),
    anyTrouble.map((trouble) => new Work(trouble)),
    fc
      .tuple(anyTarget, fc.constantFrom<State>('failed', 'completed'))
      .map(([target, state]) => new Resolve(target, state)),
  ],
  { maxCommands: 8 },
);

/** What still waits at the end is done in peace. */
export async function finish(model: Model, world: World): Promise<void> {
  if (model.waiting.length > 0) await new Work({ fault: undefined, stop: undefined }).run(model, world);
}
