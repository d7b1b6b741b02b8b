import type { FastAction } from '../../functions/platform/fast-actions.ts';

/**
 * Scopes for what the worker reads with the credentials of an action task. Large public deployments grant them to
 * `anonymous`.
 */
const ALWAYS = ['queue:get-artifact:public/*', 'queue:get-task:*', 'queue:status:*', 'index:list-tasks:*'];
const MORE: Partial<Record<FastAction, string>> = {
  downstream: 'index:find-task:*',
  'add-new-jobs': 'index:find-task:*',
  graph: 'index:find-task:*',
  'cancel-all': 'queue:list-task-group:*',
};

/** The scopes for reading that these fast actions need. */
export function readingScopes(fastActions: readonly string[]): string[] {
  const more = Object.entries(MORE).filter(([name]) => fastActions.includes(name));
  return [...new Set([...ALWAYS, ...more.map(([, scope]) => scope)])];
}
