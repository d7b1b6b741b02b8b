import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { rerunVerdict, retriggerVerdict } from '../tasks/policy.ts';
import { rewire, type Rewiring } from '../tasks/rewire.ts';
import { cloneTaskId } from '../tasks/task-id.ts';
import type { FastRequest } from './dispatch.ts';
import { PushLabels } from './push-labels.ts';
import type { Action, Forward, Plan, Work } from './plan.ts';
import type { Reader } from './ports.ts';
import { RememberingReader } from './remembering-reader.ts';
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
 * Round trips for clones, one after another: the decision task's labels beside its definition; the listings of the
 * push's actions beside the labels' download; then, beside the downloads of what those actions have run anew, the
 * definitions of the targets and the statuses of targets and dependencies, one batch each.
 *
 * @param decision the decision task's definition, under way already
 */
export async function makePlan(
  action: Action,
  decision: Promise<TaskDefinition | undefined>,
  reader: Reader,
): Promise<Plan> {
  const { request } = action;
  if (request.kind === 'rerun') {
    const [definitions, statuses] = await Promise.all([
      reader.tasks([request.taskId]),
      reader.statuses([request.taskId]),
    ]);
    return decide(action, findTargets(action, undefined, definitions), new Map(), statuses, () => []);
  }
  const push = await PushLabels.read(reader, action.taskGroupId, decision);
  if (!push)
    return forward('no-labels', 'the decision task has no public/label-to-taskid.json that we can read');
  const asked = request.kind === 'labels' ? request.requests.flatMap(({ labels }) => labels) : [];
  const clones = countClones(request);
  if (clones > MAX_WRITES)
    return forward('too-large', `${clones} tasks at once; up to ${MAX_WRITES} go the fast way`);
  const remembering = new RememberingReader(reader);
  // The first look goes by what the decision task has made, while the maps of later actions are still on their way.
  // The last look finds most of what it needs remembered.
  const [, first] = await Promise.all([push.refresh(asked), look(action, asked, push, remembering)]);
  await push.refresh(first.dependencies.map((id) => push.labelOf(id) ?? ''));
  const { found, copies, statuses } = await look(action, asked, push, remembering);
  return decide(action, found, copies, statuses, (taskId) => candidatesOf(taskId, push));
}

interface Look {
  found: Targets;
  copies: Map<Target, Copy[]>;
  dependencies: string[];
  statuses: ReadonlyMap<string, TaskStatus>;
}

/** Reads targets and dependencies, as far as the labels are known. */
async function look(
  action: Action,
  asked: string[],
  push: PushLabels,
  reader: RememberingReader,
): Promise<Look> {
  const { request } = action;
  const labels = asked.map((label) => push.complete(label)).filter((label) => label !== undefined);
  const candidates =
    request.kind === 'labels' ? labels.flatMap((label) => push.candidates(label)) : [request.taskId];
  const found = findTargets(action, push, await reader.tasks(candidates));
  const dependencies = [...new Set(found.targets.flatMap(({ definition }) => dependenciesOf(definition)))];
  const copies = numberCopies(action.id, found.targets);
  const statuses = await reader.statuses([
    ...found.targets.map(({ taskId }) => taskId),
    ...dependencies.flatMap((taskId) => candidatesOf(taskId, push)),
    ...(action.repeated ? [...copies.values()].flat().map(({ newTaskId }) => newTaskId) : []),
  ]);
  return { found, copies, dependencies, statuses };
}

/** All tasks that the label of a dependency has had in this push; itself first. */
function candidatesOf(taskId: string, push: PushLabels): string[] {
  const label = push.labelOf(taskId);
  return label === undefined ? [taskId] : [taskId, ...push.candidates(label)];
}

/** The most that this request may create: labels may yet turn out to be reruns, or unknown. */
function countClones(request: Exclude<FastRequest, { kind: 'rerun' }>): number {
  if (request.kind === 'task') return request.times;
  return request.requests.reduce((sum, { labels, times }) => sum + new Set(labels).size * times, 0);
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
