import { invalid, parsePayload } from '../actions/dispatch.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import { ApiError } from '../platform/api-error.ts';
import { isTooDeep } from '../platform/json.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { hookPath, parseInTreeHook, type HookName, type InTreeHook } from '../tasks/hook-name.ts';
import { isActionTaskPayload } from './action-task.generated.js';
import { isObject } from '../tasks/shapes.ts';

/** The validated contents of one of our action tasks. */
export interface ActionTask {
  hook: InTreeHook;
  /** The full hook. The task's own scopes decide whether it may trigger this. */
  full: HookName;
  /** Who triggered the hook. */
  clientId: string | null;
  payload: ActionPayload;
}

/**
 * Reads an action task as hooks/templates/wrapper.yml makes it. Anyone who may create tasks at a level can put one on
 * that level's queue, so nothing in it is trusted: it must have the right shape, and its hook, task group and scheduler
 * must match the trust domain and level of the queue.
 *
 * @throws ApiError that names the field
 */
export function readActionTask(task: TaskDefinition, taskQueueId: string): ActionTask {
  // The queue accepts any depth, so check it before anything walks the task.
  if (isTooDeep(task)) throw new ApiError('MalformedPayload', 'task is nested too deep');
  const { payload } = task;
  if (!isActionTaskPayload(payload)) throw invalid('task.payload', isActionTaskPayload.errors);
  const hook = parseInTreeHook(payload.hook);
  if (!hook)
    throw new ApiError(
      'InputError',
      `task.payload/hook ${hookPath(payload.hook)} is not an in-tree action hook`,
    );
  // A task queue is `<provisionerId>/<workerType>`; ours are named by trust domain and level.
  const [provisionerId] = taskQueueId.split('/');
  if (provisionerId !== hook.trustDomainLevel) {
    throw new ApiError(
      'InputError',
      `task.payload/hook ${hookPath(hook)} does not belong on the queue ${taskQueueId}`,
    );
  }
  const action = parsePayload(withParameters(payload.trigger, task));
  if (action.user.taskGroupId !== task.taskGroupId) {
    throw new ApiError(
      'InputError',
      `payload/user/taskGroupId is ${action.user.taskGroupId}, but the action task belongs to ${task.taskGroupId}`,
    );
  }
  return { hook, full: payload.full, clientId: payload.clientId, payload: action };
}

/** The wrapper leaves the decision's parameters out of the payload, because they are also in `extra.action.context`. */
function withParameters(trigger: Record<string, unknown>, task: TaskDefinition): unknown {
  const { decision } = trigger;
  const action = task.extra?.['action'];
  const context = isObject(action) ? action['context'] : undefined;
  const parameters = isObject(context) ? context['parameters'] : undefined;
  // Templates write null if the payload had none.
  if (!isObject(decision) || !isObject(parameters)) return trigger;
  return { ...trigger, decision: { ...decision, parameters } };
}
