import type { TaskGraph } from '../graph/task-graph.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { decide } from './decide.ts';
import type { LabelsRequest } from './dispatch.ts';
import { completeLabel, readMarks, type GraphMark } from './graph-labels.ts';
import type { MemoizedReader } from './memoized-reader.ts';
import type { RetriggerRequest } from './needs-graph.ts';
import { forwardTooLarge, WRITE_LIMITS, type Action, type Plan, type Work } from './plan.ts';
import type { PushLabels } from './push-labels.ts';
import { planRounds, type Demand } from './rounds.ts';
import { findTargets, numberCopies, roundName, type Targets } from './targets.ts';
import { withGraph } from './with-graph.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** What was read before the graph. */
export interface Known {
  found: Targets;
  definitions: ReadonlyMap<TaskId, TaskDefinition>;
  statuses: ReadonlyMap<TaskId, TaskStatus>;
  candidatesOf: (taskId: TaskId) => readonly TaskId[];
  push: PushLabels;
  reader: MemoizedReader;
  /** The requests that an earlier attempt has begun to perform by the graph. */
  begun: ReadonlySet<number>;
}

/**
 * Decides a retrigger for which the definitions are not enough: the graph says whether an unmarked task is cloned, and
 * defines the labels that were optimized away.
 *
 * @throws TaskclusterError
 */
export function decideByGraph(
  action: Action,
  request: RetriggerRequest,
  known: Known,
  read: () => Promise<TaskGraph | undefined>,
): Promise<Plan> {
  return withGraph(read(), async (graph) => {
    const marks = await readMarks(
      known.found.targets.map(({ label }) => label),
      graph,
    );
    if (request.kind === 'task') return decideMarked(action, known, known.found, marks);
    return decideLabels(action, request, { ...known, graph, marks });
  });
}

type WithGraph = Known & { graph: TaskGraph; marks: ReadonlyMap<Label, GraphMark> };

/**
 * A request with a label that was optimized away is performed as taskgraph does it: everything that it would clone is
 * created from the graph, in one closure.
 */
async function decideLabels(action: Action, { requests }: LabelsRequest, known: WithGraph): Promise<Plan> {
  const { push, graph, begun } = known;
  const absentOf = ({ labels }: { labels: Label[] }) =>
    new Map(
      labels.flatMap((asked) => {
        const label = push.matches(asked).length === 0 ? completeLabel(asked, graph) : undefined;
        return label === undefined ? [] : [[asked, label] as const];
      }),
    );
  const isPlain = (one: LabelsRequest['requests'][number], index: number) =>
    absentOf(one).size === 0 && !begun.has(index);
  const plain = requests.filter(isPlain);
  const first = await decideSome(action, plain, known);
  if (first.kind === 'forward') return first;
  let work = first;
  const demands: Demand[] = [];
  for (const [index, one] of requests.entries()) {
    if (isPlain(one, index)) continue;
    const absent = absentOf(one);
    // Clones become requests to the graph; reruns, no-ops and refusals stay.
    const part = await decideSome(action, [{ ...one, times: 1 }], known);
    if (part.kind === 'forward') return part;
    const { requested, refused } = judgeAbsent(await readMarks([...absent.values()], graph));
    for (const { label } of part.clones) requested.add(label);
    work = merge(work, { ...part, refused: [...part.refused, ...refused] });
    demands.push({
      requested,
      rounds: Array.from({ length: one.times }, (_, copy) => roundName(index, copy)),
    });
  }
  const making = await planRounds(action, demands, known);
  if ('kind' in making) return making;
  return { ...work, ...making, warnings: [...new Set([...work.warnings, ...making.warnings])] };
}

/** Which of the labels without a task are created. */
function judgeAbsent(marks: ReadonlyMap<Label, GraphMark>): {
  requested: Set<Label>;
  refused: Work['refused'];
} {
  const requested = new Set<Label>();
  const refused: Work['refused'] = [];
  for (const [label, { cloneable }] of marks) {
    if (cloneable) requested.add(label);
    else refused.push({ label, reason: NEVER_RUN });
  }
  return { requested, refused };
}

const NEVER_RUN =
  'it was not scheduled in this push, and tasks of its kind are only rerun; add it as a new job';

function decideSome(action: Action, requests: LabelsRequest['requests'], known: WithGraph): Promise<Plan> {
  const some: Action = { ...action, request: { kind: 'labels', requests } };
  const inGraph = (label: Label) => completeLabel(label, known.graph) !== undefined;
  const found = findTargets(some, known.push, known.definitions, inGraph);
  return decideMarked(some, known, found, known.marks);
}

async function decideMarked(
  action: Action,
  { statuses, candidatesOf, reader }: Known,
  found: Targets,
  marks: ReadonlyMap<Label, GraphMark>,
): Promise<Plan> {
  // mutant stays: each target has a mark
  const copies = numberCopies(action.id, found.targets, (label) => marks.get(label)?.duplicates ?? 1);
  const newTaskIds = [...copies.values()].flat().map(({ newTaskId }) => newTaskId);
  // mutants stay: the plan's own limit forwards it as well, after more calls
  if (newTaskIds.length > WRITE_LIMITS.tasks) return forwardTooLarge(newTaskIds.length);
  const all = action.repeated ? await reader.statuses(newTaskIds) : statuses;
  return decide(action, found, { copies, statuses: all, candidatesOf, marks });
}

/** Adds what the other work does to tasks that exist: its clones are created from the graph instead. */
function merge(one: Work, other: Work): Work {
  const seen = new Set([...one.reruns, ...one.noops].map(({ taskId }) => taskId));
  const fresh = <T extends { taskId: TaskId }>(items: T[]) => items.filter(({ taskId }) => !seen.has(taskId));
  return {
    ...one,
    reruns: [...one.reruns, ...fresh(other.reruns)],
    noops: [...one.noops, ...fresh(other.noops)],
    refused: [...one.refused, ...other.refused],
  };
}
