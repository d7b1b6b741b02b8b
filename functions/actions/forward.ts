import type { HookName } from '../tasks/hook-name.ts';
import type { ActionPayload } from './payload.generated.js';
import type { HookAnswer, HookTrigger } from './ports.ts';

/** Beside a wrapped hook stands its unwrapped original under this name (hooks/ deploys it). */
export const FULL_SUFFIX = '/full';

/**
 * Hands the whole action to the full hook: the original kept beside a wrapped hook, or else the hook itself.
 *
 * @param hooks must reach the hooks service past any ingress rule that leads to us
 * @returns the hooks service's answer; undefined if neither hook exists
 */
export async function forwardAction(
  { hookGroupId, hookId }: HookName,
  payload: ActionPayload,
  hooks: HookTrigger,
): Promise<HookAnswer | undefined> {
  const answer = await hooks.triggerHook(hookGroupId, `${hookId}${FULL_SUFFIX}`, payload);
  return answer ?? (await hooks.triggerHook(hookGroupId, hookId, payload));
}
