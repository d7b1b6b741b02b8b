import taskcluster from 'taskcluster-client';

/** The real client of the index service. */
export const { Index } = taskcluster;
