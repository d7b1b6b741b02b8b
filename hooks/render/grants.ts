import type { Deployment } from '../read/deployment.ts';
import { globalHookId, type Family } from '../read/families.ts';
import { globalRoleScopes } from './global.ts';
import { readingScopes } from './reading.ts';

/** A scope that someone must have for the deployment to work. */
export interface Grant {
  /** `role:<roleId>` or `client:<clientId>`, or a description if the deployment decides who that is */
  to: string;
  scope: string;
  why: string;
  /** Not needed if the role `anonymous` has the scope. */
  orAnonymous?: true;
}

function reading(to: string, { level }: Family): Grant[] {
  return readingScopes(level.fastActions).map((scope) => ({
    to,
    scope,
    why:
      'the worker reads with the credentials of the action task; without it every action would be forwarded. Give it to ' +
      'the role `anonymous`, or to the roles that the action tasks assume (repo:<repository>:action:<permission>)',
    orAnonymous: true,
  }));
}

/** The grants that these families need; none for levels that are switched off. */
export function grants(deployment: Deployment, families: Family[]): Grant[] {
  const active = families.filter((family) => !family.level.killSwitch);
  const all: Grant[] = active.flatMap((family) => {
    const trigger = `hooks:trigger-hook:${family.hookGroupId}/${family.prefix}*`;
    if (deployment.mode !== 'global') {
      return [
        {
          to: `role:${family.roleId}`,
          scope: trigger,
          why: 'a wrapped hook gives its action task the scope to trigger the /full copy, so it must hold it',
        },
        ...reading(`role:${family.roleId}`, family),
      ];
    }
    const hook = `${family.hookGroupId}/${globalHookId(family)}`;
    return [
      ...globalRoleScopes(family).map((scope) => ({
        to: `role:hook-id:${hook}`,
        scope,
        why: 'the global hook does what the in-tree hooks of its level do, and forwards to them',
      })),
      ...reading(`role:hook-id:${hook}`, family),
      {
        to: `everyone who may trigger ${family.hookGroupId}/${family.prefix}*`,
        scope: `hooks:trigger-hook:${hook}`,
        why: 'users trigger the global hook directly',
      },
      {
        to: `the decision tasks of ${family.level.trustDomain}, level ${family.level.level}`,
        scope: `in-tree:hook-action:${hook}`,
        why: 'Treeherder triggers a hook only if the decision task may name it in actions.json',
      },
    ];
  });
  for (const { roleId, level } of active) {
    if (!level.fastActions.some((name) => name === 'cancel' || name === 'cancel-all')) continue;
    all.push({
      to: `role:${roleId}`,
      scope: `queue:cancel-task:${level.trustDomain}-level-${level.level}/*`,
      why: 'cancel and cancel-all are fast here, and act with what the hook may do',
    });
  }
  const { workerGroup } = deployment;
  for (const { taskQueueId, workerClientId } of new Set(active.map((family) => family.level))) {
    all.push({
      to: `client:${workerClientId}`,
      scope: `queue:claim-work:${taskQueueId}`,
      why: 'the worker claims the action tasks',
    });
  }
  for (const workerClientId of new Set(active.map((family) => family.level.workerClientId))) {
    all.push({
      to: `client:${workerClientId}`,
      scope: `queue:worker-id:${workerGroup}/*`,
      why: 'the worker claims under these names',
    });
  }
  return all;
}
