import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { rerunVerdict, retriggerVerdict } from '../tasks/policy.ts';
import { rewire, type Rewiring } from '../tasks/rewire.ts';
import { cloneTaskId } from '../tasks/task-id.ts';
import { PushLabels } from './push-labels.ts';
import type { Action, Forward, Plan, Work } from './plan.ts';
import type { Reader } from './ports.ts';
import { findTargets, type Target, type Targets } from './targets.ts';

/** More writes than this are left to the full hook, whose task has hours and not seconds. */
const MAX_WRITES = 2_000;

interface Copy {
  copy: number;
  newTaskId: string;
}

/**
 * Reads what has to be known and decides what to do. Never writes.
 *
 * Round trips for clones, one after another: labels and indexed actions (in parallel, behind the decision task's
 * definition), definitions of the targets, statuses of targets and dependencies in one batch.
 *
 * @param decision the decision task's definition, under way already
 */
export async function makePlan(
  action: Action,
  decision: Promise<TaskDefinition | undefined>,
  reader: Reader,
): Promise<Plan> {
  const { request } = action;
  const labels = request.kind === 'rerun' ? undefined : PushLabels.read(reader, action.taskGroupId, decision);
  // Awaited below, where its failure is ours to report; until then it must not count as unhandled.
  labels?.catch(() => undefined);
  if (request.kind === 'rerun') {
    const [definitions, statuses] = await Promise.all([
      reader.tasks([request.taskId]),
      reader.statuses([request.taskId]),
    ]);
    return decide(action, findTargets(action, undefined, definitions), new Map(), statuses, () => []);
  }
  const [push, early] = await Promise.all([
    labels,
    request.kind === 'task' ? reader.tasks([request.taskId]) : new Map<string, TaskDefinition>(),
  ]);
  if (!push)
    return forward('no-labels', 'the decision task has no public/label-to-taskid.json that we can read');
  const definitions = request.kind === 'task' ? early : await readCandidates(push, request.requests, reader);
  const found = findTargets(action, push, definitions);
  const clones = found.targets.reduce((sum, { newest, times }) => sum + (newest ? times : 0), 0);
  if (clones > MAX_WRITES)
    return forward('too-large', `${clones} tasks at once; up to ${MAX_WRITES} go the fast way`);
  const dependencies = [...new Set(found.targets.flatMap(({ definition }) => dependenciesOf(definition)))];
  await push.refresh(dependencies.map((id) => push.labelOf(id) ?? ''));
  const candidatesOf = (taskId: string) => {
    const label = push.labelOf(taskId);
    return label === undefined ? [taskId] : [taskId, ...push.candidates(label)];
  };
  const copies = numberCopies(action.id, found.targets);
  const statuses = await reader.statuses([
    ...found.targets.map(({ taskId }) => taskId),
    ...dependencies.flatMap(candidatesOf),
    ...(action.repeated ? [...copies.values()].flat().map(({ newTaskId }) => newTaskId) : []),
  ]);
  return decide(action, found, copies, statuses, candidatesOf);
}

/** Which copies each target gets, should it be cloned: numbered on over all requests that name it. */
function numberCopies(actionId: string, targets: Target[]): Map<Target, Copy[]> {
  const numbered = new Map<string, number>();
  const copiesOf = (target: Target): Copy[] => {
    if (!target.newest) return [];
    const { taskId, times } = target;
    const before = numbered.get(taskId) ?? 0;
    numbered.set(taskId, before + times);
    return Array.from({ length: times }, (_, index) => {
      const copy = before + index + 1;
      return { copy, newTaskId: cloneTaskId(actionId, taskId, copy) };
    });
  };
  return new Map(targets.map((target) => [target, copiesOf(target)]));
}

async function readCandidates(
  push: PushLabels,
  requests: { labels: string[] }[],
  reader: Reader,
): Promise<Map<string, TaskDefinition>> {
  const asked = requests.flatMap(({ labels }) => labels);
  await push.refresh(asked);
  const known = asked.map((label) => push.complete(label)).filter((label) => label !== undefined);
  return reader.tasks(known.flatMap((label) => push.candidates(label)));
}

function decide(
  action: Action,
  { targets, refused }: Targets,
  copies: ReadonlyMap<Target, Copy[]>,
  statuses: ReadonlyMap<string, TaskStatus>,
  candidatesOf: (taskId: string) => readonly string[],
): Plan {
  const work: Work = { kind: 'work', reruns: [], clones: [], noops: [], refused: [...refused], warnings: [] };
  const seen = new Set<string>();
  for (const target of targets) {
    const { label, taskId, definition } = target;
    const first = !seen.has(taskId);
    seen.add(taskId);
    const status = statuses.get(taskId);
    if (!status) {
      if (first) work.refused.push({ label, taskId, reason: 'the queue knows no such task any more' });
      continue;
    }
    const { state } = status;
    const verdict =
      action.request.kind === 'rerun'
        ? rerunVerdict(state)
        : retriggerVerdict({ taskId, definition, state }, action.hook.level);
    switch (verdict.do) {
      case 'forward':
        return forward(verdict.because, `${label} (${taskId}): ${verdict.reason}`);
      case 'nothing':
      case 'rerun': {
        // `times` and repetition do not multiply reruns: there is but one task.
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
        if (!target.newest) break;
        const rewiring = rewire(dependenciesOf(definition), candidatesOf, statuses);
        const [missing] = rewiring.missing;
        if (missing)
          return forward('missing-dependency', `${label} (${taskId}): its dependency ${missing} is gone`);
        if (first) work.warnings.push(...warningsOf(target, rewiring));
        const { reason } = verdict;
        const { replacements } = rewiring;
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

/** A run that was made for a rerun after the user had asked is what an earlier attempt at this action left. */
function rerunSince(status: TaskStatus, requested: string): boolean {
  return status.runs.some(
    (run) => run.reasonCreated === 'rerun' && Date.parse(run.scheduled) >= Date.parse(requested),
  );
}

function warningsOf({ label, definition }: Target, { unsuccessful }: Rewiring): string[] {
  if (definition.requires === 'all-resolved') return [];
  return unsuccessful.map(
    ({ taskId, state }) =>
      `${label} depends on ${taskId}, which is ${state}: the new task waits until that one is rerun and completes`,
  );
}

function forward(because: Forward['because'], reason: string): Forward {
  return { kind: 'forward', because, reason };
}
