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
  /** Its copy under a name that nobody wraps, `<hookId>/full`, as the hooks tool makes it. */
  full: HookName;
}

/** What a seeded deployment offers. */
export interface Deployment {
  /** One for each level. */
  hooks: SeededHook[];
  /** A developer, signed in to Treeherder: may trigger generic in-tree actions and nothing else. */
  user: Credentials;
  /** The function behind the direct way in: acts as any in-tree hook, under names of its own. */
  trigger: Credentials;
  /** The function behind the queued way in: claims action tasks; acts with their credentials. */
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
 * Makes an empty local Taskcluster a Firefox-CI of the trust domain gecko, with hooks and roles in fxci-config's
 * manner, a developer, and the clients that the functions run as. Call it once: the hooks must not exist yet.
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
