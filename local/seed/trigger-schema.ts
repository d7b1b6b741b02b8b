type Schema = Record<string, unknown>;

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });

/** An object with exactly these properties, all required except the optional ones. */
const object = (
  description: string,
  properties: Record<string, Schema>,
  optional: string[] = [],
): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

/** The payload of an in-tree action hook, in the shape that fxci-config's `in_tree_actions.py` requires. */
export const triggerSchema: Schema = object('What is needed to perform an action on a push', {
  decision: object(
    'From the decision task, by way of its actions.json',
    {
      action: object('The action', {
        name: text('its name'),
        title: text('its title'),
        description: text('its description'),
        taskGroupId: text('task group of the decision task'),
        cb_name: text('name of the callback in the tree'),
        symbol: text('symbol on Treeherder'),
      }),
      push: object(
        'The push',
        {
          owner: text('who pushed'),
          revision: text('its last revision'),
          base_revision: text('the revision before it'),
          pushlog_id: text('its number in the pushlog'),
          branch: text('the branch it went to'),
          base_branch: text('the branch it is to be merged to'),
        },
        ['base_revision', 'branch', 'base_branch'],
      ),
      repository: object(
        'The repository',
        {
          url: text('its URL', { pattern: '[^/]$' }),
          project: text('its name'),
          level: text('its SCM level'),
          base_url: text('the URL by which scopes are checked'),
        },
        ['base_url'],
      ),
      parameters: {
        type: 'object',
        description: 'parameters of the decision task',
        additionalProperties: true,
      },
    },
    ['parameters'],
  ),
  user: object('From the user', {
    input: {},
    taskId: {
      anyOf: [text('the task to act on'), { const: null, description: 'none: the action is on the push' }],
    },
    taskGroupId: text('the task group to act on'),
  }),
});
