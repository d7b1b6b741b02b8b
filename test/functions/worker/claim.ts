import type { Claim } from '../../../functions/taskcluster/claims.ts';
import { DECISION, definition, HOOK, id, NOW, payload } from '../fixtures.ts';

export const ROOT = 'https://tc.example.com';
export const QUEUE = 'gecko-1/retrigger';
export const ACTION = id('action');
export const FULL = { hookGroupId: HOOK.hookGroupId, hookId: `${HOOK.hookId}/full` };

/** An action task as hooks/templates/wrapper.yml makes it, without what no test reads. */
export function actionTask(changes: Record<string, unknown> = {}, extra: Record<string, unknown> = {}) {
  const { decision, user } = payload('retrigger', {}, id('target'));
  return definition({
    taskQueueId: QUEUE,
    metadata: { ...definition().metadata, name: 'Action: Retrigger' },
    payload: {
      version: 1,
      hook: { hookGroupId: HOOK.hookGroupId, hookId: HOOK.hookId },
      full: FULL,
      clientId: 'mozilla-auth0/me',
      trigger: { decision: { ...decision }, user },
      ...changes,
    },
    extra: { parent: DECISION, ...extra },
  });
}

/** The action task, claimed. */
export function claim(changes: Partial<Claim> = {}): Claim {
  return {
    taskId: ACTION,
    runId: 0,
    retriesLeft: 5,
    pendingSince: NOW.toISOString(),
    takenUntil: new Date(NOW.getTime() + 20 * 60_000).toISOString(),
    task: actionTask(),
    release: () => undefined,
    credentials: { clientId: 'task-client', accessToken: 'none' },
    ...changes,
  };
}
