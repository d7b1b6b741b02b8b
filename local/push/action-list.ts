/**
 * An action as in-tree code registers it. Its name, symbol, context and schema are an interface: see
 * `taskgraph.actions`.
 */
export interface ActionDeclaration {
  name: string;
  title: string;
  symbol: string;
  description: string;
  /** Tag sets a task must match one of; empty for actions on the whole push. */
  context: Record<string, string>[];
  /** Names the callback; unique, unlike `name`. */
  cbName: string;
  /** Part of the hook's name; `generic` for most actions. */
  permission: string;
  schema?: Record<string, unknown>;
}

const anyTask: Record<string, string>[] = [{}];
const wholePush: Record<string, string>[] = [];

const times = {
  type: 'integer',
  title: 'Times',
  description: 'How often to run each task.',
  default: 1,
  minimum: 1,
  maximum: 100,
};
const downstream = {
  type: 'boolean',
  description: 'Whether to clone the tasks that depend on it, too.',
  default: false,
};
const object = (properties: Record<string, unknown>): Record<string, unknown> => ({
  type: 'object',
  properties,
});
const labels = { type: 'array', description: 'Task labels', items: { type: 'string' } };

const action = (
  name: string,
  title: string,
  symbol: string,
  context: Record<string, string>[],
  description: string,
  more: { cbName?: string; permission?: string; schema?: Record<string, unknown> } = {},
): ActionDeclaration => ({
  name,
  title,
  symbol,
  context,
  description,
  cbName: name,
  permission: 'generic',
  ...more,
});

/**
 * In the order of `actions.json`. The order matters: a user interface takes the first action with a name whose context
 * matches, and three different callbacks are named `retrigger`.
 */
export const actionList: readonly ActionDeclaration[] = [
  action(
    'retrigger',
    'Retrigger',
    'rt',
    [{ kind: 'decision-task' }, { kind: 'action-callback' }, { kind: 'cron-task' }],
    'Run a decision, action or cron task again as a new task; this needs special scopes.',
    { cbName: 'retrigger-decision', permission: 'retrigger-decision' },
  ),
  action('retrigger', 'Retrigger', 'rt', [{ retrigger: 'true' }], 'Run the task again as a new task.', {
    schema: object({ downstream, times }),
  }),
  action(
    'retrigger',
    'Retrigger (disabled)',
    'rt',
    anyTask,
    'Run the task again as a new task. A task of this kind should be rerun rather than retriggered.',
    {
      cbName: 'retrigger-disabled',
      schema: object({
        downstream,
        times,
        force: { type: 'boolean', description: 'Retrigger it all the same.', default: false },
      }),
    },
  ),
  action(
    'create-interactive',
    'Create Interactive Task',
    'create-inter',
    [{ 'worker-implementation': 'docker-worker' }, { 'worker-implementation': 'generic-worker' }],
    'Make a copy of the task that you can open a shell in.',
    {
      schema: object({ notify: { type: 'string', format: 'email', title: 'Who is told when it is ready' } }),
    },
  ),
  action(
    'backfill',
    'Backfill',
    'Bk',
    anyTask,
    'Run the label of this task on earlier pushes of the same project.',
    {
      permission: 'backfill',
      schema: object({
        depth: { type: 'integer', title: 'Depth', default: 9, minimum: 1, maximum: 25 },
        inclusive: { type: 'boolean', title: 'Inclusive range', default: false },
        times: { type: 'integer', title: 'Times', default: 1, minimum: 1, maximum: 10 },
      }),
    },
  ),
  action('add-new-jobs', 'Add new jobs', 'add-new', wholePush, 'Add tasks to the push by their labels.', {
    schema: object({ tasks: labels, times }),
  }),
  action(
    'run-missing-tests',
    'Run Missing Tests',
    'rmt',
    wholePush,
    'Run the tests that were optimized away.',
  ),
  action('rerun', 'Rerun', 'rr', anyTask, 'Run a failed task once more, as a new run of the same task.', {
    schema: object({}),
  }),
  action('cancel', 'Cancel Task', 'cx', anyTask, 'Cancel the task.'),
  action('cancel-all', 'Cancel All', 'cAll', wholePush, 'Cancel all tasks of the push that have not ended.'),
  action(
    'purge-caches',
    'Purge Worker Caches',
    'purge-caches',
    [{ 'worker-implementation': 'docker-worker' }],
    'Drop the caches that the task uses, on all workers of its kind.',
    { permission: 'purge-caches' },
  ),
  action(
    'release-promotion',
    'Release Promotion',
    '${input.release_promotion_flavor}',
    wholePush,
    'Promote a release.',
    {
      permission: 'release-promotion',
      schema: object({
        release_promotion_flavor: { type: 'string' },
        build_number: { type: 'integer', minimum: 1 },
      }),
    },
  ),
  action('retrigger-multiple', 'Retrigger', 'rt', wholePush, 'Run the tasks with these labels again.', {
    schema: object({
      requests: {
        type: 'array',
        items: { ...object({ tasks: labels, times }), additionalProperties: false },
      },
    }),
  }),
];
