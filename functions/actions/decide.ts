import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import { rerunVerdict, retriggerVerdict, type Circumstances } from '../tasks/policy.ts';
import { rewire, type Rewiring } from '../tasks/rewire.ts';
import type { GraphMark } from './graph-labels.ts';
import { forward, noWork, type Action, type Plan, type Work } from './plan.ts';
import type { Copy, Target, Targets } from './targets.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** For one task, which may have 10,000 dependencies. */
const MOST_WARNINGS = 5;

/** What was read before deciding. */
interface Facts {
  copies: ReadonlyMap<Target, Copy[]>;
  statuses: ReadonlyMap<TaskId, TaskStatus>;
  /** All tasks in this push with the label of a dependency. */
  candidatesOf: (taskId: TaskId) => readonly TaskId[];
  /** What the graph says about the targets' labels, if it was read. */
  marks?: ReadonlyMap<Label, GraphMark>;
}

/**
 * Decides for each target between clone, rerun, nothing and forward, and so for the whole action. Pure: everything was
 * read before.
 */
export function decide(
  action: Action,
  { targets, refused, beyond }: Targets,
  { copies, statuses, candidatesOf, marks = new Map() }: Facts,
): Plan {
  const [full] = beyond;
  if (full) return full;
  const work: Work = { ...noWork(), refused: [...refused] };
  const seen = new Set<TaskId>();
  const begun =
    action.repeated && [...copies.values()].flat().some(({ newTaskId }) => statuses.has(newTaskId));
  for (const target of targets) {
    const { label, taskId, definition } = target;
    const first = !seen.has(taskId);
    seen.add(taskId);
    const status = statuses.get(taskId);
    if (!status) {
      if (first) work.refused.push({ label, taskId, reason: 'the queue no longer has this task' });
      continue;
    }
    const { state } = status;
    const verdict =
      action.request.kind === 'rerun'
        ? rerunVerdict({ taskId, definition, state })
        : retriggerVerdict({ taskId, definition, state }, under(action, marks.get(label)));
    switch (verdict.do) {
      case 'forward':
        return forward(verdict.because, `${label} (${taskId}): ${verdict.reason}`);
      case 'refuse':
        work.refused.push({ label, taskId, reason: verdict.reason });
        break;
      case 'noop':
      case 'rerun': {
        if (target.elsewhere !== undefined)
          return forward('other-group', `${label} also has task ${target.elsewhere}, in another task group`);
        // `times` and repetition do not multiply reruns: there is only one task.
        if (!first) break;
        const done = action.repeated && rerunSince(status, action.requested);
        const { reason } = verdict;
        if (verdict.do === 'rerun' || done) {
          work.reruns.push({ label, taskId, reason, knownRuns: status.runs.length, done });
        } else {
          work.noops.push({ label, taskId, reason });
        }
        break;
      }
      case 'clone': {
        if (!target.original) break;
        const deadline =
          action.now.getTime() + Date.parse(definition.deadline) - Date.parse(definition.created);
        const rewiring = rewire(dependenciesOf(definition), candidatesOf, statuses, deadline);
        const [missing] = rewiring.missing;
        // What has been begun is not forwarded: the queue will refuse the copies that are left, one by one.
        if (missing && !begun)
          return forward(
            'missing-dependency',
            `${label} (${taskId}): its dependency ${missing} is gone or expires too soon`,
          );
        if (first) work.warnings.push(...warningsOf(target, rewiring));
        const { reason } = verdict;
        const { replacements } = rewiring;
        // mutant stays: each target has its copies, if there are none too
        for (const { copy, newTaskId } of copies.get(target) ?? []) {
          const exists = statuses.has(newTaskId);
          work.clones.push({ label, taskId, definition, reason, copy, newTaskId, replacements, exists });
        }
        break;
      }
    }
  }
  return work;
}

function under({ request, hook }: Action, mark: GraphMark | undefined): Circumstances {
  return {
    level: hook.level,
    alone: request.kind === 'task',
    // mutant stays: no other request can be forced
    force: request.kind === 'task' && request.force === true,
    ...(mark ? { cloneable: mark.cloneable } : {}),
  };
}

/** A run for a rerun that started after the user's request is this action's own, from an earlier attempt. */
function rerunSince(status: TaskStatus, requested: string): boolean {
  return status.runs.some(
    (run) => run.reasonCreated === 'rerun' && Date.parse(run.scheduled) >= Date.parse(requested),
  );
}

function warningsOf({ label, definition }: Target, { unsuccessful }: Rewiring): string[] {
  if (definition.requires === 'all-resolved') return [];
  const shown = bounded(label, TEXT_LIMITS.name);
  const warnings = unsuccessful
    .slice(0, MOST_WARNINGS)
    .map(
      ({ taskId, state }) =>
        `${shown} depends on ${taskId}, which is ${state}: the new task waits until that one is rerun and completes`,
    );
  const left = unsuccessful.length - warnings.length;
  return left > 0 ? [...warnings, `${shown} depends on ${left} more failed tasks`] : warnings;
}
