import { Log } from '../../functions/platform/log.ts';
import type { Shutdown } from '../../functions/worker/shutdown.ts';
import type { Fault } from '../../local/taskcluster/api.ts';
import { openDoor } from '../support/door.ts';
import { taskNow } from '../support/task-group.ts';
import type { Settings } from './ask.ts';
import { RUN_MS, type World } from './world.ts';

/** What fails while two workers do their work. */
export interface Trouble {
  fault: Fault | undefined;
  stop: Stop | undefined;
  /** After that, the operator changes the settings. */
  flip: Settings | undefined;
}

/** After this many calls, one worker must end or is killed, or all claims expire while both workers continue. */
interface Stop {
  how: 'shutdown' | 'killed' | 'claims expire';
  afterCalls: number;
}

/** Runs something while calls fail. */
export async function disturbed<T>(
  { way }: World,
  fault: Fault | undefined,
  act: () => Promise<T>,
): Promise<{ answer?: T; error?: unknown }> {
  way.tc.setFaults(fault ? [fault] : []);
  try {
    return { answer: await act() };
  } catch (error) {
    return { error };
  } finally {
    way.tc.setFaults([]);
  }
}

/** Two workers with trouble; then one without, until all actions have ended. */
export async function work(world: World, { fault, stop, flip }: Trouble, actions: string[]): Promise<void> {
  const { way } = world;
  await disturbed(world, fault, () => Promise.all([doomed(world, stop), world.work()]));
  if (flip) world.settings = flip;
  for (let round = 1; ; round++) {
    way.tc.expireClaims();
    await world.work();
    const states = await Promise.all(actions.map(async (action) => (await taskNow(way.tc, action)).state));
    if (states.every((state) => ENDED.has(state))) return;
    if (round === 3) throw new Error(`actions have not ended: ${states.join(', ')}`);
  }
}

const ENDED = new Set(['completed', 'failed', 'exception']);

/** One run of a worker that is disturbed unless it ends before. */
async function doomed(world: World, stop: Stop | undefined): Promise<void> {
  if (!stop) return world.work();
  const { tc } = world.way;
  const controller = new AbortController();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const shutdown: Shutdown = { signal: controller.signal, begun, clear: () => undefined };
  const door = stop.how === 'killed' ? await openDoor(tc.rootUrl) : undefined;
  const over = new AbortController();
  const run = world
    .work({ shutdown, ...(door ? { rootUrl: door.url, log: new Log(() => undefined) } : {}) })
    .finally(() => over.abort());
  const end = tc.calls().length + stop.afterCalls;
  await tc.untilCalls(({ length }) => length >= end, { signal: over.signal, timeoutMs: RUN_MS });
  const isWorking = !over.signal.aborted;
  if (isWorking && stop.how === 'claims expire') tc.expireClaims();
  else if (isWorking) {
    door?.shut();
    controller.abort();
    begin();
  }
  // A dead worker still waits for answers, but nothing waits for it.
  if (door && isWorking) run.catch(() => undefined);
  else await run;
  door?.shut();
}
