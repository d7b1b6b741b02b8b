import type { TaskDefinition } from '../../functions/tasks/definition.ts';

const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * The definition that a clone must have, implemented independently of the functions: the original's, with taskIds
 * replaced everywhere, all times after `created` as far after the clone's, and the tag that Firefox's action sets if
 * labels are retriggered.
 *
 * @param created of the clone
 * @param taskIds old → new: its own, and those of dependencies that were run again
 */
export function expectedClone(
  original: TaskDefinition,
  created: string,
  taskIds: ReadonlyMap<string, string>,
): unknown {
  const start = Date.parse(original.created);
  const replaced = [...taskIds].reduce(
    (text, [before, after]) => text.replaceAll(before, after),
    JSON.stringify({ ...original, tags: tagsOf(original) }),
  );
  return JSON.parse(replaced, (_key, value: unknown) => {
    if (typeof value !== 'string' || !TIMESTAMP.test(value)) return value;
    const distance = Date.parse(value) - start;
    return distance < 0 ? value : new Date(Date.parse(created) + distance).toISOString();
  });
}

function tagsOf({ tags }: TaskDefinition): TaskDefinition['tags'] {
  return tags?.['retrigger'] === undefined ? tags : { action: 'retrigger-multiple-task', ...tags };
}
