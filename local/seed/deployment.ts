import { parseHook, type HookDefinition } from '../../hooks/read/definition.ts';
import { fullCopy } from '../../hooks/render/wrap.ts';
import { autoland, trustDomain, tryRepository, type Repository } from '../push/repository.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import { actionHookTemplate, inTreeActionHook } from '../push/taskcluster-yml.ts';
import type { Credentials, LocalTaskcluster } from '../taskcluster/api.ts';
import { Hooks } from '../treeherder/client.ts';
import { actionPermissions, deploymentRoles, triggerScope } from './roles.ts';
import { triggerSchema } from './trigger-schema.ts';

/** A generic in-tree action hook as it was created. */
interface SeededHook {
  level: Repository['level'];
  /** What `actions.json` names and users trigger. */
  hook: HookName;
  /** Its copy `<hookId>/full`, which is never wrapped, as the hooks tool makes it. */
  full: HookName;
}

/** The hooks and clients of a seeded deployment. */
export interface Deployment {
  /** One for each level. */
  hooks: SeededHook[];
  /** A developer who is signed in to Treeherder: may only trigger generic in-tree actions. */
  user: Credentials;
  /** The function of the direct way: acts as any in-tree hook, under its own names. */
  trigger: Credentials;
  /** The function of the queued way: claims action tasks and acts with their credentials. */
  worker: Credentials;
}

export interface SeedOptions {
  /** Repositories the deployment serves (default: autoland at level 3 and try at level 1). */
  repositories?: readonly Repository[];
}

const clientIds = {
  user: 'mozilla-auth0/ad|Mozilla-LDAP|dev/treeherder-localhost',
  trigger: 'project/releng/retrigger/trigger',
  worker: 'project/releng/retrigger/worker',
};

async function createHooks(tc: LocalTaskcluster, level: Repository['level']): Promise<SeededHook> {
  const service = new Hooks({ rootUrl: tc.rootUrl, credentials: tc.credentials });
  const create = ({ hookGroupId, hookId, ...definition }: HookDefinition): Promise<unknown> =>
    service.createHook(hookGroupId, hookId, definition);
  const inTree = (permission: string): HookDefinition => {
    const { hookGroupId, hookId } = inTreeActionHook(level, permission);
    return parseHook({
      hookGroupId,
      hookId,
      metadata: {
        name: `${hookGroupId}/${hookId}`,
        description: `Action task ${permission} at level ${level}`,
        owner: 'taskcluster-notifications@mozilla.com',
        emailOnError: true,
      },
      schedule: [],
      bindings: [],
      task: actionHookTemplate(permission),
      triggerSchema,
    });
  };
  for (const permission of actionPermissions) await create(inTree(permission));
  const hook = inTreeActionHook(level, 'generic');
  const copy = fullCopy(inTree('generic'));
  await create(copy);
  const full = { hookGroupId: copy.hookGroupId, hookId: copy.hookId };
  return { level, hook, full };
}

/**
 * Turns an empty local Taskcluster into a small Firefox CI (trust domain gecko), with hooks and roles like
 * fxci-config's, a developer, and the clients of the functions. Call it once: the hooks must not exist yet.
 */
export async function seedDeployment(tc: LocalTaskcluster, options: SeedOptions = {}): Promise<Deployment> {
  const repositories = options.repositories ?? [autoland, tryRepository];
  for (const [roleId, scopes] of deploymentRoles(repositories)) tc.createRole(roleId, scopes);

  const levels = [...new Set(repositories.map(({ level }) => level))];
  const hooks: SeededHook[] = [];
  for (const level of levels) hooks.push(await createHooks(tc, level));

  const inTreeHooks = `project-${trustDomain}/in-tree-*`;
  return {
    hooks,
    user: tc.createClient(
      clientIds.user,
      levels.map((level) => triggerScope(level, 'generic')),
    ),
    trigger: tc.createClient(clientIds.trigger, [
      `assume:hook-id:${inTreeHooks}`,
      `auth:create-client:${clientIds.trigger}/for/*`,
      `hooks:trigger-hook:${inTreeHooks}`,
    ]),
    worker: tc.createClient(clientIds.worker, [
      ...levels.map((level) => `queue:claim-work:${trustDomain}-${level}/retrigger`),
      'queue:worker-id:retrigger-hooks/*',
    ]),
  };
}
