import { within, type Deadlines } from '../platform/deadline.ts';
import { isTaskclusterError, TaskclusterError } from '../ports/error.ts';
import type { HookAnswer, HookTrigger } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { HookName } from '../tasks/hook-name.ts';
import type { ActionPayload } from './payload.generated.js';

export interface ForwardTarget extends HookName {
  /** The taskId that the full action task shall have, so that an action is forwarded once however often it is attempted. */
  taskId?: string;
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
 * @throws TaskclusterError; an `unanswered` one says in its message under which taskId the full action task may exist
 */
export async function forwardAction(
  payload: ActionPayload,
  { hooks, targets }: Forwarding,
  reader: Pick<Reader, 'statuses'>,
  deadlines: Deadlines,
): Promise<HookAnswer | undefined> {
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

async function isThere(taskId: string, reader: Pick<Reader, 'statuses'>): Promise<boolean> {
  try {
    return (await reader.statuses([taskId])).has(taskId);
  } catch (error) {
    if (isTaskclusterError(error)) return false;
    throw error;
  }
}

function inDoubt(cause: TaskclusterError, taskId: string | undefined): TaskclusterError {
  const { method, code, summary } = cause;
  const where = taskId === undefined ? 'in this push' : `as ${taskId}`;
  const message = `the full action task may run ${where}, or may not: ${summary}`;
  return new TaskclusterError({ method, kind: 'no-answer', code, message, cause, unanswered: true });
}
