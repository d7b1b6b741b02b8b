import { setTimeout as sleep } from 'node:timers/promises';
import { client as hawk } from 'hawk';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import type { Credentials } from '../../local/taskcluster/api.ts';
import { at } from '../support/json.ts';

const TRIES = 4;

/**
 * `hooks.triggerHook` as the client in Treeherder's page calls it: signed once, and sent again after a 5xx or without
 * an answer.
 *
 * @returns the taskId that Treeherder shows
 */
export async function triggerFromBrowser(
  rootUrl: string,
  { clientId, accessToken }: Credentials,
  { hookGroupId, hookId }: HookName,
  payload: object,
): Promise<string> {
  const url = `${rootUrl}/api/hooks/v1/hooks/${hookGroupId}/${encodeURIComponent(hookId)}/trigger`;
  const { header } = hawk.header(url, 'POST', {
    credentials: { id: clientId, key: accessToken, algorithm: 'sha256' },
  });
  const headers = { 'content-type': 'application/json', authorization: header };
  const request = { method: 'POST', headers, body: JSON.stringify(payload) };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, request).catch((error: unknown) => {
      if (attempt === TRIES) throw error;
    });
    if (!response) continue;
    const answer: unknown = await response.json();
    if (response.ok) return String(at(answer, 'status', 'taskId'));
    if (response.status < 500 || attempt === TRIES) throw new Error(String(at(answer, 'message')));
    await sleep(20);
  }
}
