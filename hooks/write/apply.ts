import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { satisfiesExpression } from 'taskcluster-lib-scopes';
import type { HookChange, Problem, Unit } from '../compare/changes.ts';
import { hookPath } from '../../functions/tasks/hook-name.ts';
import type { Grant } from '../render/grants.ts';
import type { Holders } from '../read/live.ts';
import { ServiceError, type Role, type Service } from '../read/service.ts';
import { isWrapped } from '../render/wrap.ts';

export interface Applied {
  /** paths of the hooks that are now as wanted */
  done: string[];
  /** hooks that are not, and why; the others were still processed */
  failed: Problem[];
}

/** How many hooks are written at once: enough to hide latency, few enough not to strain the service. */
const CONCURRENCY = 5;

/**
 * Makes exactly the given changes. Reads each hook again before it writes: a hook that someone else has changed since
 * is left alone and reported. A refused write ends only that hook's changes; an unreachable service ends everything.
 * Applying again does the rest.
 * @param onProgress called after each unit, with the number done so far
 */
export async function applyUnits(
  units: Unit[],
  service: Service,
  onProgress: (done: number) => void = () => undefined,
): Promise<Applied> {
  const limit = pLimit(CONCURRENCY);
  const result: Applied = { done: [], failed: [] };
  let finished = 0;
  let unreachable: ServiceError | undefined;
  await Promise.all(
    units.map((unit) =>
      limit(async () => {
        if (unreachable !== undefined) return;
        const written: string[] = [];
        try {
          for (const change of unit.changes) {
            const path = await applyChange(change, service);
            if (path !== undefined) written.push(path);
          }
          result.done.push(unit.path);
        } catch (error) {
          if (error instanceof ServiceError && error.unreachable) unreachable = error;
          const before = written.length > 0 ? ` (written before that: ${written.join(', ')})` : '';
          result.failed.push({
            path: unit.path,
            message: `${error instanceof Error ? error.message : String(error)}${before}`,
          });
        }
        finished++;
        onProgress(finished);
      }),
    ),
  );
  if (unreachable !== undefined) {
    const seen = new Set([...result.done, ...result.failed.map((problem) => problem.path)]);
    for (const { path } of units) {
      if (!seen.has(path))
        result.failed.push({ path, message: `not tried: ${service.rootUrl} could not be reached` });
    }
  }
  return result;
}

/** @returns the hook's path if it was written; undefined if there was nothing to do */
async function applyChange({ before, after }: HookChange, service: Service): Promise<string | undefined> {
  const name = after ?? before;
  if (name === null) return undefined;
  const current = (await service.hook(name)) ?? null;
  // An earlier, interrupted apply or someone else has already done it.
  if (isDeepStrictEqual(current, after)) return undefined;
  if (!isDeepStrictEqual(current, before)) {
    throw new Error(
      `${hookPath(name)} was changed by someone else since the difference was shown; it was left as it is`,
    );
  }
  if (after === null) {
    await service.removeHook(name);
    return hookPath(name);
  }
  const stored = before === null ? await service.createHook(after) : await service.updateHook(after);
  if (!isDeepStrictEqual(stored, after)) {
    throw new Error(
      `the service stored ${hookPath(name)} in another form than it was sent; compare with diff`,
    );
  }
  return hookPath(name);
}

/** Adds missing grants to roles, one write per role. Grants to clients are up to the operator. */
export async function applyGrants(missing: Grant[], holders: Holders, service: Service): Promise<Applied> {
  const result: Applied = { done: [], failed: [] };
  const roles = new Set(missing.map((grant) => grant.to).filter((to) => to.startsWith('role:')));
  for (const to of roles) {
    const roleId = to.slice('role:'.length);
    const added = missing.filter((grant) => grant.to === to).map((grant) => grant.scope);
    const seen = holders.roles.get(roleId);
    try {
      const current = await service.role(roleId);
      if (!sameRole(current, seen)) {
        throw new Error(
          `role ${roleId} was changed by someone else since the difference was shown; it was left as it is`,
        );
      }
      const scopes = [
        ...(seen?.scopes ?? []),
        ...added.filter((scope) => !satisfiesExpression(seen?.scopes ?? [], scope)),
      ];
      const description = seen?.description ?? 'Role of a global retrigger hook.';
      await service.putRole({ roleId, description, scopes }, seen !== undefined);
      result.done.push(to);
    } catch (error) {
      result.failed.push({ path: to, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return result;
}

function sameRole(a: Role | undefined, b: Role | undefined): boolean {
  return isDeepStrictEqual([a?.description, a?.scopes], [b?.description, b?.scopes]);
}

/**
 * Separates the units that must not be switched on yet: if the role of a hook cannot pass on the scope for forwards,
 * the queue would refuse its action tasks; and if no worker may claim them, they would wait forever. Both are worse
 * than the hook as it is. Units that only remove something are never held back.
 */
export function holdBack(units: Unit[], missing: Grant[]): { ready: Unit[]; held: Problem[] } {
  const ready: Unit[] = [];
  const held: Problem[] = [];
  for (const unit of units) {
    const { family, changes, path } = unit;
    const needed = missing.filter(
      (grant) =>
        grant.to === `role:${family.roleId}` ||
        grant.to === `role:hook-id:${path}` ||
        grant.scope === `queue:claim-work:${family.level.taskQueueId}` ||
        grant.scope.startsWith('queue:worker-id:'),
    );
    const switchesOn = changes.some(({ after }) => after !== null && isWrapped(after));
    if (needed.length === 0 || !switchesOn) ready.push(unit);
    else
      held.push({
        path,
        message: `held back: ${needed.map(({ to, scope }) => `${to} lacks ${scope}`).join('; ')}`,
      });
  }
  return { ready, held };
}
