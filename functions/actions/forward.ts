import type { HookAnswer, HookTrigger } from '../ports/hook-trigger.ts';
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
 * @throws TaskclusterError
 */
export async function forwardAction(
  payload: ActionPayload,
  { hooks, targets }: Forwarding,
): Promise<HookAnswer | undefined> {
  for (const { taskId, ...hook } of targets) {
    const answer = await hooks.triggerHook(hook, payload, taskId);
    if (answer) return answer;
  }
  return undefined;
}
