import type * as fc from 'fast-check';
import type { Ask, Task } from './expected.ts';
import type { Seen, World } from './world.ts';

/** What the commands so far have led to. */
export interface Model {
  /** The push, as it was seen last. */
  seen: readonly Seen[];
  /** New tasks of which an action task has left a map. */
  named: Task[];
  /** What direct calls have made; a clone of theirs keeps the parent of its original. */
  direct: Set<string>;
  /** Actions that wait for a worker. */
  waiting: { action: string; ask: Ask }[];
  /** What each of those that have ended has left. */
  ended: Map<string, string>;
}

export type Command = fc.AsyncCommand<Model, World>;

export async function newModel(world: World): Promise<Model> {
  return { seen: await world.look(), named: [], direct: new Set(), waiting: [], ended: new Map() };
}

/** @param wrong undefined if nothing is */
export function fail(what: unknown, wrong: string | undefined): void {
  if (wrong !== undefined) throw new Error(`${String(what)}: ${wrong}`);
}

/** Looks at the push again. @returns what is new */
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
