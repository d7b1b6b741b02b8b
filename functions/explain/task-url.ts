import type { TaskId } from '../tasks/names.ts';
import { SLUGID_PATTERN } from '../tasks/task-id.ts';

/** A task, named by its page in Taskcluster or Treeherder, or by its taskId. */
export interface NamedTask {
  taskId: TaskId;
  /** Of the Taskcluster whose page it is; undefined if the address does not tell. */
  rootUrl: string | undefined;
}

/**
 * Treeherder's addresses do not name the repository's Taskcluster; nearly all of Mozilla's repositories use this one.
 */
const ROOT_URLS = new Map([
  ['treeherder.mozilla.org', 'https://firefox-ci-tc.services.mozilla.com'],
  ['treeherder.allizom.org', 'https://firefox-ci-tc.services.mozilla.com'],
]);

/** @returns undefined if it names no task */
export function parseTaskUrl(text: string): NamedTask | undefined {
  if (SLUGID_PATTERN.test(text)) return { taskId: text, rootUrl: undefined };
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  return treeherderTask(url) ?? taskclusterTask(url);
}

/** `/jobs?repo=…&selectedTaskRun=<taskId>.<run>`; older addresses have this after a `#/`. */
function treeherderTask({ searchParams, hash, hostname }: URL): NamedTask | undefined {
  const query = hash.includes('?') ? new URLSearchParams(hash.slice(hash.indexOf('?'))) : searchParams;
  const run = query.get('selectedTaskRun');
  if (run === null) return undefined;
  const taskId = run.slice(0, 22);
  return SLUGID_PATTERN.test(taskId) ? { taskId, rootUrl: ROOT_URLS.get(hostname) } : undefined;
}

/** `/tasks/<taskId>…`, `/tasks/groups/<taskGroupId>/tasks/<taskId>…`, `/api/queue/v1/task/<taskId>…` */
function taskclusterTask({ pathname, origin }: URL): NamedTask | undefined {
  const [, taskId = ''] = /\/(?:tasks|task)\/([A-Za-z0-9_-]{22})(?:\/|$)/.exec(pathname) ?? [];
  return SLUGID_PATTERN.test(taskId) ? { taskId, rootUrl: origin } : undefined;
}
