import taskcluster from 'taskcluster-client';

/** What Treeherder and an operator use of Taskcluster's own client. */
export const { Auth, Hooks, Queue } = taskcluster;
