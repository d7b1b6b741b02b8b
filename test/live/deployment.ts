import { randomBytes } from 'node:crypto';
import type { Credentials } from 'taskcluster-client';
import {
  DEFAULT_FAST_ACTIONS,
  type FastAction,
  type FastActionsByDomain,
} from '../../functions/platform/fast-actions.ts';
import { fields, text } from '../../functions/taskcluster/answers.ts';
import type { HookDefinition } from '../../hooks/read/definition.ts';
import { fullCopy, fullName, wrapHook } from '../../hooks/render/wrap.ts';
import type { Repository } from '../../local/push/repository.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import { fullActionHook } from './action-hook.ts';
import type { Services } from './clients.ts';

/** What one run of the suite has created in a Taskcluster: a trust domain of its own. */
export interface Deployment {
  trustDomain: string;
  repository: Repository;
  /** The schedulerId of every task of the repository. */
  schedulerId: string;
  /** The in-tree action hook that users trigger: wrapped. */
  hook: HookName;
  /** The copy of its original. */
  fullHook: HookName;
  /** A hook of the same kind that is not wrapped. */
  bareHook: HookName;
  /** The task queue of the wrapped hook's action tasks. */
  retriggerQueue: string;
  /** May only trigger the hooks. */
  user: Credentials;
  /** May do nothing. */
  stranger: Credentials;
  /** Credentials of the `trigger` function. */
  trigger: Credentials;
  /** Credentials of the `worker` function. */
  worker: Credentials;
  /** May claim tasks of all the trust domain's queues, to run everything else. */
  testWorker: Credentials;
  /** Scopes of a decision task of the repository. */
  decisionScopes: string[];
  /** The functions' setting. */
  fastActions: FastActionsByDomain;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** The actions that the suite switches on. */
const FAST: FastAction[] = [...DEFAULT_FAST_ACTIONS, 'add-new-jobs', 'cancel', 'cancel-all'];
const HOUR_MS = 3_600_000;

/** Creates roles, clients and hooks like fxci-config's (local/seed does the same for Firefox). */
export async function deploy({ auth, hooks }: Services): Promise<Deployment> {
  const trustDomain = `rt${randomBytes(4).toString('hex')}`;
  const undo: (() => Promise<unknown>)[] = [];
  const description = 'Made by the acceptance suite of retrigger-hooks, which also removes it.';
  const createRole = async (roleId: string, scopes: string[]) => {
    await auth.createRole(roleId, { scopes, description });
    undo.push(() => auth.deleteRole(roleId));
  };
  const createClient = async (name: string, scopes: string[]): Promise<Credentials> => {
    const clientId = clientIdOf(name);
    const expires = new Date(Date.now() + HOUR_MS).toISOString();
    const answer = await auth.createClient(clientId, {
      scopes,
      description,
      expires,
      deleteOnExpiration: true,
    });
    undo.push(() => auth.deleteClient(clientId));
    return { clientId, accessToken: text('createClient', fields('createClient', answer)['accessToken']) };
  };
  const clientIdOf = (name: string) => `retrigger-hooks-acceptance/${trustDomain}/${name}`;
  const createHook = async ({ hookGroupId, hookId, ...definition }: HookDefinition) => {
    await hooks.createHook(hookGroupId, hookId, definition);
    undo.push(() => hooks.removeHook(hookGroupId, hookId));
  };

  const hookGroupId = `project-${trustDomain}`;
  const hook = { hookGroupId, hookId: 'in-tree-action-1-generic/0123456789' };
  const bareHook = { hookGroupId, hookId: 'in-tree-action-1-generic/abcdef0123' };
  const retriggerQueue = `${trustDomain}-1/retrigger`;
  const repository: Repository = { project: 'trunk', level: 1, url: `https://hg.example.com/${trustDomain}` };
  const repo = `repo:hg.example.com/${trustDomain}`;
  const triggerHooks = `hooks:trigger-hook:${hookGroupId}/in-tree-action-1-generic/*`;
  const remove = async () => {
    const failed: unknown[] = [];
    for (const step of undo.toReversed()) {
      try {
        await step();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, `not all of ${trustDomain} could be removed`);
  };
  try {
    await createRole(`${repo}:*`, repositoryScopes(trustDomain));
    await createRole(`${repo}:branch:*`, [`in-tree:hook-action:${hookGroupId}/in-tree-action-1-*`]);
    await createRole(`hook-id:${hookGroupId}/in-tree-action-1-generic/*`, [
      `assume:${repo}:action:generic`,
      triggerHooks,
    ]);
    const original = fullActionHook(hook, trustDomain);
    const wrapping = {
      mode: 'wrap',
      taskQueueId: retriggerQueue,
      fastActions: FAST,
      priority: null,
    } as const;
    await createHook(fullCopy(original));
    await createHook(wrapHook(original, wrapping));
    await createHook(fullActionHook(bareHook, trustDomain));
    return {
      trustDomain,
      repository,
      schedulerId: `${trustDomain}-level-1`,
      hook,
      fullHook: fullName(hook),
      bareHook,
      retriggerQueue,
      user: await createClient('user', [triggerHooks]),
      stranger: await createClient('stranger', []),
      trigger: await createClient('trigger', [
        `assume:hook-id:${hookGroupId}/in-tree-*`,
        `auth:create-client:${clientIdOf('trigger')}/for/*`,
        `hooks:trigger-hook:${hookGroupId}/in-tree-*`,
        ...readingScopes(trustDomain),
        'auth:expand-scopes',
      ]),
      worker: await createClient('worker', [
        `queue:claim-work:${retriggerQueue}`,
        `queue:worker-id:${trustDomain}/*`,
      ]),
      testWorker: await createClient('test-worker', [
        `queue:claim-work:${trustDomain}-1/*`,
        `queue:worker-id:${trustDomain}/*`,
      ]),
      fastActions: new Map([[trustDomain, new Set(FAST)]]),
      decisionScopes: [`assume:${repo}:branch:default`],
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What both functions read. On a public deployment, everyone may. */
function readingScopes(trustDomain: string): string[] {
  return [
    `index:list-tasks:${trustDomain}.*`,
    'queue:get-artifact:public/*',
    'queue:get-task:*',
    'queue:list-task-group:*',
    'queue:status:*',
  ];
}

/** Everything that runs for the repository may do this, including action tasks. */
function repositoryScopes(trustDomain: string): string[] {
  return [
    `queue:scheduler-id:${trustDomain}-level-1`,
    'queue:create-task:project:none',
    `queue:create-task:low:${trustDomain}-1/*`,
    `queue:rerun-task:${trustDomain}-level-1/*`,
    `queue:cancel-task:${trustDomain}-level-1/*`,
    `queue:route:index.${trustDomain}.*`,
    `queue:route:tc-treeherder.v2.${trustDomain}.*`,
    `secrets:get:project/${trustDomain}/*`,
    ...readingScopes(trustDomain),
  ];
}
