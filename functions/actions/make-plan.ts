import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { decide, forward } from './decide.ts';
import type { FastRequest } from './dispatch.ts';
import { PushLabels } from './push-labels.ts';
import type { Action, Plan } from './plan.ts';
import type { Reader } from '../ports/reader.ts';
import { MemoizedReader } from './memoized-reader.ts';
import { findTargets, numberCopies, type Copy, type Target, type Targets } from './targets.ts';

/** More writes than this are left to the full hook, whose task has hours and not seconds. */
const MAX_WRITES = 2_000;

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
  const listed = decision.then((task) => PushLabels.list(reader, task));
  // Awaited below; should reading the labels fail first, that is the failure to report.
  listed.catch(() => undefined);
  const push = await PushLabels.read(reader, action.taskGroupId);
  if (!push)
    return forward('no-labels', 'the decision task has no public/label-to-taskid.json that we can read');
  const asked = request.kind === 'labels' ? request.requests.flatMap(({ labels }) => labels) : [];
  const clones = countClones(request);
  if (clones > MAX_WRITES)
    return forward('too-large', `${clones} tasks at once; up to ${MAX_WRITES} go the fast way`);
  const memoized = new MemoizedReader(reader);
  // The first look goes by what the decision task has made, while the maps of later actions are still on their way.
  // The last look finds most of what it needs remembered.
  const [first] = await Promise.all([
    look(action, asked, push, memoized),
    listed.then((indexed) => {
      push.add(indexed);
      return readAnew(action, asked, push, memoized);
    }),
  ]);
  await push.refresh(await readLabels(push, first.dependencies, action, memoized));
  let last = await look(action, asked, push, memoized);
  // A target that only an action has made shows its dependencies but now.
  while (await push.refresh(await readLabels(push, last.dependencies, action, memoized))) {
    last = await look(action, asked, push, memoized);
  }
  const { found, copies, statuses } = last;
  return decide(action, found, copies, statuses, (taskId) => labelCandidates(taskId, push));
}

interface Look {
  found: Targets;
  copies: Map<Target, Copy[]>;
  dependencies: string[];
  statuses: ReadonlyMap<string, TaskStatus>;
}

/** Reads what later actions have made of the labels that are asked for. */
async function readAnew(
  action: Action,
  asked: string[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<void> {
  const before = new Set(candidatesOf(action, asked, push));
  await push.refresh(asked);
  // Side by side, though of a task that is not to be touched the status is then read for nothing.
  const anew = candidatesOf(action, asked, push).filter((taskId) => !before.has(taskId));
  await Promise.all([reader.tasks(anew), reader.statuses(anew)]);
}

/** All tasks that may be targets, as far as the labels are known. */
function candidatesOf({ request }: Action, asked: string[], push: PushLabels): string[] {
  if (request.kind !== 'labels') return [request.taskId];
  const labels = asked.map((label) => push.complete(label)).filter((label) => label !== undefined);
  return labels.flatMap((label) => push.candidates(label));
}

/** Reads targets and dependencies, as far as the labels are known. */
async function look(
  action: Action,
  asked: string[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<Look> {
  const candidates = candidatesOf(action, asked, push);
  const found = findTargets(action, push, await reader.tasks(candidates));
  const dependencies = [...new Set(found.targets.flatMap(({ definition }) => dependenciesOf(definition)))];
  const copies = numberCopies(action.id, found.targets);
  const statuses = await reader.statuses([
    ...found.targets.map(({ taskId }) => taskId),
    ...dependencies.flatMap((taskId) => labelCandidates(taskId, push)),
    ...(action.repeated ? [...copies.values()].flat().map(({ newTaskId }) => newTaskId) : []),
  ]);
  return { found, copies, dependencies, statuses };
}

/** The labels of dependencies. One that an action has made may stand in no map that has been read: its name tells. */
async function readLabels(
  push: PushLabels,
  dependencies: string[],
  { taskGroupId }: Action,
  reader: MemoizedReader,
): Promise<string[]> {
  const unknown = dependencies.filter((id) => id !== taskGroupId && push.labelOf(id) === undefined);
  const read = unknown.length === 0 ? new Map<string, TaskDefinition>() : await reader.tasks(unknown);
  const known = dependencies.map((id) => push.labelOf(id) ?? read.get(id)?.metadata.name);
  return known.filter((label) => label !== undefined);
}

/** All tasks that the label of a dependency has had in this push; itself first. */
function labelCandidates(taskId: string, push: PushLabels): string[] {
  const label = push.labelOf(taskId);
  return label === undefined ? [taskId] : [taskId, ...push.candidates(label)];
}

/** The most that this request may create: labels may yet turn out to be reruns, or unknown. */
function countClones(request: Exclude<FastRequest, { kind: 'rerun' }>): number {
  if (request.kind === 'task') return request.times;
  return request.requests.reduce((sum, { labels, times }) => sum + new Set(labels).size * times, 0);
}
