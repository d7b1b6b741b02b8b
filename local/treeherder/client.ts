import taskcluster from 'taskcluster-client';

/** The parts of Taskcluster's client that Treeherder and operators use. */
export const { Auth, Hooks, Queue } = taskcluster;
