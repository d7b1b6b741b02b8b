import { ifReadable, isTaskclusterError } from '../ports/error.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';
import { cloneDefinition } from '../tasks/clone.ts';
import type { TaskDefinition, TaskState } from '../tasks/definition.ts';
import { identityOf, type ItemOutcome } from './outcome.ts';
import { actionTagOf } from './dispatch.ts';
import type { Action, Clone, Creation } from './plan.ts';
import type { TaskId } from '../tasks/names.ts';

/** A planned task. */
export type ToMake = Clone | Creation;

/** The definition of a planned task. */
export function taskOf({ now, parent, request }: Action, item: ToMake): TaskDefinition {
  if ('entry' in item) return item.definition;
  const { definition, taskId, newTaskId, replacements } = item;
  return cloneDefinition({
    definition,
    taskId,
    newTaskId,
    now,
    replacements,
    parent,
    actionTag: actionTagOf(request),
  });
}

/**
 * @param existing what the plan found under its id
 * @throws TaskclusterError
 */
export async function create(
  action: Action,
  item: ToMake,
  existing: Existing | undefined,
  writer: Writer,
): Promise<ItemOutcome> {
  const { newTaskId, reason } = item;
  const outcome = identityOf(item);
  const task = taskOf(action, item);
  if (!existing) {
    if ('entry' in item) await writer.createTask(newTaskId, task);
    else await createClone(newTaskId, task, writer);
    return { ...outcome, newTaskId, result: 'created', reason };
  }
  if (!isSame(existing.definition, task))
    return { ...outcome, result: 'refused', reason: takenReason(newTaskId) };
  if (existing.state === 'unscheduled') await finishCreation(newTaskId, existing.definition, writer);
  return { ...outcome, newTaskId, result: 'created', earlier: true, reason };
}

/**
 * Sends the creation of a task again that exists but is not scheduled. The queue stores a task before it looks at its
 * dependencies; if it is stopped in between, the task never runs unless the same createTask is repeated. For a task
 * that waits for its dependencies, the repeat changes nothing.
 *
 * @param definition as the queue returns it, since any difference would be a conflict
 * @throws TaskclusterError
 */
export async function finishCreation(
  taskId: TaskId,
  definition: TaskDefinition,
  writer: Writer,
): Promise<void> {
  try {
    await writer.createTask(taskId, definition);
  } catch (error) {
    // The queue takes no definition that is older than 15 minutes, and none for a sealed group.
    if (!isTaskclusterError(error) || !error.refused) throw error;
  }
}

/** A task that an earlier attempt created, unless someone else did. */
interface Existing {
  definition: TaskDefinition;
  state: TaskState | undefined;
}

/** The queue's, highest first. */
const PRIORITIES: readonly unknown[] = [
  'highest',
  'very-high',
  'high',
  'medium',
  'low',
  'very-low',
  'lowest',
];

/**
 * Someone may have raised the original's priority (changeTaskPriority, Firefox's action change-priority) above what the
 * hook may give. taskgraph's clones have the graph's priority, which we don't know, so the clone gets the highest one
 * that the hook may give (docs/adr/0023).
 */
async function createClone(taskId: TaskId, task: TaskDefinition, writer: Writer): Promise<void> {
  const place = PRIORITIES.indexOf(task['priority']);
  const lower = place === -1 ? [] : PRIORITIES.slice(place + 1);
  let tooHigh: unknown;
  for (const one of [task, ...lower.map((priority) => ({ ...task, priority }))]) {
    try {
      await writer.createTask(taskId, one);
      return;
    } catch (error) {
      if (!lacksPriority(error)) throw error;
      tooHigh ??= error;
    }
  }
  throw tooHigh;
}

/** The scopes that allow a priority on a task queue begin like this. */
const PRIORITY_SCOPE = 'queue:create-task:';

function lacksPriority(error: unknown): boolean {
  return isTaskclusterError(error) && error.statusCode === 403 && error.text.includes(PRIORITY_SCOPE);
}

/**
 * The tasks that already exist under the planned ids. If they cannot be read, createTask still notices that an id is
 * taken.
 */
export async function findExisting(
  items: readonly ToMake[],
  reader: Reader,
): Promise<ReadonlyMap<TaskId, Existing>> {
  const taskIds = items.filter(({ exists }) => exists).map(({ newTaskId }) => newTaskId);
  if (taskIds.length === 0) return new Map();
  const [definitions, statuses] = await Promise.all([
    ifReadable(reader.tasks(taskIds)),
    ifReadable(reader.statuses(taskIds)),
  ]);
  return new Map(
    [...(definitions ?? [])].map(([taskId, definition]) => [
      taskId,
      { definition, state: statuses?.get(taskId)?.state },
    ]),
  );
}

export function takenReason(taskId: TaskId): string {
  return `the taskId ${taskId} is taken by another task`;
}

/**
 * Whether a task that has a derived taskId is the planned one. Its times may differ: an earlier attempt had another
 * `now`.
 */
export function isSame(found: TaskDefinition, planned: TaskDefinition): boolean {
  return (
    found.taskGroupId === planned.taskGroupId &&
    found.schedulerId === planned.schedulerId &&
    found.metadata.name === planned.metadata.name &&
    found.extra?.['parent'] === planned.extra?.['parent']
  );
}
