import { withActionTag } from './action-tag.ts';
import type { TaskDefinition } from './definition.ts';
import { shiftTimestamp } from './timestamps.ts';
import type { TaskId } from './names.ts';

export interface CloneInput {
  definition: TaskDefinition;
  /** The original's taskId; the clone's taskId replaces it everywhere in the definition. */
  taskId: TaskId;
  newTaskId: TaskId;
  /** The clone's `created`. */
  now: Date;
  /** Old taskId → new taskId, for dependencies that were run again; replaced everywhere in the definition. */
  replacements: ReadonlyMap<TaskId, TaskId>;
  /** The action task that the clone belongs to; without one (the direct way), `extra.parent` stays. */
  parent?: TaskId | undefined;
  /** What Firefox's action would set as `tags.action`. */
  actionTag?: string | undefined;
}

/**
 * The definition of a clone: the original's, except for its times, its own taskId, the taskIds of dependencies that
 * have since been run again, the action task that made the original, `extra.parent` and `tags.action`. Sources:
 * taskgraph's create_tasks (which resolves references again and sets the parent) and docs/adr/0006.
 */
export function cloneDefinition(input: CloneInput): TaskDefinition {
  const { definition, taskId, newTaskId, now, replacements, parent, actionTag } = input;
  const created = Date.parse(definition.created);
  const substitute = substitution(new Map([...replacements, [taskId, newTaskId]]));
  const clone = mapStrings(definition, (text) => substitute(shiftTimestamp(text, created, now.getTime())));
  clone.created = now.toISOString();
  if (definition.dependencies) {
    const maker = makerOf(definition);
    // A task may depend on itself (and then never starts unless forced); its clone then does too.
    const kept = definition.dependencies.filter((id) => id !== maker);
    clone.dependencies = [...new Set(kept.map(substitute))];
  }
  if (parent !== undefined) clone.extra = { ...clone.extra, parent };
  const tags = withActionTag(clone.tags, actionTag);
  if (tags) clone.tags = tags;
  return clone;
}

/**
 * The action task that made a task, if one did: its parent, if that is not the decision task. taskgraph also makes it a
 * dependency, so that nothing starts before the action has ended.
 */
export function makerOf(definition: TaskDefinition): TaskId | undefined {
  const parent = definition.extra?.['parent'];
  return typeof parent === 'string' && parent !== definition.taskGroupId ? parent : undefined;
}

/** The dependencies that a clone of this task has, before any of them is replaced. */
export function dependenciesOf(definition: TaskDefinition): TaskId[] {
  const maker = makerOf(definition);
  return (definition.dependencies ?? []).filter((id) => id !== maker);
}

/** Replaces every key of the map with its value, in one pass, so that a replacement is never replaced again. */
function substitution(replacements: ReadonlyMap<string, string>): (text: string) => string {
  // A slugid has no character that is special in a regular expression.
  const pattern = new RegExp([...replacements.keys()].join('|'), 'g');
  // mutant stays: a shorter text has no taskId in it, so this is only faster
  return (text) => (text.length < 22 ? text : text.replace(pattern, (id) => replacements.get(id) ?? id));
}

function mapStrings<T>(value: T, map: (text: string) => string): T;
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]));
}
