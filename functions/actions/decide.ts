import type { TaskStatus } from '../tasks/definition.ts';
import { rerunVerdict, retriggerVerdict, type Circumstances } from '../tasks/policy.ts';
import type { Cloning } from './clone-order.ts';
import type { GraphMark } from './graph-labels.ts';
import { planClones, type CloneFacts } from './plan-clones.ts';
import { forward, noWork, type Action, type Plan, type Work } from './plan.ts';
import type { Targets } from './targets.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** What was read before deciding. */
interface Facts extends CloneFacts {
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
  const clonings: Cloning[] = [];
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
      case 'clone':
        if (target.original) clonings.push({ target, reason: verdict.reason });
        break;
    }
  }
  const planned = planClones(action, clonings, { copies, statuses, candidatesOf });
  return 'kind' in planned ? planned : { ...work, ...planned };
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
