import { isTaskclusterError } from '../taskcluster/error.ts';
import { isRetryable, pauseBefore, WRITE_POLICY } from '../taskcluster/retry.ts';
import type { ActionPayload } from './payload.generated.js';
import type { HookAnswer, HookTrigger, Reader } from './ports.ts';

/** Beside a wrapped hook stands its unwrapped original under this name (hooks/ deploys it). */
export const FULL_SUFFIX = '/full';

export interface HookReference {
  hookGroupId: string;
  hookId: string;
}

export interface ForwardTarget extends HookReference {
  /**
   * The taskId that the full action task shall have, so that an action is forwarded once however often it is
   * attempted. A hook whose trigger schema has no `taskId` refuses it, and is then triggered without.
   */
  taskId?: string;
}

export interface Forwarding {
  /** Reaches the hooks service past any ingress rule that leads to us. */
  hooks: HookTrigger;
  reader: Reader;
  /** Where to try, in this order; one that does not exist is passed over. */
  targets: readonly ForwardTarget[];
}

/**
 * Hands the whole action to the full hook.
 *
 * @returns the hooks service's answer; undefined if there is no such hook
 * @throws TaskclusterError
 */
export async function forwardAction(
  payload: ActionPayload,
  forwarding: Forwarding,
): Promise<HookAnswer | undefined> {
  for (const target of forwarding.targets) {
    const { hookGroupId, hookId, taskId } = target;
    const answer =
      taskId === undefined
        ? await forwarding.hooks.triggerHook(hookGroupId, hookId, payload)
        : await forwardAs(taskId, target, payload, forwarding);
    if (answer) return answer;
  }
  return undefined;
}

async function forwardAs(
  taskId: string,
  { hookGroupId, hookId }: HookReference,
  payload: ActionPayload,
  { hooks, reader }: Forwarding,
): Promise<HookAnswer | undefined> {
  for (let failed = 1; ; failed++) {
    try {
      return await hooks.triggerHook(hookGroupId, hookId, { ...payload, taskId });
    } catch (error) {
      if (!isTaskclusterError(error) || error.statusCode === 403) throw error;
      // Made by an earlier attempt, or by this one though its answer was lost.
      if ((await reader.statuses([taskId])).has(taskId)) return { taskId, status: { taskId } };
      if (error.statusCode === 400) return hooks.triggerHook(hookGroupId, hookId, payload);
      if (!isRetryable(error) || failed >= WRITE_POLICY.tries) throw error;
      await pauseBefore(failed + 1, WRITE_POLICY);
    }
  }
}
