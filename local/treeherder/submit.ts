import jsone from 'json-e';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Credentials } from '../taskcluster/api.ts';
import type { Action } from './actions.ts';
import { Auth, Hooks, Queue } from './client.ts';
import { satisfies } from './scopes.ts';

export interface Submission {
  rootUrl: string;
  /** Where triggers go, if not to the root URL. */
  hooksRootUrl?: string;
  userCredentials: Credentials;
  decisionTaskId: string;
  action: Action;
  input: unknown;
  /** The task that the action is on; null for the whole push. */
  taskId: string | null;
  /** `variables` of `actions.json`. */
  variables?: Record<string, unknown>;
  /** Called after each step. */
  onStep?: (step: Step) => void;
}

/** A step after the press of the button. */
export type Step = 'actions.json' | 'decision task' | 'expandScopes' | 'triggerHook';

/** The answer of `triggerHook`. */
export interface Triggered {
  taskId: string;
  status: Record<string, unknown>;
}

const scopesIn = (value: unknown): string[] =>
  isObject(value) && Array.isArray(value['scopes'])
    ? value['scopes'].filter((scope: unknown) => typeof scope === 'string')
    : [];

/**
 * Submits an action as `TaskclusterModel.submit` of Treeherder does: renders the hook payload, checks that the decision
 * task may name the hook, and triggers it with the user's credentials.
 *
 * @throws Error if the decision task's scopes do not satisfy `in-tree:hook-action:<hook>`; the Taskcluster client's
 *   errors (`statusCode`, `code`, `body`); TypeError, as Treeherder's users would see, if the hook made no task.
 */
export async function submit(submission: Submission): Promise<Triggered> {
  const { rootUrl, action, decisionTaskId, taskId, input, userCredentials, onStep } = submission;
  const { hookGroupId, hookId } = action;
  if (action.kind !== 'hook') throw new Error(`the action ${action.name} is not a hook`);
  const context = { ...submission.variables, taskGroupId: decisionTaskId, taskId: taskId || null, input };
  const payload: unknown = jsone(action.hookPayload, context);

  const decisionTask = await new Queue({ rootUrl, credentials: userCredentials }).task(decisionTaskId);
  onStep?.('decision task');
  const expansion = await new Auth({ rootUrl }).expandScopes({ scopes: scopesIn(decisionTask) });
  onStep?.('expandScopes');
  const required = `in-tree:hook-action:${hookGroupId}/${hookId}`;
  if (!satisfies(scopesIn(expansion), required)) {
    throw new Error(`Action is misconfigured: decision task's scopes do not satisfy ${required}`);
  }

  const hooks = new Hooks({ rootUrl: submission.hooksRootUrl ?? rootUrl, credentials: userCredentials });
  const result = await hooks.triggerHook(hookGroupId, hookId, payload);
  onStep?.('triggerHook');
  if (!isObject(result) || !isObject(result['status'])) {
    throw new TypeError("Cannot read properties of undefined (reading 'taskId')");
  }
  return { taskId: String(result['status']['taskId']), status: result['status'] };
}
