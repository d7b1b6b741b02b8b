import { satisfiesExpression } from 'taskcluster-lib-scopes';
import { perform, type Ports } from '../actions/perform.ts';
import { parsePayload } from '../actions/dispatch.ts';
import type { ForwardTarget } from '../actions/forward.ts';
import type { Graphs } from '../actions/graphs.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import type { HookTrigger } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';
import { ApiError, isApiErrorCode } from '../platform/api-error.ts';
import { fastActionsIn, type FastActionsByDomain } from '../platform/fast-actions.ts';
import { within, type Deadlines } from '../platform/deadline.ts';
import { parseJson } from '../platform/json.ts';
import type { Log } from '../platform/log.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import {
  FULL_SUFFIX,
  hookPath,
  parseInTreeHook,
  type HookName,
  type InTreeHook,
} from '../tasks/hook-name.ts';
import { cloneTaskId, requestTaskId } from '../tasks/task-id.ts';
import type { Caller, TaskclusterAuth } from '../taskcluster/auth.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { answer, type TriggerAnswer } from './answer.ts';
import { mayBeSentAgain, payloadHashMatches, type TriggerRequest } from './request.ts';
import type { TaskId } from '../tasks/names.ts';

/** What the auth service is asked. */
type Auth = Pick<TaskclusterAuth, 'authenticateHawk' | 'expandScopes'>;

export interface TriggerServices {
  rootUrl: string;
  auth: Auth;
  reader: Reader;
  graphs: Graphs;
  /** Writes as the hook would, in the user's name. */
  writerFor(hook: InTreeHook, clientId: string): Writer;
  /** Triggers the full hook in the user's name. */
  hooksFor(hook: InTreeHook, clientId: string): HookTrigger;
  hookExists: (hook: HookName) => Promise<boolean>;
  ownClientId: string;
  killSwitch: ReadonlySet<string>;
  fastActions: FastActionsByDomain;
  log: Log;
  now: () => Date;
}

/**
 * The direct way: does at once what `hooks.triggerHook` would start an action task for.
 *
 * @throws ApiError for everything that the caller can fix, or must know about what was begun
 */
export async function trigger(
  request: TriggerRequest,
  services: TriggerServices,
  deadlines: Deadlines,
): Promise<TriggerAnswer> {
  const { auth, reader, graphs, log } = services;
  const received = services.now();
  const caller = await within(deadlines.reading, () => authenticate(request, auth));
  refuseLoops(caller, services.ownClientId);
  const path = hookPath(request.hook);
  requireScope(caller.scopes, `hooks:trigger-hook:${path}`, `Client ID ${caller.clientId}`);
  const hook = parseInTreeHook(request.hook);
  if (!hook) throw new ApiError('ResourceNotFound', `${path} is not an in-tree action hook`);
  const payload = parsePayload(parseBody(request.body));
  const decision = within(deadlines.reading, () => reader.task(payload.user.taskGroupId));
  // mutant stays: a request without credentials was refused above
  const id = payload.taskId ?? requestTaskId(request.signed.authorization ?? '', request.body);
  log.event('action-received', {
    actionId: id,
    clientId: caller.clientId,
    hook: path,
    callback: payload.decision.action.cb_name,
    taskGroupId: payload.user.taskGroupId,
  });
  const ports: Ports = {
    reader,
    graphs,
    writer: services.writerFor(hook, caller.clientId),
    forwarding: {
      hooks: services.hooksFor(hook, caller.clientId),
      targets: fullHooks(hook, payload.taskId ?? cloneTaskId(id, FULL_SUFFIX, 1)),
    },
  };
  const result = await perform(
    {
      payload,
      action: {
        id,
        repeated: payload.taskId !== undefined || mayBeSentAgain(request, received),
        hook,
        requested: received.toISOString(),
        now: services.now(),
        rootUrl: services.rootUrl,
      },
      guessed: payload.taskId === undefined,
      killSwitch: services.killSwitch.has(hook.trustDomainLevel),
      fastActions: fastActionsIn(hook.trustDomain, services.fastActions),
      decision,
    },
    ports,
    {
      allowed: within(deadlines.reading, async () => {
        await Promise.all([allow(decision, hook, payload, auth), requireHook(hook, services)]);
      }),
      deadlines,
      log,
    },
  ).catch((error: unknown) => {
    throw forwardError(error) ?? error;
  });
  return answer(result, hook);
}

/** The unwrapped original of a wrapped hook, whose trigger schema has a taskId, or else the hook itself. */
function fullHooks({ hookGroupId, hookId }: HookName, taskId: TaskId): ForwardTarget[] {
  return [
    { hookGroupId, hookId: `${hookId}${FULL_SUFFIX}`, taskId },
    { hookGroupId, hookId },
  ];
}

/**
 * If the hooks service refuses our forward, it would have refused the caller too, so its error is passed on. If it did
 * not answer, the full action task may exist: the caller must check, and no client may retry automatically.
 */
function forwardError(error: unknown): ApiError | undefined {
  if (!isTaskclusterError(error) || error.method !== 'triggerHook') return undefined;
  if (error.unanswered) {
    const text = `Taskcluster did not say what became of this action: ${error.text}. Check the push before you retrigger.`;
    return new ApiError('InputError', text, { cause: error });
  }
  // Not 401: those credentials are ours.
  if (!isApiErrorCode(error.code) || !error.refused || error.statusCode === 401) return undefined;
  return new ApiError(error.code, error.text, { cause: error });
}

async function authenticate({ signed, contentType, body }: TriggerRequest, auth: Auth): Promise<Caller> {
  if (signed.authorization === undefined) {
    // The hooks service's answer to a request without credentials.
    throw new ApiError(
      'InsufficientScopes',
      'The request has no credentials, and triggering a hook needs scopes',
    );
  }
  const caller = await auth.authenticateHawk(signed);
  if ('failed' in caller) throw new ApiError('AuthenticationFailed', caller.failed);
  if (caller.hash !== undefined && !payloadHashMatches(caller.hash, contentType, body)) {
    throw new ApiError('AuthenticationFailed', 'The request was signed for another payload');
  }
  return caller;
}

/** A forward of ours that comes back to us would loop forever. */
function refuseLoops({ clientId }: Caller, ownClientId: string): void {
  if (clientId.startsWith(`${ownClientId}/for/`)) {
    throw new ApiError(
      'InputError',
      'One of our own forwards came back to us: HOOKS_ROOT_URL must lead past the ingress rule ' +
        'that brought it here, or the hook needs its /full copy',
    );
  }
}

/**
 * The check that Treeherder makes too: the push itself must be allowed to use the hook. Otherwise a level-3 user could
 * be lured into running a level-3 hook on someone's try push.
 */
async function allow(
  decision: Promise<TaskDefinition | undefined>,
  hook: InTreeHook,
  payload: ActionPayload,
  auth: Auth,
): Promise<void> {
  const { taskGroupId } = payload.user;
  const task = await decision;
  if (!task)
    throw new ApiError(
      'InputError',
      `Decision task ${taskGroupId} does not exist (payload/user/taskGroupId)`,
    );
  if (task.taskGroupId !== taskGroupId) {
    throw new ApiError('InputError', `${taskGroupId} (payload/user/taskGroupId) is not a decision task`);
  }
  const scopes = await auth.expandScopes(task.scopes ?? []);
  const scope = `in-tree:hook-action:${hookPath(hook)}`;
  requireScope(scopes, scope, `The decision task ${taskGroupId}`);
}

/** A removed hook must not keep working through us, so this is read each time, in parallel to everything else. */
async function requireHook(hook: HookName, { hookExists }: TriggerServices): Promise<void> {
  if (await hookExists(hook)) return;
  throw new ApiError('ResourceNotFound', `No such hook: ${hookPath(hook)}`);
}

function requireScope(scopes: string[], scope: string, who: string): void {
  if (satisfiesExpression(scopes, scope)) return;
  throw new ApiError(
    'InsufficientScopes',
    `${who} does not have sufficient scopes and is missing the following scopes:\n\n\`\`\`\n${scope}\n\`\`\``,
  );
}

function parseBody(body: string): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    throw new ApiError('MalformedPayload', `The request body is not JSON: ${String(error)}`, {
      cause: error,
    });
  }
}
