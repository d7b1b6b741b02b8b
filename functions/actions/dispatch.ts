import type { ErrorObject } from 'ajv';
import { ApiError } from '../platform/api-error.ts';
import { callbacksAmong, FAST_ACTIONS, type FastAction } from '../platform/fast-actions.ts';
import {
  isActionPayload,
  isAddNewJobsInput,
  isRetriggerInput,
  isRetriggerMultipleInput,
  type ActionPayload,
} from './payload.generated.js';
import type { Label, TaskId } from '../tasks/names.ts';

/** What a fast action asks for. */
export type FastRequest =
  | LabelsRequest
  | { kind: 'task'; taskId: TaskId; times: number; force?: true }
  | { kind: 'rerun'; taskId: TaskId }
  | DownstreamRequest
  | NewJobsRequest;

export interface LabelsRequest {
  kind: 'labels';
  requests: { labels: Label[]; times: number }[];
}

/** The task, and what depends on it. */
export interface DownstreamRequest {
  kind: 'downstream';
  taskId: TaskId;
  times: number;
  force?: true;
}

export interface NewJobsRequest {
  kind: 'new-jobs';
  labels: Label[];
  times: number;
}

const ACTION_TAGS = {
  labels: 'retrigger-multiple-task',
  task: 'retrigger-task',
  downstream: 'retrigger-task',
  rerun: undefined,
  'new-jobs': undefined,
} as const satisfies Record<FastRequest['kind'], string | undefined>;

/** `tags.action` of the tasks that a request creates; undefined if Firefox's action sets none. */
export function actionTagOf({ kind }: FastRequest): string | undefined {
  return ACTION_TAGS[kind];
}

/** What to cancel. */
export type CancelRequest = { kind: 'cancel'; taskId: TaskId } | { kind: 'cancel-all' };

export type Dispatch = { fast: FastRequest } | { cancel: CancelRequest } | Forwarded;

interface Forwarded {
  forward: string;
  /** `not-listed`: we could do it, but the operator has not switched it on. */
  because: 'other-action' | 'not-listed';
}

/** Whether an action cancels tasks, whether or not it is fast here. */
export function isCancellation({ decision }: ActionPayload): boolean {
  return decision.action.cb_name === 'cancel' || decision.action.cb_name === 'cancel-all';
}

const CALLBACKS: readonly string[] = callbacksAmong(FAST_ACTIONS);

/** @throws ApiError InputValidationError that names the field, if this is no action payload */
export function parsePayload(value: unknown): ActionPayload {
  if (!isActionPayload(value)) throw invalid('payload', isActionPayload.errors);
  if (value.user.taskGroupId !== value.decision.action.taskGroupId) {
    throw new ApiError(
      'InputError',
      `payload/user/taskGroupId is ${value.user.taskGroupId}, but the action belongs to the push of ` +
        `payload/decision/action/taskGroupId ${value.decision.action.taskGroupId}`,
    );
  }
  return value;
}

/**
 * Decides by `cb_name` (several actions share one `name`) and input whether we perform the action ourselves.
 * An action that the operator has not listed is not ours, whatever its input. An unknown input field may mean
 * something to the repository's own code: forward.
 *
 * @param fast what the operator has listed for the hook's trust domain
 * @throws ApiError InputValidationError or InputError that names the field, if a fast action's input is wrong
 */
export function dispatch(payload: ActionPayload, fast: ReadonlySet<string>): Dispatch {
  const callback = payload.decision.action.cb_name;
  const { input, taskId } = payload.user;
  if (CALLBACKS.includes(callback) && !fast.has(callback)) return notListed(`the action ${callback}`);
  switch (callback) {
    case 'retrigger':
    case 'retrigger-disabled': {
      const options = input ?? {};
      if (!isRetriggerInput(options)) throw invalid('payload/user/input', isRetriggerInput.errors);
      const { times = 1, downstream = false, force = false, ...others } = options;
      if (downstream && !listed(fast, 'downstream')) return notListed('running downstream tasks as well');
      // Without `force`, only the graph can say that a task must not be cloned.
      if (force && !listed(fast, 'graph', 'downstream')) return notListed('a forced retrigger');
      const task = { taskId: required(taskId, callback), times, ...(force ? { force: true as const } : {}) };
      return unlessUnknown(others) ?? { fast: { kind: downstream ? 'downstream' : 'task', ...task } };
    }
    case 'add-new-jobs': {
      if (!isAddNewJobsInput(input)) throw invalid('payload/user/input', isAddNewJobsInput.errors);
      const { tasks: labels, times = 1, ...others } = input;
      return unlessUnknown(others) ?? { fast: { kind: 'new-jobs', labels, times } };
    }
    case 'retrigger-multiple': {
      if (!isRetriggerMultipleInput(input))
        throw invalid('payload/user/input', isRetriggerMultipleInput.errors);
      const requests = input.requests.map(({ tasks, times = 1 }) => ({ labels: tasks, times }));
      return { fast: { kind: 'labels', requests } };
    }
    case 'rerun':
      return unlessUnknown(inputOf(input)) ?? { fast: { kind: 'rerun', taskId: required(taskId, callback) } };
    case 'cancel':
      return (
        unlessUnknown(inputOf(input)) ?? { cancel: { kind: 'cancel', taskId: required(taskId, callback) } }
      );
    case 'cancel-all':
      return unlessUnknown(inputOf(input)) ?? { cancel: { kind: 'cancel-all' } };
    default:
      return otherAction(`the action ${callback} needs the repository`);
  }
}

/** The input of an action that takes none: nothing, or an object. */
function inputOf(input: unknown): object {
  if (input === null || input === undefined) return {};
  if (typeof input === 'object' && !Array.isArray(input)) return input;
  throw new ApiError('InputValidationError', 'payload/user/input must be object');
}

function unlessUnknown(others: object): Dispatch | undefined {
  const [key] = Object.keys(others);
  return key === undefined ? undefined : otherAction(`the input has an unknown field: ${key}`);
}

function listed(fast: ReadonlySet<string>, ...names: FastAction[]): boolean {
  return names.some((name) => fast.has(name));
}

function otherAction(reason: string): Forwarded {
  return { forward: reason, because: 'other-action' };
}

function notListed(what: string): Forwarded {
  return { forward: `${what} is not among the fast actions of this trust domain`, because: 'not-listed' };
}

function required(taskId: TaskId | null, callback: string): TaskId {
  if (taskId !== null) return taskId;
  throw new ApiError('InputError', `payload/user/taskId is null, but ${callback} is an action on one task`);
}

/** @param root how the message calls the value that was checked */
export function invalid(root: string, errors: ErrorObject[] | null | undefined): ApiError {
  // mutants stay: here and below, a validator that refuses says why
  const [error] = errors ?? [];
  // mutant stays: see above
  const extra: unknown = error?.params['additionalProperty'];
  const detail = typeof extra === 'string' ? ` (${extra})` : '';
  // mutants stay: see above
  const text = `${root}${error?.instancePath ?? ''} ${error?.message ?? 'is not valid'}${detail}`;
  return new ApiError('InputValidationError', text);
}
