import { Auth, Hooks, Queue } from 'taskcluster-client-web';

/** Treeherder's button is written for `taskcluster-client`; in a browser it runs on `taskcluster-client-web`. */
export default { Auth, Hooks, Queue };
