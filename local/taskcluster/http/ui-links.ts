/** `/tasks/<taskId>` and `/tasks/groups/<taskGroupId>`, as action logs and Treeherder link to Taskcluster's web UI. */
const UI_PATH = /^\/tasks\/(groups\/)?([\w-]{22})(?:[/?#]|$)/;

/** There is no web UI here: where the API has what such a link shows. */
export function apiPathOf(url: string): string | undefined {
  const [, group, id] = UI_PATH.exec(url) ?? [];
  if (id === undefined) return undefined;
  return group === undefined ? `/api/queue/v1/task/${id}` : `/api/queue/v1/task-group/${id}/list`;
}
