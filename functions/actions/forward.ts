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
  /** The taskId for the full action task, so that repeated attempts forward an action only once. */
  taskId?: TaskId;
}

export interface Forwarding {
  /** Reaches the hooks service directly, not through an ingress rule that leads to us. */
  hooks: HookTrigger;
  /** The hooks to try, in this order, skipping those that do not exist. */
  targets: readonly ForwardTarget[];
}

/**
 * Forwards the whole action to the full hook.
 *
 * @returns the hooks service's answer; undefined if there is no such hook
 * @throws ApiError RequestConflict if the caller's taskId belongs to another task; TaskclusterError: if `unanswered`,
 *   its message has the taskId under which the full action task may exist
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
 * The full action task of an earlier attempt at this action, if the caller chose its taskId. Another task with that id
 * must not be taken for it: nothing would run, but the caller would be told that it does.
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
 * Whether an earlier attempt at this action has forwarded it, judged by the ids of full action tasks.
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

/** Whether a task is what the full hook makes from this payload, judged by what its template copies from it. */
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
