import jsone from 'json-e';
import type { Reader } from '../ports/reader.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { HookName } from '../tasks/hook-name.ts';
import { isObject } from '../tasks/shapes.ts';
import type { TaskId } from '../tasks/names.ts';

/** What Treeherder would trigger: the hook, and its rendered payload. */
export interface Trigger {
  hook: HookName;
  payload: unknown;
}

/** Why something cannot be rendered, in one sentence. */
export class RenderError extends Error {}

type Fields = Record<string, unknown>;

/**
 * Renders an action's payload from the decision task's actions.json as Treeherder does (ui/models/taskcluster.js;
 * local/treeherder/ does the same and also submits it).
 *
 * @param action name of an action on this task; undefined means the retrigger button, which passes the task's label to
 *   the whole push's `retrigger-multiple`
 * @param input of a named action
 * @throws RenderError, TaskclusterError
 */
export async function renderTrigger(
  reader: Reader,
  request: { taskId: TaskId; action: string | undefined; input: unknown },
): Promise<Trigger> {
  const { taskId, action: name, input } = request;
  const task = await reader.task(taskId);
  if (!task) throw new RenderError(`Task ${taskId} does not exist on this Taskcluster.`);
  const { taskGroupId } = task;
  const document = await reader.artifact(taskGroupId, 'public/actions.json');
  if (!isObject(document) || document['version'] !== 1 || !Array.isArray(document['actions'])) {
    throw new RenderError(
      `Task group ${taskGroupId} of ${taskId} has no public/actions.json of version 1, so no taskgraph decision task made it.`,
    );
  }
  const actions = document['actions'].filter(isObject);
  const chosen = choose(actions, name, task);
  const variables = isObject(document['variables']) ? document['variables'] : {};
  const context =
    name === undefined
      ? { taskId: null, input: { requests: [{ tasks: [task.metadata.name], times: 1 }] } }
      : { taskId: isOnPush(chosen) ? null : taskId, input };
  const template = isObject(chosen['hookPayload']) ? chosen['hookPayload'] : {};
  let payload: unknown;
  try {
    payload = jsone(template, { ...variables, taskGroupId, ...context });
  } catch (error) {
    throw new RenderError(
      `The payload of ${String(chosen['name'])} does not render: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return { hook: { hookGroupId: String(chosen['hookGroupId']), hookId: String(chosen['hookId']) }, payload };
}

/**
 * Of several actions with the same name, Treeherder takes the first that applies: three callbacks are named
 * `retrigger`.
 */
function choose(actions: Fields[], name: string | undefined, { tags }: TaskDefinition): Fields {
  const applies = ({ context }: Fields): boolean => {
    if (!Array.isArray(context)) return false;
    // An action without a context is on the whole push, in Treeherder's menu of the push.
    if (context.length === 0) return true;
    if (name === undefined) return false;
    return context
      .filter(isObject)
      .some((set) => Object.entries(set).every(([tag, value]) => tags?.[tag] === value));
  };
  const possible = actions.filter((action) => action['kind'] === 'hook' && applies(action));
  const named = possible.filter((action) => action['name'] === (name ?? 'retrigger-multiple'));
  const found = named.find((action) => !isOnPush(action)) ?? named[0];
  if (found) return found;
  const names = [...new Set(possible.map((action) => String(action['name'])))];
  throw new RenderError(
    `actions.json has no action ${name ?? 'retrigger-multiple'} that applies to this task; it has: ${names.join(', ').slice(0, 500) || 'none'}.`,
  );
}

function isOnPush({ context }: Fields): boolean {
  return Array.isArray(context) && context.length === 0;
}
