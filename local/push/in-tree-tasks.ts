import { actionPayload, type ActionsSource } from './actions.ts';
import { pushdate, type PushContext } from './context.ts';
import { actionHookTemplate, inTreeTask, renderTask } from './taskcluster-yml.ts';

export const actionsSource = (context: PushContext): ActionsSource => ({
  decisionTaskId: context.decisionTaskId,
  repository: context.repository,
  revision: context.revision,
  baseRevision: context.baseRevision,
  pushlogId: context.pushlogId,
  hook: context.hook,
});

const pushAndRepository = (context: PushContext) => ({
  push: {
    owner: context.owner,
    comment: context.comment,
    revision: context.revision,
    base_revision: context.baseRevision,
    pushlog_id: context.pushlogId,
    pushdate: String(pushdate(context)),
  },
  repository: {
    url: context.repository.url,
    project: context.repository.project,
    level: String(context.repository.level),
  },
});

export const decisionTask = (context: PushContext): Record<string, unknown> =>
  renderTask(inTreeTask, {
    ...pushAndRepository(context),
    tasks_for: 'hg-push',
    now: context.pushed.toISOString(),
    as_slugid: () => context.decisionTaskId,
  });

/** The decision task of a cron job on the push's revision. It has its own task group. */
export const cronTask = (context: PushContext, taskId: string, created: Date): Record<string, unknown> =>
  renderTask(inTreeTask, {
    ...pushAndRepository(context),
    cron: {
      job_name: 'perftest-nightly',
      job_symbol: 'perf',
      quoted_args: '--target-tasks-method=perftest_nightly --include-push-tasks',
      task_id: context.random.slugid(),
    },
    tasks_for: 'cron',
    now: created.toISOString(),
    as_slugid: () => taskId,
  });

/** An action task on the whole push, as the in-tree hook makes it. */
export const actionTask = (
  context: PushContext,
  taskId: string,
  created: Date,
  { cbName, input }: { cbName: string; input: unknown },
): Record<string, unknown> =>
  renderTask(actionHookTemplate('generic'), {
    payload: actionPayload(actionsSource(context), cbName, { input, taskId: null }),
    taskId,
    now: created.toISOString(),
    clientId: `mozilla-auth0/ad|Mozilla-LDAP|${context.owner.split('@')[0] ?? ''}/treeherder`,
    firedBy: 'triggerHook',
  });

/** `public/parameters.yml` of the decision task (JSON is YAML). */
export const parameters = (context: PushContext): Record<string, unknown> => ({
  base_repository: 'https://hg.mozilla.org/mozilla-unified',
  base_rev: context.baseRevision,
  build_date: pushdate(context),
  build_number: 1,
  do_not_optimize: [],
  existing_tasks: {},
  filters: ['target_tasks_method'],
  head_ref: context.revision,
  head_repository: context.repository.url,
  head_rev: context.revision,
  level: String(context.repository.level),
  moz_build_date: context.pushed.toISOString().replace(/\D/g, '').slice(0, 14),
  optimize_target_tasks: true,
  owner: context.owner,
  project: context.repository.project,
  pushdate: pushdate(context),
  pushlog_id: context.pushlogId,
  repository_type: 'hg',
  target_tasks_method: 'default',
  tasks_for: 'hg-push',
});
