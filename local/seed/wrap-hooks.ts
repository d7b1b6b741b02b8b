import { parseHook, type HookDefinition, type JsonObject } from '../../hooks/definition.ts';
import { fullCopy, wrapHook } from '../../hooks/wrap.ts';
import { trustDomain } from '../push/repository.ts';
import type { LocalTaskcluster } from '../taskcluster/api.ts';
import { Hooks } from '../treeherder/client.ts';
import type { Deployment } from './deployment.ts';

/** What `npm run hooks -- apply` does to a deployment: wraps its in-tree action hooks and keeps the originals beside. */
export async function wrapSeededHooks(tc: LocalTaskcluster, deployment: Deployment): Promise<void> {
  const service = new Hooks({ rootUrl: tc.internalRootUrl, credentials: tc.credentials });
  for (const { hook, level } of deployment.hooks) {
    const original = parseHook(await service.hook(hook.hookGroupId, hook.hookId));
    const wrapped = wrapHook(original, {
      mode: 'wrap',
      taskQueueId: `${trustDomain}-${level}/retrigger`,
      fastActions: ['retrigger', 'retrigger-disabled', 'retrigger-multiple', 'rerun'],
      priority: null,
    });
    for (const changed of [fullCopy(original), wrapped]) {
      await service.updateHook(changed.hookGroupId, changed.hookId, body(changed));
    }
  }
}

/** A definition as createHook and updateHook take it: the name is in the URL. */
function body({ metadata, task, triggerSchema, schedule, bindings }: HookDefinition): JsonObject {
  return { metadata, task, triggerSchema, schedule, bindings };
}
