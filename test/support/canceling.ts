import { FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { trustDomain } from '../../local/push/repository.ts';
import { wrapSeededHooks } from '../../local/seed/wrap-hooks.ts';
import type { Call } from '../../local/taskcluster/api.ts';
import type { QueuedWay } from './queued-way.ts';

/** The setting that makes everything fast that can be. */
export const allFast = { fastActions: new Map([[trustDomain, new Set(FAST_ACTIONS)]]) };

/** Makes the hooks accept everything that can be fast. */
export function takeAllIn({ tc, deployment }: QueuedWay): Promise<void> {
  return wrapSeededHooks(tc, deployment, FAST_ACTIONS);
}

/** `<taskId> <status of the answer>` of each call to cancelTask. */
export function canceledBy(calls: readonly Call[]): string[] {
  return calls.map(({ path, status }) => `${path.split('/').at(-2)} ${status}`);
}
