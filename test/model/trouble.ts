import { setTimeout as sleep } from 'node:timers/promises';
import type { Shutdown } from '../../functions/worker/shutdown.ts';
import type { Fault } from '../../local/taskcluster/api.ts';
import { taskNow } from '../support/task-group.ts';
import type { World } from './world.ts';

/** What goes wrong while two workers do their work. */
export interface Trouble {
  fault: Fault | undefined;
  stop: Stop | undefined;
}

/** One of the workers must end, or every claim is over, after so many calls. */
interface Stop {
  how: 'shutdown' | 'claims expire';
  afterCalls: number;
}

/** Does something while calls go wrong. */
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

/** Two workers, with trouble; then one in peace, until all actions have ended. */
export async function work(world: World, { fault, stop }: Trouble, actions: string[]): Promise<void> {
  const { way } = world;
  const controller = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const shutdown: Shutdown = { signal: controller.signal, begun, clear: () => undefined };
  const working = new AbortController();
  const watch = async ({ how, afterCalls }: Stop) => {
    const wanted = way.tc.calls().length + afterCalls;
    while (way.tc.calls().length < wanted) {
      if (working.signal.aborted) return;
      await sleep(1);
    }
    if (how === 'claims expire') return way.tc.expireClaims();
    controller.abort();
    resolve();
  };
  const watching = stop ? watch(stop) : undefined;
  await disturbed(world, fault, () => Promise.all([way.work({ shutdown }), way.work()]));
  working.abort();
  await watching;
  for (let round = 1; ; round++) {
    way.tc.expireClaims();
    await way.work();
    const states = await Promise.all(actions.map(async (action) => (await taskNow(way.tc, action)).state));
    if (states.every((state) => state === 'completed')) return;
    if (round === 3) throw new Error(`actions have not completed: ${states.join(', ')}`);
  }
}
