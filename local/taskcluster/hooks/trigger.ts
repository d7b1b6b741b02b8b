import { ApiError, errorBody } from '../http/api-error.ts';
import { throughJson, type JsonObject } from '../json.ts';
import { SLUGID, slugid } from '../slugid.ts';
import { payloadErrors, renderTask } from './fire.ts';
import type { HookStore } from './hook-store.ts';
import type { HookDefinition } from './input.ts';

export interface TriggerContext {
  hooks: HookStore;
  /** Calls queue.createTask with the role's scopes alone; throws the queue's ApiError. */
  createTask(role: string, taskId: string, task: JsonObject): void;
  now: () => number;
}

/** The taskId of the new task, or undefined when the template rendered to nothing. */
export function triggerHook(
  context: TriggerContext,
  hook: HookDefinition,
  payload: JsonObject,
  clientId: string,
): string | undefined {
  const invalid = payloadErrors(hook.triggerSchema, payload);
  if (invalid !== undefined) throw new ApiError('InputError', invalid);
  const taskId = taskIdFor(payload);
  const fired = (error: string): void => {
    const { hookGroupId, hookId } = hook;
    // The real service stores one firing per taskId and fails on the second, whatever createTask answered.
    if (context.hooks.fires(hookGroupId, hookId).some((fire) => fire.taskId === taskId)) {
      const reason = 'duplicate key value violates unique constraint "hooks_last_fires_pkey"';
      throw new ApiError('InputError', `While firing hook:\n\nerror: ${reason}`);
    }
    const taskCreateTime = new Date(context.now()).toJSON();
    const result = error === '' ? 'success' : 'error';
    context.hooks.addFire({
      hookGroupId,
      hookId,
      firedBy: 'triggerHook',
      taskId,
      taskCreateTime,
      result,
      error,
    });
  };

  let task: JsonObject | undefined;
  try {
    task = renderTask(hook, { payload, clientId, firedBy: 'triggerHook', taskId, now: context.now() });
  } catch (error) {
    fired(String(error));
    throw new ApiError('InputError', `While firing hook:\n\n${String(error)}`);
  }
  if (!task) return undefined;
  try {
    context.createTask(`hook-id:${hook.hookGroupId}/${hook.hookId}`, taskId, task);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refused = refusal(error, hook, taskId, task, context.now());
    fired(refused.message);
    throw refused;
  }
  fired('');
  return taskId;
}

/** A caller may choose the taskId; a repeated trigger is then as idempotent as createTask. */
function taskIdFor(payload: JsonObject): string {
  const chosen = payload['taskId'];
  if (!chosen) return slugid();
  if (typeof chosen === 'string' && SLUGID.test(chosen)) return chosen;
  throw new ApiError(
    'InputError',
    `Invalid taskId format: ${typeof chosen === 'string' ? chosen : JSON.stringify(chosen)}`,
  );
}

/** The error that the hooks service answers when createTask fails; it quotes the queue's message. */
function refusal(
  error: ApiError,
  hook: HookDefinition,
  taskId: string,
  task: JsonObject,
  now: number,
): ApiError {
  const request = { method: 'createTask', params: { taskId }, payload: throughJson(task), now };
  const { message } = errorBody(error.code, error.status, error.message, request);
  if (error.code === 'InsufficientScopes') {
    const role = `hook-id:${hook.hookGroupId}/${hook.hookId}`;
    return new ApiError(
      'InsufficientScopes',
      `The role \`${role}\` does not have sufficient scopes to create the task:\n\n${message}`,
    );
  }
  return new ApiError('InputError', `While calling createTask: ${error.code}\n\n${message}`);
}
