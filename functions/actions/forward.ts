import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../platform/api-error.ts';
import { within, type Deadlines } from '../platform/deadline.ts';
import { ifReadable, isTaskclusterError, TaskclusterError } from '../ports/error.ts';
import type { HookAnswer, HookTrigger } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { HookName } from '../tasks/hook-name.ts';
import { privilegeOf } from '../tasks/protection.ts';
import type { ActionPayload } from './payload.generated.js';
import { isObject } from '../tasks/shapes.ts';
import type { TaskId } from '../tasks/names.ts';

export interface ForwardTarget extends HookName {
  /** The taskId that the full action task shall have, so that an action is forwarded once however often it is attempted. */
  taskId?: TaskId;
}

export interface Forwarding {
  /** Reaches the hooks service past any ingress rule that leads to us. */
  hooks: HookTrigger;
  /** Where to try, in this order; one that does not exist is passed over. */
  targets: readonly ForwardTarget[];
}

/**
 * Hands the whole action to the full hook.
 *
 * @returns the hooks service's answer; undefined if there is no such hook
 * @throws ApiError RequestConflict if the caller has named the taskId of another task; TaskclusterError, an `unanswered` one says in its message under which taskId the full action task may exist
 */
export async function forwardAction(
  payload: ActionPayload,
  { hooks, targets }: Forwarding,
  reader: Pick<Reader, 'statuses' | 'tasks'>,
  deadlines: Deadlines,
): Promise<HookAnswer | undefined> {
  const earlier = await within(deadlines.writing, () => earlierForward(payload, reader));
  if (earlier !== undefined) return { taskId: earlier, status: { taskId: earlier } };
  for (const { taskId, ...hook } of targets) {
    try {
      const answer = await within(deadlines.writing, () => hooks.triggerHook(hook, payload, taskId));
      if (answer) return answer;
    } catch (error) {
      if (!isTaskclusterError(error) || !error.unanswered) throw error;
      if (taskId !== undefined && (await within(deadlines.looking, () => isThere(taskId, reader))))
        return { taskId, status: { taskId } };
      throw inDoubt(error, taskId);
    }
  }
  return undefined;
}

/**
 * The full action task that an earlier attempt at this action has left, if the caller has named its id. A task that is
 * there must not be taken for that one just because it is there: nothing would run, and the caller would be told it does.
 */
async function earlierForward(
  payload: ActionPayload,
  reader: Pick<Reader, 'tasks'>,
): Promise<TaskId | undefined> {
  const { taskId } = payload;
  if (taskId === undefined) return undefined;
  const found = await ifReadable(reader.tasks([taskId]));
  const task = found?.get(taskId);
  if (!task) return undefined;
  if (isActionTaskOf(payload, taskId, task)) return taskId;
  throw new ApiError('RequestConflict', `payload/taskId ${taskId} is taken by another task`);
}

/**
 * Whether an earlier attempt at this action has forwarded it, as far as the ids of full action tasks tell.
 * @throws TaskclusterError
 */
export async function wasForwarded(
  payload: ActionPayload,
  targets: readonly ForwardTarget[],
  reader: Pick<Reader, 'tasks'>,
): Promise<boolean> {
  const taskIds = targets.map(({ taskId }) => taskId).filter((taskId) => taskId !== undefined);
  if (taskIds.length === 0) return false;
  const found = await reader.tasks(taskIds);
  return [...found].some(([taskId, task]) => isActionTaskOf(payload, taskId, task));
}

/** Whether a task is what the full hook makes of a payload, as far as its template puts the payload into it. */
function isActionTaskOf({ decision, user }: ActionPayload, taskId: TaskId, task: TaskDefinition): boolean {
  if (task.taskGroupId !== user.taskGroupId || taskId === user.taskGroupId) return false;
  if (privilegeOf(taskId, task) === undefined) return false;
  const action = task.extra?.['action'];
  if (!isObject(action)) return true;
  const { name, context } = action;
  if (name !== decision.action.name) return false;
  if (!isObject(context)) return true;
  return isDeepStrictEqual([context['taskId'], context['input']], [user.taskId, user.input]);
}

async function isThere(taskId: TaskId, reader: Pick<Reader, 'statuses'>): Promise<boolean> {
  return (await ifReadable(reader.statuses([taskId])))?.has(taskId) ?? false;
}

function inDoubt(cause: TaskclusterError, taskId: TaskId | undefined): TaskclusterError {
  const { method, code, summary } = cause;
  const where = taskId === undefined ? 'in this push' : `as ${taskId}`;
  const message = `the full action task may or may not be running ${where}: ${summary}`;
  return new TaskclusterError({ method, kind: 'no-answer', code, message, cause, unanswered: true });
}
