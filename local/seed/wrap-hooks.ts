import { DEFAULT_FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { parseHook } from '../../hooks/read/definition.ts';
import { wrapHook } from '../../hooks/render/wrap.ts';
import { trustDomain } from '../push/repository.ts';
import type { LocalTaskcluster } from '../taskcluster/api.ts';
import { Hooks } from '../treeherder/client.ts';
import type { Deployment } from './deployment.ts';

/** Wraps the in-tree hooks of a deployment that already has their `/full` copies, as `npm run hooks -- apply` does. */
export async function wrapSeededHooks(
  tc: LocalTaskcluster,
  deployment: Deployment,
  fastActions: readonly string[] = DEFAULT_FAST_ACTIONS,
): Promise<void> {
  const service = new Hooks({ rootUrl: tc.internalRootUrl, credentials: tc.credentials });
  for (const { hook, level } of deployment.hooks) {
    const original = parseHook(await service.hook(hook.hookGroupId, hook.hookId));
    const { hookGroupId, hookId, ...definition } = wrapHook(original, {
      mode: 'wrap',
      taskQueueId: `${trustDomain}-${level}/retrigger`,
      fastActions: [...fastActions],
      priority: null,
    });
    await service.updateHook(hookGroupId, hookId, definition);
  }
}
