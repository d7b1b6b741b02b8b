import type { HookName } from '../../functions/tasks/hook-name.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import jsone from 'json-e';
import { parse } from 'yaml';
import { trustDomain as gecko } from './repository.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

const text = readFileSync(new URL('./firefox.taskcluster.yml', import.meta.url), 'utf8');

/** The first 10 hex digits of the file's SHA-256, as taskgraph and fxci-config compute it for the hooks' ids. */
const taskclusterYmlHash = createHash('sha256').update(text).digest('hex').slice(0, 10);

const firstTask = (): Record<string, unknown> => {
  const document: unknown = parse(text);
  if (!isObject(document) || !Array.isArray(document['tasks']))
    throw new Error('.taskcluster.yml has no tasks');
  const task: unknown = document['tasks'][0];
  if (!isObject(task)) throw new Error('.taskcluster.yml: tasks[0] is not an object');
  return task;
};

/** The JSON-e template of the decision, cron and action tasks. */
export const inTreeTask: Record<string, unknown> = firstTask();

/** The in-tree action hook of a level and permission, for this `.taskcluster.yml`. */
export const inTreeActionHook = (level: number, actionPerm: string, trustDomain = gecko): HookName => ({
  hookGroupId: `project-${trustDomain}`,
  hookId: `in-tree-action-${level}-${actionPerm}/${taskclusterYmlHash}`,
});

/**
 * Template of an in-tree action hook, built like that of fxci-config's `in_tree_actions.py`: it turns the hook payload
 * into the context that `.taskcluster.yml` expects. The role is computed from the repository in the payload, which
 * anyone may forge; the hooks service checks it against the role of the hook.
 */
export const actionHookTemplate = (actionPerm: string): Record<string, unknown> => {
  const action: Record<string, string> = {
    action_perm: actionPerm,
    repo_scope: `assume:repo:\${payload.decision.repository.url[8:]}:action:${actionPerm}`,
  };
  for (const field of ['name', 'title', 'description', 'taskGroupId', 'symbol', 'cb_name']) {
    action[field] = `\${payload.decision.action.${field}}`;
  }
  return {
    $let: {
      tasks_for: 'action',
      action,
      push: { $eval: 'payload.decision.push' },
      repository: { $eval: 'payload.decision.repository' },
      parameters: { $eval: "payload.decision['parameters']" },
      input: { $eval: 'payload.user.input' },
      taskId: { $eval: 'payload.user.taskId' },
      taskGroupId: { $eval: 'payload.user.taskGroupId' },
      ownTaskId: { $eval: 'taskId' },
    },
    in: inTreeTask,
  };
};

/**
 * Renders a template to a task as the queue would return it: without `taskId`, with the fields that the queue fills in.
 */
export function renderTask(
  template: Record<string, unknown>,
  context: Record<string, unknown>,
): Record<string, unknown> {
  const rendered: unknown = jsone(template, context);
  if (!isObject(rendered)) throw new Error('the template does not render to a task');
  const { taskId: _, ...definition } = rendered;
  return {
    ...definition,
    projectId: 'none',
    taskQueueId: `${String(definition['provisionerId'])}/${String(definition['workerType'])}`,
  };
}
