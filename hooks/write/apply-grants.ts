import { isDeepStrictEqual } from 'node:util';
import { satisfiesExpression } from 'taskcluster-lib-scopes';
import type { Holders } from '../read/live.ts';
import type { Role, Service } from '../read/service.ts';
import type { Grant } from '../render/grants.ts';
import type { Applied } from './apply.ts';
import { lookThenWrite } from './look-then-write.ts';

/** Adds missing grants to roles, one write per role. Grants to clients are up to the operator. */
export async function applyGrants(missing: Grant[], holders: Holders, service: Service): Promise<Applied> {
  const result: Applied = { done: [], failed: [] };
  const roles = new Set(missing.map((grant) => grant.to).filter((to) => to.startsWith('role:')));
  for (const to of roles) {
    const roleId = to.slice('role:'.length);
    const added = missing.filter((grant) => grant.to === to).map((grant) => grant.scope);
    try {
      await extendRole(roleId, added, holders.roles.get(roleId), service);
      result.done.push(to);
    } catch (error) {
      result.failed.push({ path: to, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return result;
}

/** @param seen the role when the difference was shown; undefined if there was none */
async function extendRole(
  roleId: string,
  added: string[],
  seen: Role | undefined,
  service: Service,
): Promise<void> {
  const before = seen?.scopes ?? [];
  const wanted = {
    roleId,
    description: seen?.description ?? 'Role of in-tree or global hooks, created by retrigger-hooks.',
    scopes: [...before, ...added.filter((scope) => !satisfiesExpression(before, scope))],
  };
  await lookThenWrite(async () => {
    const current = await service.role(roleId);
    if (sameRole(current, wanted)) return undefined;
    if (!sameRole(current, seen)) {
      throw new Error(
        `role ${roleId} was changed by someone else since the difference was shown; it was left as it is`,
      );
    }
    return () => service.putRole(wanted, seen !== undefined);
  });
}

type RoleContent = Pick<Role, 'description' | 'scopes'>;

function sameRole(a: RoleContent | undefined, b: RoleContent | undefined): boolean {
  return isDeepStrictEqual([a?.description, a?.scopes.toSorted()], [b?.description, b?.scopes.toSorted()]);
}
