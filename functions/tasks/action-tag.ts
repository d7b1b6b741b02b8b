import type { TaskDefinition } from './definition.ts';

type Tags = TaskDefinition['tags'];

/**
 * The tags of a task that an action creates. Firefox's actions set `tags.action` unless the task has it already:
 * reports on failures tell retriggers from scheduled jobs by it. Standalone taskgraph does not, nor does it write
 * `tags.retrigger`, so that tag shows whose code we stand in for.
 *
 * @param action undefined if Firefox's action sets none
 */
export function withActionTag(tags: Tags, action: string | undefined): Tags {
  if (action === undefined || tags?.['retrigger'] === undefined) return tags;
  return { action, ...tags };
}
