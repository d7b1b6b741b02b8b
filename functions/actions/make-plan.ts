import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { decide } from './decide.ts';
import { begunByGraph, graphTaskIds, needsGraph, type RetriggerRequest } from './needs-graph.ts';
import { PushLabels } from './push-labels.ts';
import { forwardTooLarge, forwardWithoutLabels, WRITE_LIMITS, type Action, type Plan } from './plan.ts';
import type { PlanSources } from './plan-sources.ts';
import { MemoizedReader } from './memoized-reader.ts';
import { findTargets, foreign, numberCopies, type Copy, type Target, type Targets } from './targets.ts';
import { withinLimits } from './write-limits.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** Reads what is needed and decides what to do. Writes nothing. */
export async function makePlan(action: Action, sources: PlanSources): Promise<Plan> {
  const { request } = action;
  switch (request.kind) {
    case 'rerun':
      return planRerun(action, request.taskId, sources);
    case 'labels':
    case 'task':
      return planRetrigger(action, request, sources);
    case 'downstream':
    case 'new-jobs': {
      const { planFromGraph } = await import('./plan-from-graph.ts');
      return planFromGraph(action, request, sources);
    }
  }
}

async function planRerun(action: Action, taskId: TaskId, { decision, reader }: PlanSources): Promise<Plan> {
  const [definitions, statuses] = await Promise.all([reader.tasks([taskId]), reader.statuses([taskId])]);
  const definition = definitions.get(taskId);
  // A rerun needs no labels, unless they must show whether a task of another group belongs to this push.
  let push: PushLabels | undefined;
  if (definition && foreign(action, definition)?.otherGroup) {
    push = await PushLabels.read(reader, action.taskGroupId);
    if (!push) return forwardWithoutLabels();
    push.add(await PushLabels.list(reader, await decision));
    await push.refresh([definition.metadata.name]);
  }
  const found = findTargets(action, push, definitions);
  // mutants stay: a rerun follows no dependency
  return decide(action, found, { copies: new Map(), statuses, candidatesOf: () => [] });
}

/**
 * Steps 1, 3 and 4 take one round trip each if no dependency has been run again; the listing is in parallel to 1 or 2.
 */
async function planRetrigger(
  action: Action,
  request: RetriggerRequest,
  { decision, reader: uncached, graphs }: PlanSources,
): Promise<Plan> {
  // 1. Read the labels of the decision task. In parallel, list the push's later actions, which needs its routes.
  const listing = decision.then((task) => PushLabels.list(uncached, task));
  // Awaited below. If reading the labels fails first, that is the failure to report.
  listing.catch(() => undefined);
  const push = await PushLabels.read(uncached, action.taskGroupId);
  if (!push) return forwardWithoutLabels();

  // 2. Forward what is too much for us.
  const clones = countClones(request);
  if (clones > WRITE_LIMITS.tasks) return forwardTooLarge(clones);

  // 3. Read targets and dependencies as the decision task made them and, in parallel, the tasks that later actions made
  //    for the requested labels.
  const reader = new MemoizedReader(uncached);
  // mutant stays: an action on one task reads no labels
  const asked = request.kind === 'labels' ? request.requests.flatMap(({ labels }) => labels) : [];
  const [original] = await Promise.all([
    readTargets(action, request, asked, push, reader),
    listing.then((actions) => {
      push.add(actions);
      return readNewerTargets(request, asked, push, reader);
    }),
  ]);

  // 4. Add the tasks that later actions made for the dependencies' labels, and read again: what was already read costs
  //    nothing. The dependencies of a target that only an action made become known only now, so this may repeat.
  await push.refresh(await readLabels(push, original.dependencies, action, reader));
  let latest: TargetReads;
  do latest = await readTargets(action, request, asked, push, reader);
  while (await push.refresh(await readLabels(push, latest.dependencies, action, reader)));

  // 5. Decide; where the definitions are not enough, and the operator allows it, by the graph.
  const known = { ...latest, candidatesOf: (taskId: TaskId) => labelCandidates(taskId, push) };
  const begun = begunByGraph(action, request, push, latest.statuses);
  if (begun.size === 0 && !(action.readsGraph && needsGraph(request, known.found, push)))
    return withinLimits(decide(action, known.found, known));
  const { decideByGraph } = await import('./decide-by-graph.ts');
  return withinLimits(
    await decideByGraph(action, request, { ...known, push, reader, begun }, () =>
      graphs.read(action.taskGroupId, uncached),
    ),
  );
}

/** What was read about the targets. */
interface TargetReads {
  found: Targets;
  definitions: ReadonlyMap<TaskId, TaskDefinition>;
  copies: Map<Target, Copy[]>;
  dependencies: TaskId[];
  statuses: ReadonlyMap<TaskId, TaskStatus>;
}

/** Finds the tasks that later actions made for the requested labels, and reads them. */
async function readNewerTargets(
  request: RetriggerRequest,
  asked: Label[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<void> {
  const before = new Set(candidatesOf(request, asked, push));
  await push.refresh(asked);
  // mutant stays: what was read is not read again
  const newer = candidatesOf(request, asked, push).filter((taskId) => !before.has(taskId));
  // In parallel, even if the status turns out not to be needed.
  await Promise.all([reader.tasks(newer), reader.statuses(newer)]);
}

/** All tasks that may be targets, by the labels known so far. */
function candidatesOf(request: RetriggerRequest, asked: Label[], push: PushLabels): TaskId[] {
  if (request.kind === 'task') return [request.taskId];
  // mutants stay: no task has a label that is undefined
  const labels = asked.map((label) => push.complete(label)).filter((label) => label !== undefined);
  return labels.flatMap((label) => push.candidates(label));
}

/** Reads targets and dependencies, by the labels known so far. */
async function readTargets(
  action: Action,
  request: RetriggerRequest,
  asked: Label[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<TargetReads> {
  const candidates = candidatesOf(request, asked, push);
  const definitions = await reader.tasks(candidates);
  const found = findTargets(action, push, definitions);
  const dependencies = [...new Set(found.targets.flatMap(({ definition }) => dependenciesOf(definition)))];
  const copies = numberCopies(action.id, found.targets);
  const statuses = await reader.statuses([
    ...found.targets.map(({ taskId }) => taskId),
    ...dependencies.flatMap((taskId) => labelCandidates(taskId, push)),
    ...(action.repeated
      ? [
          ...[...copies.values()].flat().map(({ newTaskId }) => newTaskId),
          ...graphTaskIds(action, request, push).flat(),
        ]
      : []),
  ]);
  return { found, definitions, copies, dependencies, statuses };
}

/**
 * The labels of dependencies. A task made by an action may be in none of the maps read so far; its name is its label.
 */
async function readLabels(
  push: PushLabels,
  dependencies: TaskId[],
  { taskGroupId }: Action,
  reader: MemoizedReader,
): Promise<Label[]> {
  const unknown = dependencies.filter((id) => id !== taskGroupId && push.labelOf(id) === undefined);
  const read = await reader.tasks(unknown);
  const known = dependencies.map((id) => push.labelOf(id) ?? read.get(id)?.metadata.name);
  return known.filter((label) => label !== undefined);
}

/** All tasks in this push with the label of a dependency, starting with the dependency itself. */
function labelCandidates(taskId: TaskId, push: PushLabels): TaskId[] {
  const label = push.labelOf(taskId);
  // mutant stays: only the compiler would take a label that is undefined for one
  return label === undefined ? [taskId] : [taskId, ...push.candidates(label)];
}

/** The most tasks that this request can create: labels may turn out to be reruns, or unknown. */
function countClones(request: RetriggerRequest): number {
  if (request.kind === 'task') return request.times;
  return request.requests.reduce((sum, { labels, times }) => sum + new Set(labels).size * times, 0);
}
