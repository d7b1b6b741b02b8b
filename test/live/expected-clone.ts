import type { TaskDefinition } from '../../functions/tasks/definition.ts';

const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * The definition that a clone must have, written down independently of how the function makes it: the original's
 * document, with taskIds replaced everywhere and all that lay ahead of `created` as far ahead of the clone's.
 *
 * @param created of the clone
 * @param taskIds old → new: its own, and those of dependencies that have been run anew
 */
export function expectedClone(
  original: TaskDefinition,
  created: string,
  taskIds: ReadonlyMap<string, string>,
): unknown {
  const start = Date.parse(original.created);
  const replaced = [...taskIds].reduce(
    (text, [before, after]) => text.replaceAll(before, after),
    JSON.stringify(original),
  );
  return JSON.parse(replaced, (_key, value: unknown) => {
    if (typeof value !== 'string' || !TIMESTAMP.test(value)) return value;
    const distance = Date.parse(value) - start;
    return distance < 0 ? value : new Date(Date.parse(created) + distance).toISOString();
  });
}
