import { countByState, type Cancellation } from '../actions/cancellation.ts';
import { describeRounds } from './describe-rounds.ts';
import type { Plan } from '../actions/plan.ts';
import { FULL_SUFFIX, hookPath, type HookName } from '../tasks/hook-name.ts';

/** The plan as JSON, with an object for each map. */
export function planAsJson(plan: Plan | Cancellation): string {
  return JSON.stringify(
    plan,
    (_key, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value),
    2,
  );
}

/** Describes a plan: what would be done, why, and with which calls. */
export function describePlan(plan: Plan | Cancellation, hook: HookName): string {
  if (plan.kind === 'cancellation') return describeCancellation(plan);
  if (plan.kind === 'forward') {
    return [
      `forward to the full hook (${plan.because})`,
      `  ${plan.reason}`,
      `  hooks.triggerHook ${hookPath(hook)}${FULL_SUFFIX}, or the hook itself if there is no such copy`,
    ].join('\n');
  }
  const lines = [
    ...plan.reruns.map(
      ({ label, taskId, reason, done }) =>
        `rerun    ${label}\n  because ${reason}\n  ${done ? 'done by an earlier attempt' : `queue.rerunTask ${taskId}`}`,
    ),
    ...plan.clones.map(({ label, taskId, newTaskId, copy, reason, exists, replacements, after }) =>
      [
        `clone    ${label} (copy ${copy} of ${taskId})`,
        `  because ${reason}`,
        ...[...replacements].map(
          ([from, to]) =>
            `  dependency ${from} → ${to}, which ${after.includes(to) ? 'this action creates' : 'is newer'}`,
        ),
        `  ${exists ? 'there already:' : 'queue.createTask'} ${newTaskId}`,
      ].join('\n'),
    ),
    ...describeRounds(plan),
    ...plan.noops.map(({ label, taskId, reason }) => `nothing  ${label} (${taskId})\n  because ${reason}`),
    ...plan.refused.map(
      ({ label, taskId, reason }) => `refused  ${label}${taskId ? ` (${taskId})` : ''}\n  because ${reason}`,
    ),
    ...plan.warnings.map((warning) => `warning  ${warning}`),
  ];
  const { clones, creations, reruns, noops, refused } = plan;
  const making = creations.length > 0 ? `${creations.length} to make, ` : '';
  lines.push(
    `${making}${clones.length} to clone, ${reruns.length} to rerun, ${noops.length} with nothing to do, ${refused.length} refused`,
  );
  return lines.join('\n');
}

function describeCancellation({ cancels, noops, refused, wholeGroup }: Cancellation): string {
  const named = wholeGroup
    ? []
    : cancels.map(
        ({ label, taskId, state }) => `cancel   ${label}\n  which is ${state}\n  queue.cancelTask ${taskId}`,
      );
  const lines = [
    ...named,
    ...noops.map(({ label, taskId, reason }) => `nothing  ${label} (${taskId})\n  because ${reason}`),
    ...refused.map(({ label, reason }) => `refused  ${label}\n  because ${reason}`),
  ];
  const states = cancels.length === 0 ? '' : `: ${countByState(cancels)}`;
  if (wholeGroup) lines.push(`would cancel ${cancels.length}${states}`);
  return lines.join('\n');
}
