import type { Problem, Unit } from '../compare/changes.ts';
import type { Grant } from '../render/grants.ts';
import { isWrapped } from '../render/wrap.ts';

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
        (grant.to === `client:${family.level.workerClientId}` &&
          (grant.scope === `queue:claim-work:${family.level.taskQueueId}` ||
            grant.scope.startsWith('queue:worker-id:'))),
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
