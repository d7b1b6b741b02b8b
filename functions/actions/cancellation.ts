import type { TaskDefinition, TaskRun, TaskState } from '../tasks/definition.ts';
import type { GroupTask, Reader } from '../ports/reader.ts';
import type { CancelRequest } from './dispatch.ts';
import { forward, type Action, type Forward, type Noop, type Refusal } from './plan.ts';
import { foreign } from './targets.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** The parts of an action that a cancellation depends on. */
export type CancelAction = Omit<Action, 'request' | 'readsGraph'>;

/** A task to cancel, or one that an earlier attempt at this action has canceled. */
export interface Cancel {
  /** Its name, or its taskId if only its state was read. */
  label: Label | TaskId;
  taskId: TaskId;
  state: TaskState;
}

/** The plan of a cancellation; nothing has been canceled yet. */
export interface Cancellation {
  kind: 'cancellation';
  /** In the order in which they are canceled. */
  cancels: Cancel[];
  /** An earlier attempt at this action has canceled these. */
  earlier: Cancel[];
  noops: Noop[];
  refused: Refusal[];
  /** Cancel the whole group, including tasks that appear in it meanwhile. */
  wholeGroup: boolean;
}

/** More than this takes longer than one HTTP request may. An action task can continue in its next run. */
const MOST_AT_ONCE = 5_000;
/** No push makes a larger group, and reading it would take minutes. */
const LARGEST_GROUP = 200_000;

/**
 * Reads what there is to cancel. Writes nothing.
 *
 * @throws TaskclusterError
 */
export async function planCancellation(
  action: CancelAction,
  request: CancelRequest,
  reader: Reader,
): Promise<Cancellation | Forward> {
  return request.kind === 'cancel'
    ? planCancel(action, request.taskId, reader)
    : planCancelAll(action, reader);
}

/** Like taskgraph's `cancel`: any task in any state, if it belongs to this push. */
async function planCancel(action: CancelAction, taskId: TaskId, reader: Reader): Promise<Cancellation> {
  const [definitions, statuses] = await Promise.all([reader.tasks([taskId]), reader.statuses([taskId])]);
  const plan = noCancellation(false);
  const definition: TaskDefinition | undefined = definitions.get(taskId);
  const status = statuses.get(taskId);
  if (!definition || !status) {
    plan.refused.push({ label: taskId, taskId, reason: 'the queue no longer has this task' });
    return plan;
  }
  const label = definition.metadata.name;
  const outOfReach = foreign(action, definition);
  const task = { label, taskId, state: status.state };
  const canceled = canceledAt(status.runs);
  if (outOfReach) plan.refused.push({ label, taskId, reason: outOfReach.reason });
  // mutant stays: what was never canceled was not canceled since
  else if (action.repeated && canceled !== undefined && isSince(canceled, action)) plan.earlier.push(task);
  else plan.cancels.push(task);
  return plan;
}

/**
 * Like taskgraph's `cancel-all`: everything in the group that has not ended, except this action's own task. Tasks that
 * wait for others come first and running tasks last, so that no task starts because another one ended.
 */
async function planCancelAll(action: CancelAction, reader: Reader): Promise<Cancellation | Forward> {
  const plan = noCancellation(true);
  let read = 0;
  for await (const page of reader.listTaskGroup(action.taskGroupId)) {
    for (const task of page) {
      if (isOpen(task) && task.taskId !== action.parent) plan.cancels.push(named(task));
      // mutant stays: see above
      else if (action.repeated && task.canceled !== undefined && isSince(task.canceled, action))
        plan.earlier.push(named(task));
      const outOfReach = foreign(action, { taskGroupId: action.taskGroupId, schedulerId: task.schedulerId });
      // All tasks of a group have one schedulerId.
      if (outOfReach)
        return {
          ...noCancellation(true),
          refused: [{ label: action.taskGroupId, reason: outOfReach.reason }],
        };
    }
    read += page.length;
    if (read > LARGEST_GROUP)
      return forward('too-large', `the task group has more than ${LARGEST_GROUP} tasks`);
  }
  const count = plan.cancels.length;
  if (action.parent === undefined && count > MOST_AT_ONCE)
    return forward('too-large', `${count} tasks to cancel at once; the fast way takes up to ${MOST_AT_ONCE}`);
  plan.cancels.sort(inOrder);
  return plan;
}

function noCancellation(wholeGroup: boolean): Cancellation {
  return { kind: 'cancellation', cancels: [], earlier: [], noops: [], refused: [], wholeGroup };
}

function named({ taskId, state }: GroupTask): Cancel {
  return { label: taskId, taskId, state };
}

/** Whether it can still run. */
export function isOpen({ state }: { state: TaskState }): boolean {
  return state === 'unscheduled' || state === 'pending' || state === 'running';
}

const ORDER: readonly TaskState[] = ['unscheduled', 'pending', 'running'];

export function inOrder(a: { state: TaskState }, b: { state: TaskState }): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state);
}

/** When the task was canceled, if it ended that way; ISO 8601. */
export function canceledAt(runs: readonly TaskRun[]): string | undefined {
  const last = runs.at(-1);
  return last?.state === 'exception' && last.reasonResolved === 'canceled' ? last.resolved : undefined;
}

function isSince(canceled: string, { requested }: CancelAction): boolean {
  return Date.parse(canceled) >= Date.parse(requested);
}

/** How many are in each state: `12 running, 61 pending, 900 unscheduled`. */
export function countByState(cancels: readonly Cancel[]): string {
  const counts = Map.groupBy(cancels, ({ state }) => state);
  return [...counts]
    .toSorted(([a], [b]) => ORDER.indexOf(b) - ORDER.indexOf(a))
    .map(([state, tasks]) => `${tasks.length} ${state}`)
    .join(', ');
}
