import type * as fc from 'fast-check';
import type { Ask, Task } from './ask.ts';
import type { Seen, World } from './world.ts';

/** The state after the commands so far. */
export interface Model {
  /** The push as last seen. */
  seen: readonly Seen[];
  /** The tasks that the maps of action tasks name. */
  named: Task[];
  /** Tasks made by direct calls; their clones keep the parent of the original. */
  direct: Set<string>;
  /** Actions that wait for a worker. */
  waiting: { action: string; ask: Ask }[];
  /** The effects of each action that has ended. */
  ended: Map<string, string>;
}

export type Command = fc.AsyncCommand<Model, World>;

export async function newModel(world: World): Promise<Model> {
  return { seen: await world.look(), named: [], direct: new Set(), waiting: [], ended: new Map() };
}

/** @param wrong undefined if nothing is wrong */
export function fail(what: unknown, wrong: string | undefined): void {
  if (wrong !== undefined) throw new Error(`${String(what)}: ${wrong}`);
}

/** Reads the push again. @returns what is new */
export async function look(command: unknown, model: Model, world: World): Promise<Seen[]> {
  const before = new Set(model.seen.map(({ taskId }) => taskId));
  model.seen = await world.look();
  const fresh = model.seen.filter(({ taskId }) => !before.has(taskId));
  for (const { kind, label, taskId, needs } of fresh) {
    const wanted = world.labels.get(label)?.needs ?? [];
    if (kind === 'job' && needs.toSorted().join(' ') !== wanted.toSorted().join(' '))
      fail(command, `${label} (${taskId}) depends on ${needs.join(', ')} and not on ${wanted.join(', ')}`);
  }
  return fresh;
}
