import { PassThrough } from 'node:stream';
import { afterEach } from 'vitest';
import type { Credentials } from '../../functions/platform/credentials.ts';
import { parseDeployment, type Deployment } from '../../hooks/read/deployment.ts';
import type { HookDefinition } from '../../hooks/read/definition.ts';
import { fullCopy } from '../../hooks/render/wrap.ts';
import type { Session } from '../../hooks/session.ts';
import { connect, type Service } from '../../hooks/read/service.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { hgHook } from './hooks.ts';

export const WORKER = 'project/retrigger/worker';
export const ROLE_ID = 'hook-id:project-gecko/in-tree-action-1-generic/*';

export const CONFIG = `version: 1
worker: {clientId: ${WORKER}, workerGroup: retrigger}
trustDomains:
  gecko:
    1: {permissions: [generic]}
`;

export function deployment(text = CONFIG): Deployment {
  return parseDeployment(text, 'test.yml');
}

/** The scopes of the in-tree hooks' role in a deployment, before anything is adopted. */
export const REPOSITORY_ROLE = {
  roleId: 'repo:hg.mozilla.org/try:action:generic',
  scopes: [
    'queue:scheduler-id:gecko-level-1',
    'queue:create-task:low:gecko-1/*',
    'queue:route:tc-treeherder.v2.try.*',
    'queue:route:index.gecko.v2.try.*',
  ],
};
export const TRIGGER_GRANT = 'hooks:trigger-hook:project-gecko/in-tree-action-1-generic/*';

/** Hooks that this tool must not touch, although some names are similar. */
export const BYSTANDERS: HookDefinition[] = [
  ['project-gecko', 'in-tree-action-3-generic/ab12cd34ef'],
  ['project-gecko', 'in-tree-action-1-backfill/ab12cd34ef'],
  ['project-gecko', 'in-tree-pr-action-1-generic/ab12cd34ef'],
  ['project-gecko', 'in-tree-action-1-generic/not-a-hash'],
  ['project-gecko', 'in-tree-action-1-generic/0000000000/full'],
  ['project-gecko', 'cron-task-try'],
  ['project-mobile', 'in-tree-action-1-generic/ab12cd34ef'],
].map(([hookGroupId = '', hookId = '']) => ({ ...hgHook(), hookGroupId, hookId }));

/** Three hooks of one level, as they are before they are wrapped. */
export const HOOKS = ['ab12cd34ef', '0123456789', 'fedcba9876'].map((hash) => hgHook(hash));
export const [FIRST = hgHook()] = HOOKS;
/** The full copy of the first one. */
export const FULL = fullCopy(FIRST);

/** A local Taskcluster with hooks as fxci-config deploys them. The worker's client and grants are in place. */
export async function startDeployment(
  hooks: HookDefinition[],
): Promise<{ tc: LocalTaskcluster; admin: Service }> {
  const tc = await startLocalTaskcluster({ longPollMs: 200 });
  tc.createRole(ROLE_ID, ['assume:repo:hg.mozilla.org/try:action:generic', TRIGGER_GRANT]);
  tc.createRole(REPOSITORY_ROLE.roleId, REPOSITORY_ROLE.scopes);
  tc.createClient(WORKER, ['queue:claim-work:gecko-1/retrigger', 'queue:worker-id:retrigger/*']);
  const admin = connect(tc.rootUrl, tc.credentials);
  for (const hook of [...hooks, ...BYSTANDERS]) await admin.createHook(hook);
  tc.clearCalls();
  return { tc, admin };
}

/** Starts deployments for the tests of a file, one at a time; each is stopped after its test, or by `stop`. */
export function useDeployment() {
  let running: LocalTaskcluster | undefined;
  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  afterEach(stop);
  const start = async (hooks: HookDefinition[]) => {
    const started = await startDeployment(hooks);
    running = started.tc;
    return started;
  };
  return { start, stop };
}

/** The calls that changed something, as the service saw them. */
export function writes(tc: LocalTaskcluster): string[] {
  return tc
    .calls()
    .map(({ method }) => method)
    .filter((method) => /^(create|update|remove|delete)/.test(method));
}

/** A session whose output `text()` returns. */
export function session(
  tc: LocalTaskcluster,
  overrides: Partial<Session> & { credentials?: Credentials } = {},
): { session: Session; text: () => string } {
  const { credentials = tc.credentials, ...rest } = overrides;
  let text = '';
  const out = new PassThrough();
  out.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    text: () => text,
    session: {
      deployment: deployment(),
      service: connect(tc.rootUrl, credentials),
      hooks: undefined,
      only: '*',
      json: false,
      out,
      onProgress: () => undefined,
      ...rest,
    },
  };
}
