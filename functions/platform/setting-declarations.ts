import { FAST_ACTIONS } from './fast-actions.ts';

/**
 * Every environment variable that configures the functions. settings.ts reads no others; docs/settings.md is
 * generated from this table.
 */
export interface SettingDeclaration {
  functions: readonly ('trigger' | 'worker' | 'serve')[];
  /** When the variable is required, if ever. */
  required?: string;
  /** The default, in words. */
  fallback?: string;
  /** Pattern of one value, or of each word of a list. */
  pattern?: RegExp;
  /** The pattern in words. */
  form?: string;
  description: string;
}

const BOTH = ['trigger', 'worker'] as const;
const IDENTIFIER = /^[a-zA-Z0-9-_]{1,38}$/;

export const SETTINGS = {
  STAGE: {
    functions: BOTH,
    fallback: '`local`',
    pattern: /^[a-z0-9-]{1,32}$/,
    form: 'lower-case letters, digits and dashes',
    description: 'Name of the deployment; a dimension of every metric.',
  },
  TASKCLUSTER_ROOT_URL: {
    functions: BOTH,
    required: 'yes',
    form: 'an http(s) URL without a path',
    description: 'The Taskcluster deployment.',
  },
  TASKCLUSTER_CLIENT_ID: {
    functions: BOTH,
    required: 'yes',
    description:
      'The function’s own client. Use one for each function and stage, with only the scopes that it needs.',
  },
  TASKCLUSTER_ACCESS_TOKEN_PARAMETER: {
    functions: BOTH,
    required: 'one of the three',
    pattern: /^\/[a-zA-Z0-9_./-]{1,1000}$/,
    form: 'the name of an SSM parameter, as /retrigger-hooks/level1/trigger/access-token',
    description:
      'SSM parameter (SecureString) with that client’s access token. Read when first needed, every five ' +
      'minutes, and at once when Taskcluster refuses the token, so a new token needs no deploy.',
  },
  TASKCLUSTER_ACCESS_TOKEN: {
    functions: BOTH,
    required: 'one of the three',
    description:
      'The access token itself: for local runs, and for `serve` where secrets are in the environment.',
  },
  TASKCLUSTER_ACCESS_TOKEN_FILE: {
    functions: BOTH,
    required: 'one of the three',
    pattern: /^\//,
    form: 'an absolute path, as /run/secrets/access-token',
    description:
      'File with that client’s access token, as Kubernetes and Docker mount secrets. Read again like the SSM ' +
      'parameter, so a new token needs no restart.',
  },
  SSM_ENDPOINT: {
    functions: BOTH,
    fallback: 'AWS’s in the function’s region',
    form: 'an http(s) URL without a path',
    description: 'Use this SSM instead of AWS’s, for example a VPC endpoint.',
  },
  KILL_SWITCH: {
    functions: BOTH,
    fallback: 'none',
    pattern: /^[a-zA-Z0-9-]+-[1-3]$/,
    form: '<trust domain>-<level>, as gecko-1',
    description:
      'The kill switch: a list of trust domains and levels. Every action of theirs is forwarded to the full hook.',
  },
  FAST_ACTIONS: {
    functions: BOTH,
    fallback: 'retrigger, retrigger-disabled, retrigger-multiple and rerun everywhere',
    pattern: new RegExp(`^[a-zA-Z0-9-]+/(?:${FAST_ACTIONS.join('|')})$`),
    form: '<trust domain>/<name>, as gecko/cancel',
    description:
      `A list of the fast actions; every other action is forwarded to the full hook. Names: ${FAST_ACTIONS.join(', ')}. ` +
      'A trust domain in the list has exactly what is listed for it, so list the retriggers as well. The hooks’ ' +
      'configuration has the same list as `fastActions`; `npm run hooks -- check` compares the two.',
  },
  ARTIFACT_HOSTS: {
    functions: BOTH,
    fallback: 'none',
    pattern: /^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$/,
    form: 'a host, as artifacts.example.com or artifacts.example.com:8443',
    description:
      'A list of hosts from which artifacts of storage type `reference` may be read. Anyone who can push chooses the ' +
      'URL of a reference. Artifacts that the deployment stores itself (`s3`, `object`) need no entry.',
  },
  GRAPH_MAX_MB: {
    functions: BOTH,
    fallback: '512',
    pattern: /^[1-9][0-9]{0,3}$/,
    form: 'a number up to 9999',
    description:
      'The largest `public/full-task-graph.json` that is read, decompressed. Firefox’s has about 164 MB; an action that ' +
      'needs a larger one is forwarded. Only actions that FAST_ACTIONS lists beyond the default ones read a graph.',
  },
  PUBLIC_URLS: {
    functions: ['trigger'],
    fallback: 'the root URL',
    form: 'an http(s) URL without a path',
    description:
      'A list of the URLs under which callers reach the function: custom domains, and the ingress’s own host. A ' +
      'caller’s signature names one of them; request headers can only choose among them.',
  },
  HOOKS_ROOT_URL: {
    functions: ['trigger'],
    fallback: 'the root URL',
    form: 'an http(s) URL without a path',
    description: 'Root URL for forwards. If an ingress rule leads to the function, this one must bypass it.',
  },
  TASK_QUEUES: {
    functions: ['worker'],
    required: 'yes',
    pattern: /^[a-zA-Z0-9-]+-[1-3]\/[a-z]([-a-z0-9]{0,36}[a-z0-9])?$/,
    form: '<trust domain>-<level>/<name>, as gecko-1/retrigger',
    description: 'The task queues to poll, a list.',
  },
  WORKER_GROUP: {
    functions: ['worker'],
    fallback: '`retrigger-hooks`',
    pattern: IDENTIFIER,
    form: 'at most 38 letters, digits, `-` and `_`',
    description:
      'The workerGroup of the claims. `worker.workerGroup` in the hooks’ configuration must be the same: the grants that `npm run hooks` looks for depend on it.',
  },
  WORKER_ID: {
    functions: ['worker'],
    fallback: '`worker`',
    pattern: IDENTIFIER,
    form: 'at most 38 letters, digits, `-` and `_`',
    description: 'The workerId of the claims.',
  },
  MAX_DRAINS: {
    functions: ['worker'],
    fallback: '4',
    pattern: /^[0-9]{1,3}$/,
    form: 'a number up to 999',
    description: 'How many further runs a scheduled run may start when a queue is full.',
  },
  AWS_LAMBDA_FUNCTION_NAME: {
    functions: ['worker'],
    required: 'set by Lambda',
    description: 'The function that the worker invokes to start further runs.',
  },
  LAMBDA_ENDPOINT: {
    functions: ['worker'],
    fallback: 'AWS’s in the function’s region',
    form: 'an http(s) URL without a path',
    description: 'Use this Lambda endpoint instead of AWS’s, for local runs.',
  },
  HOST: {
    functions: ['serve'],
    fallback: '`127.0.0.1`',
    pattern: /^[a-zA-Z0-9.:-]{1,253}$/,
    form: 'an address or a name',
    description: 'Where `serve` listens; `0.0.0.0` in a container.',
  },
  PORT: {
    functions: ['serve'],
    fallback: '8080',
    pattern: /^(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$/,
    form: 'a port, 0 for any free one',
    description: 'The port on which `serve` listens.',
  },
  STOP_SECONDS: {
    functions: ['serve'],
    fallback: '30',
    pattern: /^[0-9]{1,3}$/,
    form: 'a number up to 999',
    description:
      'How long a claimed action may still take after SIGTERM; then it is given back to the queue. An open long poll ' +
      'can last up to 20 s more. Allow a few more seconds before you kill the process.',
  },
} as const satisfies Record<string, SettingDeclaration>;

export type SettingName = keyof typeof SETTINGS;
