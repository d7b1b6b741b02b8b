import { actionList, type ActionDeclaration } from './action-list.ts';
import { baseRepositoryUrl, type Repository } from './repository.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';

/** What a decision task puts into its `public/actions.json`. */
export interface ActionsSource {
  decisionTaskId: string;
  repository: Repository;
  revision: string;
  /** The revision before the push, if known. */
  baseRevision?: string;
  pushlogId: string;
  /** The hook of the generic actions; the names of the others are derived from it. */
  hook: HookName;
}

/** The owner that in-tree code writes into every action, for every push. */
const actionOwner = 'mozilla-taskcluster-maintenance@mozilla.com';

/** The hook's payload, with the user's part not yet rendered. */
const hookPayload = (source: ActionsSource, declaration: ActionDeclaration): Record<string, unknown> => ({
  decision: {
    action: {
      name: declaration.name,
      title: declaration.title,
      description: declaration.description,
      taskGroupId: source.decisionTaskId,
      cb_name: declaration.cbName,
      symbol: declaration.symbol,
    },
    repository: {
      url: source.repository.url,
      project: source.repository.project,
      level: String(source.repository.level),
      base_url: baseRepositoryUrl,
    },
    push: {
      owner: actionOwner,
      pushlog_id: source.pushlogId,
      revision: source.revision,
      branch: source.revision,
      ...(source.baseRevision
        ? { base_revision: source.baseRevision, base_branch: source.baseRevision }
        : {}),
    },
  },
  user: { input: { $eval: 'input' }, taskId: { $eval: 'taskId' }, taskGroupId: { $eval: 'taskGroupId' } },
});

/** `public/actions.json`, version 1 of the actions specification, as taskgraph's `render_actions_json` writes it. */
export const actionsJson = (source: ActionsSource): Record<string, unknown> => ({
  version: 1,
  variables: {},
  actions: actionList.map((declaration) => ({
    name: declaration.name,
    title: declaration.title,
    description: declaration.description,
    context: declaration.context,
    ...(declaration.schema ? { schema: declaration.schema } : {}),
    kind: 'hook',
    hookGroupId: source.hook.hookGroupId,
    hookId: source.hook.hookId.replace('-generic/', `-${declaration.permission}/`),
    hookPayload: hookPayload(source, declaration),
    extra: { actionPerm: declaration.permission },
  })),
});

/** The hook payload of an action with this input, as a user interface renders it. */
export function actionPayload(
  source: ActionsSource,
  cbName: string,
  user: { input: unknown; taskId: string | null },
): Record<string, unknown> {
  const declaration = actionList.find((one) => one.cbName === cbName);
  if (!declaration) throw new Error(`no action has the callback ${cbName}`);
  return { ...hookPayload(source, declaration), user: { ...user, taskGroupId: source.decisionTaskId } };
}
