import * as fc from 'fast-check';
import { DEFAULT_FAST_ACTIONS, FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import type { Fault } from '../../local/taskcluster/api.ts';
import { Direct, type Mishap } from './direct.ts';
import { Flip, Resolve } from './events.ts';
import type { Ask, Settings } from './ask.ts';
import type { Command } from './model.ts';
import { Queue, Work } from './queued.ts';
import type { Trouble } from './trouble.ts';
import { DECISION, UNKNOWN, type Wish } from './wish.ts';

/** A choice, with its relative frequency. */
function mostly<A, B>(weight: number, usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: other });
}

const rarely = mostly(2, fc.constant(false), fc.constant(true));
const none = fc.constant(undefined);

const METHODS = [
  'task',
  'tasks',
  'statuses',
  'listTasks',
  'listTaskGroup',
  'findTasksAtIndex',
  'getLatestArtifact',
  'get',
  'createTask',
  'createTask',
  'rerunTask',
  'cancelTask',
  'triggerHook',
];
const OF_WORKERS = ['claimWork', 'createArtifact', 'put', 'reportCompleted', 'reclaimTask', '*'];
const OF_DIRECT = ['authenticateHawk', 'expandScopes', 'hook', '*'];

function anyFault(methods: string[]): fc.Arbitrary<Fault | undefined> {
  const how = fc.constantFrom<Partial<Fault>>(
    { status: 500 },
    { status: 429 },
    { drop: 'before' },
    { drop: 'midway' },
    { drop: 'after' },
  );
  const fault = fc
    .record({
      method: fc.constantFrom(...methods),
      nth: fc.integer({ min: 1, max: 12 }),
      times: fc.integer({ min: 1, max: 4 }),
      how,
    })
    .map(({ method, nth, times, how: what }) => ({
      method,
      nth: method === '*' ? nth * 2 : Math.ceil(nth / 4),
      times,
      ...what,
    }));
  return mostly(1, none, fault);
}

const anySettings: fc.Arbitrary<Settings> = fc.record({
  killSwitch: mostly(5, fc.constant(false), fc.constant(true)),
  fast: fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly string[]>(FAST_ACTIONS) },
    { weight: 1, arbitrary: fc.constant(DEFAULT_FAST_ACTIONS) },
    { weight: 1, arbitrary: fc.subarray([...FAST_ACTIONS]) },
  ),
});

/** Those listed more than once are more frequent. */
const anyCallback = fc.constantFrom<Ask['callback']>(
  'retrigger-multiple',
  'retrigger-multiple',
  'retrigger-multiple',
  'retrigger',
  'retrigger-disabled',
  'retrigger',
  'retrigger-disabled',
  'add-new-jobs',
  'add-new-jobs',
  'rerun',
  'cancel',
  'cancel-all',
  'create-interactive',
  'retrigger-decision',
);

const anyWish: fc.Arbitrary<Wish> = fc.record({
  callback: anyCallback,
  labels: fc.uniqueArray(mostly(12, fc.nat({ max: 5 }), fc.constant(UNKNOWN)), {
    minLength: 1,
    maxLength: 3,
  }),
  task: mostly(8, fc.nat({ max: 2 }), fc.constant(DECISION)),
  times: fc.integer({ min: 1, max: 2 }),
  downstream: rarely,
  force: rarely,
});

const anyTrouble: fc.Arbitrary<Trouble> = fc
  .record({
    fault: anyFault([...METHODS, ...OF_WORKERS]),
    stop: mostly(
      1,
      none,
      fc.record({
        how: fc.constantFrom('shutdown', 'killed', 'claims expire'),
        afterCalls: fc.integer({ min: 1, max: 40 }),
      }),
    ),
    flip: mostly(2, none, anySettings),
  })
  // Two live runs of an action could decide differently between forwarding and performing it, by what each can read.
  // But no worker continues after its claim has ended, unless its clock has stopped.
  .map((trouble) => (trouble.stop?.how === 'claims expire' ? { ...trouble, fault: undefined } : trouble));

const anyMishap: fc.Arbitrary<Mishap> = mostly(
  3,
  fc.record({
    fault: anyFault([...METHODS, ...OF_DIRECT]),
    again: mostly(2, none, anySettings),
    killAfter: none,
  }),
  fc.record({ fault: none, again: none, killAfter: fc.integer({ min: 1, max: 20 }) }),
);

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: anyWish.map((wish) => new Queue(wish)) },
  { weight: 3, arbitrary: anyTrouble.map((trouble) => new Work(trouble)) },
  {
    weight: 3,
    arbitrary: fc.tuple(anyWish, anyMishap).map((all) => new Direct(...all)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: 5 }), fc.constantFrom('completed', 'failed'))
      .map((all) => new Resolve(...all)),
  },
  { weight: 1, arbitrary: anySettings.map((settings) => new Flip(settings)) },
);

export const anyCommands: fc.Arbitrary<Command[]> = fc.array(anyCommand, {
  minLength: 4,
  maxLength: 8,
  size: 'max',
});
