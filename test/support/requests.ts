import { client as hawk } from 'hawk';
import type { Push } from '../../local/push/push.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';
import { inTreeActionHook } from '../../local/push/taskcluster-yml.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Credentials } from '../../local/taskcluster/api.ts';
import { pressRetrigger, submitCustomAction, TreeherderNotification } from '../../local/treeherder/button.ts';
import type { Triggered } from '../../local/treeherder/submit.ts';
import { Hooks } from '../../local/treeherder/client.ts';
import type { DirectWay } from './direct-way.ts';

/** The generic action hook of Firefox's level-3 pushes. */
export const genericHook = inTreeActionHook(3, 'generic');

/** Treeherder's retrigger button on jobs of these labels. */
export async function retrigger(way: DirectWay, push: Push, labels: string[], times = 1): Promise<Triggered> {
  return pressRetrigger(sessionOn(way, push), { labels, times });
}

/** "Custom action…" of Treeherder on one task. */
export async function customAction(
  way: DirectWay,
  push: Push,
  name: string,
  taskId: string,
  input: unknown = {},
): Promise<Triggered> {
  return submitCustomAction(sessionOn(way, push), { name, taskId, input });
}

function sessionOn({ tc, deployment }: DirectWay, { decisionTaskId }: Push) {
  return { rootUrl: tc.rootUrl, userCredentials: deployment.user, decisionTaskId };
}

/** The payload of an action as Treeherder renders it. */
export function payloadOf(
  push: Push,
  callback: string,
  { taskId = null, input }: { taskId?: string | null; input: unknown },
): Record<string, unknown> {
  const actions = push.artifacts[push.decisionTaskId]?.['public/actions.json'];
  const list =
    isObject(actions) && Array.isArray(actions['actions']) ? actions['actions'].filter(isObject) : [];
  for (const { hookPayload } of list) {
    if (!isObject(hookPayload) || !isObject(hookPayload['decision'])) continue;
    const { action } = hookPayload['decision'];
    if (isObject(action) && action['cb_name'] === callback) {
      return { ...hookPayload, user: { input, taskId, taskGroupId: push.decisionTaskId } };
    }
  }
  throw new Error(`the push has no action ${callback}`);
}

/** The payload of `retrigger-multiple`. */
export function requestsPayload(push: Push, requests: { tasks: string[]; times?: number }[]) {
  return payloadOf(push, 'retrigger-multiple', { input: { requests } });
}

/** `hooks.triggerHook` by the real client, by default as the user. */
export async function trigger(
  { tc, deployment }: DirectWay,
  payload: unknown,
  options: { hook?: HookName; credentials?: Credentials; authorizedScopes?: string[] } = {},
): Promise<unknown> {
  const { hook = genericHook, credentials = deployment.user, authorizedScopes } = options;
  const hooks = new Hooks({
    rootUrl: tc.rootUrl,
    credentials,
    ...(authorizedScopes ? { authorizedScopes } : {}),
    retries: 0,
  });
  return hooks.triggerHook(hook.hookGroupId, hook.hookId, payload);
}

export interface RawRequest {
  body: string | Uint8Array<ArrayBuffer>;
  hook?: HookName;
  credentials?: Credentials;
  /** The URL for which the client signs, if not the root URL. */
  signedUrl?: string;
  /** The payload that the client signs; none if absent. */
  signedPayload?: string;
  contentType?: string;
  /** Seconds since the epoch, if not now. */
  timestamp?: number;
  /** Sent unchanged; `null` sends none. */
  authorization?: string | null;
}

/** A hand-made request, for what the client would never send. */
export async function post(way: DirectWay, request: RawRequest): Promise<Response> {
  const { contentType = 'application/json', authorization = sign(way, request) } = request;
  return fetch(urlOf(way, request), {
    method: 'POST',
    headers: { 'content-type': contentType, ...(authorization === null ? {} : { authorization }) },
    body: request.body,
  });
}

/** The Hawk header of a request. */
export function sign(way: DirectWay, request: RawRequest): string {
  const { credentials = way.deployment.user, contentType = 'application/json' } = request;
  return hawk.header(request.signedUrl ?? urlOf(way, request), 'POST', {
    credentials: { id: credentials.clientId, key: credentials.accessToken, algorithm: 'sha256' },
    ...(request.signedPayload === undefined ? {} : { payload: request.signedPayload, contentType }),
    ...(request.timestamp === undefined ? {} : { timestamp: request.timestamp }),
  }).header;
}

function urlOf({ tc }: DirectWay, { hook = genericHook }: RawRequest): string {
  return `${tc.rootUrl}/api/hooks/v1/hooks/${hook.hookGroupId}/${encodeURIComponent(hook.hookId)}/trigger`;
}

export interface Refusal {
  statusCode: number;
  code: string;
  /** The message without the technical block at its end. */
  message: string;
}

/** The error of a refused attempt, in Taskcluster's form. The test fails if the attempt succeeds. */
export async function refusal(attempt: Promise<unknown>): Promise<Refusal> {
  const failure = await attempt.then(
    (answer) => new Error(`nothing was refused: ${JSON.stringify(answer)}`),
    (error: unknown) => (error instanceof TreeherderNotification ? error.cause : error),
  );
  if (failure instanceof Error && 'statusCode' in failure && 'body' in failure) {
    return readRefusal(Number(failure.statusCode), failure.body);
  }
  throw failure;
}

/** Reads an error answer. The test fails if it does not have Taskcluster's form. */
export async function refusalOf(response: Response): Promise<Refusal> {
  return readRefusal(response.status, await response.json());
}

function readRefusal(statusCode: number, body: unknown): Refusal {
  if (isObject(body) && isObject(body['requestInfo'])) {
    const { code, message, requestInfo } = body;
    const fields = ['method', 'params', 'payload', 'time'];
    if (
      typeof code === 'string' &&
      typeof message === 'string' &&
      fields.every((field) => field in requestInfo)
    ) {
      return { statusCode, code, message: message.split('\n\n---\n')[0] ?? '' };
    }
  }
  throw new Error(`an answer of another shape, with status ${statusCode}: ${JSON.stringify(body)}`);
}
