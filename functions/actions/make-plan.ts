import { jsonBytes } from '../platform/json.ts';
import { dependenciesOf } from '../tasks/clone.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { decide } from './decide.ts';
import type { FastRequest } from './dispatch.ts';
import { PushLabels } from './push-labels.ts';
import { forward, type Action, type Plan, type Work } from './plan.ts';
import type { Reader } from '../ports/reader.ts';
import { MemoizedReader } from './memoized-reader.ts';
import { findTargets, foreign, numberCopies, type Copy, type Target, type Targets } from './targets.ts';

/** More writes than this are left to the full hook, whose task has hours and not seconds, and a machine of its own. */
const WRITE_LIMITS = {
  tasks: 2_000,
  /** Of all definitions together: 2,000 of 16 KB, twice the size that tests of Firefox have. */
  bytes: 32 * 1024 * 1024,
} as const;

/**
 * Reads what has to be known and decides what to do. Never writes.
 *
 * @param decision the decision task's definition, under way already
 */
export async function makePlan(
  action: Action,
  decision: Promise<TaskDefinition | undefined>,
  reader: Reader,
): Promise<Plan> {
  const { request } = action;
  return request.kind === 'rerun'
    ? planRerun(action, request.taskId, decision, reader)
    : planRetrigger(action, request, decision, reader);
}

async function planRerun(
  action: Action,
  taskId: string,
  decision: Promise<TaskDefinition | undefined>,
  reader: Reader,
): Promise<Plan> {
  const [definitions, statuses] = await Promise.all([reader.tasks([taskId]), reader.statuses([taskId])]);
  const definition = definitions.get(taskId);
  // Labels do not matter to a rerun, unless only they tell whether a task of another group is of this push.
  const isElsewhere = definition && foreign(action, definition)?.otherGroup;
  const push = isElsewhere ? await PushLabels.read(reader, action.taskGroupId) : undefined;
  if (isElsewhere && !push) return forward('no-labels', NO_LABELS);
  push?.add(await PushLabels.list(reader, await decision));
  await push?.refresh([definition?.metadata.name ?? '']);
  return decide(action, findTargets(action, push, definitions), new Map(), statuses, () => []);
}

const NO_LABELS = 'the decision task has no public/label-to-taskid.json that we can read';

/** Steps 1, 3 and 4 are a round trip each, as long as no dependency has been run anew; so is the listing, beside 1 or 2. */
async function planRetrigger(
  action: Action,
  request: RetriggerRequest,
  decision: Promise<TaskDefinition | undefined>,
  uncached: Reader,
): Promise<Plan> {
  // 1. Read the labels of the decision task. Beside it the push's later actions are listed, which needs its routes.
  const listing = decision.then((task) => PushLabels.list(uncached, task));
  // Awaited below; should reading the labels fail first, that is the failure to report.
  listing.catch(() => undefined);
  const push = await PushLabels.read(uncached, action.taskGroupId);
  if (!push) return forward('no-labels', NO_LABELS);

  // 2. Leave to the full hook what is too much for us.
  const clones = countClones(request);
  if (clones > WRITE_LIMITS.tasks)
    return forward('too-large', `${clones} tasks at once; up to ${WRITE_LIMITS.tasks} go the fast way`);

  // 3. Read targets and dependencies as the decision task has made them; beside it, what later actions have made of the
  //    labels that are asked for.
  const reader = new MemoizedReader(uncached);
  const asked = request.kind === 'labels' ? request.requests.flatMap(({ labels }) => labels) : [];
  const [original] = await Promise.all([
    readTargets(action, asked, push, reader),
    listing.then((actions) => {
      push.add(actions);
      return readNewerTargets(action, asked, push, reader);
    }),
  ]);

  // 4. Take in what later actions have made of the dependencies' labels, and read again: what has been read already
  //    costs nothing. A target that only an action has made shows its dependencies but now, so this may go on.
  await push.refresh(await readLabels(push, original.dependencies, action, reader));
  let latest: TargetReads;
  do latest = await readTargets(action, asked, push, reader);
  while (await push.refresh(await readLabels(push, latest.dependencies, action, reader)));

  // 5. Decide.
  const { found, copies, statuses } = latest;
  const plan = decide(action, found, copies, statuses, (taskId) => labelCandidates(taskId, push));
  return plan.kind === 'work' && bytesOf(plan) > WRITE_LIMITS.bytes
    ? forward('too-large', `tasks of more than ${WRITE_LIMITS.bytes} bytes at once`)
    : plan;
}

/** About what the definitions of a plan take that are to be written. */
function bytesOf({ clones }: Work): number {
  const sizes = new Map<TaskDefinition, number>();
  let bytes = 0;
  for (const { definition } of clones) {
    const size = sizes.get(definition) ?? jsonBytes(definition);
    sizes.set(definition, size);
    bytes += size;
  }
  return bytes;
}

type RetriggerRequest = Exclude<FastRequest, { kind: 'rerun' }>;

interface TargetReads {
  found: Targets;
  copies: Map<Target, Copy[]>;
  dependencies: string[];
  statuses: ReadonlyMap<string, TaskStatus>;
}

/** Learns which tasks later actions have made of the labels that are asked for, and reads those tasks. */
async function readNewerTargets(
  action: Action,
  asked: string[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<void> {
  const before = new Set(candidatesOf(action, asked, push));
  await push.refresh(asked);
  const newer = candidatesOf(action, asked, push).filter((taskId) => !before.has(taskId));
  // Side by side, though of a task that is not to be touched the status is then read for nothing.
  await Promise.all([reader.tasks(newer), reader.statuses(newer)]);
}

/** All tasks that may be targets, as far as the labels are known. */
function candidatesOf({ request }: Action, asked: string[], push: PushLabels): string[] {
  if (request.kind !== 'labels') return [request.taskId];
  const labels = asked.map((label) => push.complete(label)).filter((label) => label !== undefined);
  return labels.flatMap((label) => push.candidates(label));
}

/** Reads targets and dependencies, as far as the labels are known. */
async function readTargets(
  action: Action,
  asked: string[],
  push: PushLabels,
  reader: MemoizedReader,
): Promise<TargetReads> {
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
function countClones(request: RetriggerRequest): number {
  if (request.kind === 'task') return request.times;
  return request.requests.reduce((sum, { labels, times }) => sum + new Set(labels).size * times, 0);
}
