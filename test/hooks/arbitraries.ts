import * as fc from 'fast-check';
import type { HookDefinition, Json, JsonObject } from '../../hooks/read/definition.ts';
import type { WrapSettings } from '../../hooks/render/wrap.ts';
import { SETTINGS } from './hooks.ts';

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, 0, 1, '', 'retrigger', 'retrigger-multiple', 'a-label'),
    fc.string({ maxLength: 6 }),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'downstream',
        'force',
        'requests',
        'tasks',
        'parameters',
        'name',
        'taskGroupId',
        'x',
        '$y',
      ),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

/** Templates with the constructs that matter: values from the context, branches without else, escapes, errors. */
export const template: fc.Arbitrary<JsonObject> = fc.letrec<{ node: Json; object: JsonObject }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(
      'plain',
      '${taskId}',
      'a $${b} c',
      '${payload.user.taskId}',
      { $eval: 'payload' },
      { $eval: 'clientId' },
      { $eval: 'payload.decision' },
      { $eval: "defined('retriggerHooks')" },
      { $eval: "defined('originalTask')" },
      { $eval: 'len' },
      { $eval: '(' },
      { $json: { $eval: 'payload' } },
      { $fromNow: '1 day' },
      { $if: 'false' },
      { $unknown: 1 },
    ),
    fc.integer(),
    fc.array(tie('node'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.oneof(
    fc.dictionary(
      fc.constantFrom(
        'scopes',
        'extra',
        'action',
        'context',
        'index',
        'data',
        'payload',
        'workerType',
        '${taskId}',
        '$$z',
      ),
      tie('node'),
      { maxKeys: 5, noNullPrototype: true },
    ),
    fc.record({ $let: fc.record({ originalTask: tie('node') }), in: tie('node') }, { noNullPrototype: true }),
    fc
      .tuple(fc.constantFrom('true', 'false', 'payload', "'decision' in payload", 'nonsense'), tie('node'))
      .map(([condition, branch]): JsonObject =>
        Object.fromEntries([
          ['$if', condition],
          // oxlint-disable-next-line unicorn/no-thenable -- JSON-e's `then`, not a promise's
          ['then', branch],
        ]),
      ),
    fc.record({ $merge: fc.array(tie('object'), { maxLength: 2 }) }, { noNullPrototype: true }),
  ),
})).object;

export const hook: fc.Arbitrary<HookDefinition> = fc.record(
  {
    hookGroupId: fc.constant('project-gecko'),
    hookId: fc.constant('in-tree-action-1-generic/ab12cd34ef'),
    metadata: fc.dictionary(fc.string(), json, { maxKeys: 3, noNullPrototype: true }),
    task: template,
    triggerSchema: fc.dictionary(fc.string(), json, { maxKeys: 3, noNullPrototype: true }),
    schedule: fc.array(fc.string(), { maxLength: 2 }),
    bindings: fc.array(json, { maxLength: 2 }),
  },
  { noNullPrototype: true },
);

export const settings: fc.Arbitrary<WrapSettings> = fc.record({
  mode: fc.constantFrom('wrap', 'snippet'),
  taskQueueId: fc.constantFrom('gecko-1/retrigger', 'gecko-3/other'),
  fastActions: fc.subarray(SETTINGS.fastActions),
  priority: fc.constantFrom(null, 'low'),
});

/** What fires a hook: an action's payload as Treeherder sends it, or anything at all, or nothing. */
export const anyPayload: fc.Arbitrary<Json> = fc.oneof(
  json,
  fc.record(
    {
      decision: fc.oneof(
        json,
        fc.record(
          {
            action: fc.oneof(json, fc.record({ cb_name: json }, { noNullPrototype: true })),
            parameters: json,
          },
          { requiredKeys: ['action'], noNullPrototype: true },
        ),
      ),
      user: fc.oneof(
        json,
        fc.record({ input: json, taskId: json }, { noNullPrototype: true, requiredKeys: [] }),
      ),
    },
    { noNullPrototype: true, requiredKeys: ['decision'] },
  ),
);
export const fastPayload = fc.record(
  {
    decision: fc.record(
      {
        action: fc.record(
          { cb_name: fc.constantFrom(...SETTINGS.fastActions), name: json },
          { noNullPrototype: true, requiredKeys: ['cb_name'] },
        ),
        parameters: json,
        push: json,
      },
      { noNullPrototype: true, requiredKeys: ['action'] },
    ),
    user: fc.record(
      {
        input: fc.oneof(
          json,
          fc.record(
            {
              requests: fc.array(
                fc.oneof(json, fc.record({ tasks: fc.array(json) }, { noNullPrototype: true })),
              ),
            },
            { noNullPrototype: true },
          ),
        ),
        taskId: json,
      },
      { noNullPrototype: true, requiredKeys: [] },
    ),
  },
  { noNullPrototype: true },
);
