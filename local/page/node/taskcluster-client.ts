import { Auth, Hooks, Queue } from 'taskcluster-client-web';

/** `treeherder/button.ts` imports `taskcluster-client`; in a browser it gets `taskcluster-client-web`. */
export default { Auth, Hooks, Queue };
