import type { Problem, Unit } from '../compare/changes.ts';
import type { Finding } from '../compare/check.ts';
import type { Grant } from '../render/grants.ts';
import { isWrapped } from '../render/wrap.ts';

/** Whether the unit wraps a hook, or makes a global one. */
export function switchesOn({ changes }: Unit): boolean {
  return changes.some(({ after }) => after !== null && isWrapped(after));
}

/**
 * Separates the units that must not be switched on yet: if the role of a hook cannot pass on the scope for forwards, or
 * the check found something else, the queue would refuse its action tasks; and if no worker may claim them, they would
 * wait forever. Both are worse than the hook as it is. Units that only remove something are never held back.
 */
export function holdBack(
  units: Unit[],
  missing: Grant[],
  findings: Finding[] = [],
): { ready: Unit[]; held: Problem[] } {
  const ready: Unit[] = [];
  const held: Problem[] = [];
  for (const unit of units) {
    const { family, path } = unit;
    const needed = missing.filter(
      (grant) =>
        grant.to === `role:${family.roleId}` ||
        grant.to === `role:hook-id:${path}` ||
        (grant.to === `client:${family.level.workerClientId}` &&
          (grant.scope === `queue:claim-work:${family.level.taskQueueId}` ||
            grant.scope.startsWith('queue:worker-id:'))),
    );
    const reasons = new Set([
      ...needed.map(({ to, scope }) => `${to} lacks ${scope}`),
      ...findings.filter(({ hook }) => hook === path).map(({ message }) => message),
    ]);
    if (reasons.size === 0 || !switchesOn(unit)) ready.push(unit);
    else held.push({ path, message: `held back: ${[...reasons].join('; ')}` });
  }
  return { ready, held };
}
