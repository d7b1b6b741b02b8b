import { isObject } from '../../functions/tasks/shapes.ts';
import { Queue } from './client.ts';

/** An entry of `actions.json`, as far as Treeherder reads it. */
export interface Action {
  name: string;
  kind: 'task' | 'hook';
  context: Record<string, unknown>[];
  hookGroupId: string;
  hookId: string;
  hookPayload: Record<string, unknown>;
}

/** The actions that apply, and the variables of their templates. */
export interface ActionsJson {
  variables: Record<string, unknown>;
  actions: Action[];
}

const readAction = (entry: unknown): Action | undefined => {
  if (!isObject(entry) || typeof entry['name'] !== 'string' || !Array.isArray(entry['context']))
    return undefined;
  const { name, kind, hookGroupId, hookId, hookPayload } = entry;
  if (kind !== 'task' && kind !== 'hook') return undefined;
  return {
    name,
    kind,
    context: entry['context'].filter(isObject),
    hookGroupId: typeof hookGroupId === 'string' ? hookGroupId : '',
    hookId: typeof hookId === 'string' ? hookId : '',
    hookPayload: isObject(hookPayload) ? hookPayload : {},
  };
};

const isInContext = (context: Action['context'], tags: Record<string, unknown>): boolean =>
  context.some((tagSet) => Object.keys(tagSet).every((tag) => tags[tag] && tags[tag] === tagSet[tag]));

/**
 * Loads a decision task's actions and keeps those that apply, as `TaskclusterModel.load` of Treeherder does: without a
 * task, those of the whole push, whose context is empty; with a task, those with a tag set that matches its tags. Of
 * several actions with the same name, it keeps the first.
 *
 * @param taskId the task that the user selected, if the action is to be on one.
 * @throws Error as Treeherder shows it, if there is no such artifact or its version is not 1.
 */
export async function loadActions(
  rootUrl: string,
  decisionTaskId: string,
  taskId?: string,
): Promise<ActionsJson> {
  const queue = new Queue({ rootUrl });
  const url = queue.buildUrl(queue.getLatestArtifact, decisionTaskId, 'public/actions.json');
  const [response, task] = await Promise.all([
    fetch(url),
    taskId === undefined ? undefined : queue.task(taskId),
  ]);
  const content: unknown = await response.json();
  if (!content) throw new Error('Unable to load actions.json');
  if (!isObject(content) || content['version'] !== 1) {
    throw new Error('Wrong version of actions.json, unable to continue');
  }
  const tags = isObject(task) ? task['tags'] : undefined;
  const applies = ({ context }: Action): boolean =>
    task === undefined ? context.length === 0 : isObject(tags) && isInContext(context, tags);
  const actions: Action[] = [];
  for (const entry of Array.isArray(content['actions']) ? content['actions'] : []) {
    const action = readAction(entry);
    if (action && applies(action) && !actions.some(({ name }) => name === action.name)) actions.push(action);
  }
  return { variables: isObject(content['variables']) ? content['variables'] : {}, actions };
}

/** @throws Error as Treeherder shows it, if there is no action of that name. */
export function getAction(actions: readonly Action[], name: string): Action {
  const action = actions.find((one) => one.name === name);
  if (action) return action;
  const available = actions.map((one) => one.name).join(', ');
  throw new Error(`'${name}' action is not available for this task.  Available: ${available}`);
}
