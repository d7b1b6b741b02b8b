import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { isObject, type Json, type JsonObject } from '../../../hooks/read/definition.ts';
import { renderTemplate } from '../../../hooks/render/template.ts';
import {
  fullCopy,
  isFullCopy,
  isWrapped,
  NewerWrapperError,
  unwrapHook,
  wrapHook,
  WRAPPER_VERSION,
} from '../../../hooks/render/wrap.ts';
import { at } from '../../support/json.ts';
import { context, gitHook, hgHook, OWN_TASK_ID, payload, SETTINGS } from '../hooks.ts';

function rendered(task: JsonObject, trigger: Json): JsonObject {
  const result = renderTemplate(task, context(trigger));
  if (!isObject(result)) throw new Error('rendered to no task');
  return result;
}

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../hooks/templates/action-task-payload.schema.json', import.meta.url), 'utf8'),
);
if (!isObject(schema)) throw new Error('no schema');
const isActionTaskPayload = new Ajv({ strict: true, allErrors: true }).compile(schema);

describe('the wrapped hook, for a fast action', () => {
  const parameters = { project: 'try', level: '1' };

  it.each([
    ['hg', hgHook()],
    ['git', gitHook()],
  ])('renders the project’s own action task, but for the worker (%s)', (_name, hook) => {
    const trigger = payload({ parameters });
    const today = rendered(hook.task, trigger);
    const ours = rendered(wrapHook(hook, SETTINGS).task, trigger);
    const {
      provisionerId: _p,
      workerType: _w,
      taskQueueId: _q,
      payload: _payload,
      scopes,
      extra,
      dependencies: _d,
      retries: _r,
      ...same
    } = today;
    expect(ours).toMatchObject(same);
    expect(ours).toMatchObject({ taskQueueId: SETTINGS.taskQueueId, dependencies: [], retries: 5 });
    expect(ours).not.toHaveProperty('provisionerId');
    expect(ours).not.toHaveProperty('workerType');
    expect(ours).toMatchObject({ extra });
    expect(ours.scopes).toEqual([
      ...(Array.isArray(scopes) ? scopes : []),
      `hooks:trigger-hook:${hook.hookGroupId}/${hook.hookId}/full`,
    ]);
    expect(ours.extra).toMatchObject({
      action: {
        name: 'retrigger',
        context: {
          taskId: 'TargetTkQ0aOriginals1A',
          input: { times: 1 },
          clientId: 'mozilla-auth0/ad|dev',
          parameters,
        },
      },
      index: { data: { retrigger: { taskIds: ['TargetTkQ0aOriginals1A'] } } },
    });
  });

  it('passes the trigger to the worker, without the parameters', () => {
    const trigger = payload({ parameters });
    const ours = rendered(wrapHook(hgHook(), SETTINGS).task, trigger);
    isActionTaskPayload(ours.payload);
    expect(isActionTaskPayload.errors).toBeNull();
    expect(ours.payload).toEqual({
      version: 1,
      hook: { hookGroupId: 'project-gecko', hookId: 'in-tree-action-1-generic/ab12cd34ef' },
      full: { hookGroupId: 'project-gecko', hookId: 'in-tree-action-1-generic/ab12cd34ef/full' },
      clientId: 'mozilla-auth0/ad|dev',
      trigger: payload(),
    });
  });

  it('has a null clientId when no API call fired it', () => {
    const { clientId: _clientId, ...without } = context(payload());
    const ours = renderTemplate(wrapHook(hgHook(), SETTINGS).task, without);
    expect(ours).toMatchObject({
      payload: { clientId: null },
      extra: { action: { context: { clientId: null } } },
    });
  });

  it('keeps the index routes, so that later actions find it by its own taskId', () => {
    const ours = rendered(wrapHook(hgHook(), SETTINGS).task, payload());
    expect(ours.routes).toContain(`index.gecko.v2.try.pushlog-id.4711.actions.${OWN_TASK_ID}`);
  });

  it('lists every label once in extra.index.data, whatever the requests', () => {
    const requests = [
      { tasks: ['b', 'a', 'b'] },
      { tasks: ['a', 'c', 7, null] },
      'x',
      { tasks: 'no' },
      null,
      {},
    ];
    const trigger = payload({ cbName: 'retrigger-multiple', taskId: null, input: { requests } });
    const ours = rendered(wrapHook(hgHook(), SETTINGS).task, trigger);
    expect(ours.extra).toMatchObject({ index: { data: { retrigger: { labels: ['a', 'b', 'c'] } } } });
  });

  describe('where actions on the graph are listed', () => {
    const listed = { ...SETTINGS, fastActions: [...FAST_ACTIONS] };
    const dataOf = (cbName: string, input: Json) =>
      at(rendered(wrapHook(hgHook(), listed).task, payload({ cbName, input })), 'extra', 'index');

    it('lists nothing in extra.index.data if the graph may add to it', () => {
      for (const index of [
        dataOf('add-new-jobs', { tasks: ['a'] }),
        dataOf('retrigger', { downstream: true }),
      ])
        expect(index).not.toHaveProperty('data.retrigger');
      expect(dataOf('retrigger-multiple', { requests: [{ tasks: ['a'] }] })).toMatchObject({
        data: { retrigger: { labels: ['a'] } },
      });
      expect(dataOf('retrigger-disabled', { force: true })).toHaveProperty('data.retrigger.taskIds');
    });

    it.each([
      ['add-new-jobs', { tasks: ['a'] }],
      ['retrigger', { downstream: true }],
      ['retrigger-disabled', { force: true }],
    ])('takes in %s with %j', (cbName, input) => {
      const task = rendered(wrapHook(hgHook(), listed).task, payload({ cbName, input }));
      expect(task.taskQueueId).toBe(listed.taskQueueId);
    });
  });

  it('sets the priority only if the settings have one', () => {
    expect(rendered(wrapHook(hgHook(), SETTINGS).task, payload()).priority).toBe('very-low');
    expect(rendered(wrapHook(hgHook(), { ...SETTINGS, priority: 'low' }).task, payload()).priority).toBe(
      'low',
    );
  });

  it.each([
    ['downstream', { downstream: true }, 'retrigger'],
    ['force', { force: true }, 'retrigger'],
    ['another action', {}, 'backfill'],
    ['retrigger-decision', {}, 'retrigger-decision'],
  ])('is today’s action task with %s', (_name, input, cbName) => {
    const trigger = payload({ cbName, input });
    expect(rendered(wrapHook(hgHook(), SETTINGS).task, trigger)).toEqual(rendered(hgHook().task, trigger));
  });

  it.each([[null], [{ downstream: false, force: false }], [[]], ['text']])(
    'goes to the worker with input %j',
    (input) => {
      const ours = rendered(wrapHook(hgHook(), SETTINGS).task, payload({ input }));
      expect(ours.taskQueueId).toBe(SETTINGS.taskQueueId);
    },
  );
});

describe('snippet mode', () => {
  const snippet = wrapHook(hgHook(), { ...SETTINGS, mode: 'snippet' });

  it('changes nothing for a .taskcluster.yml without the snippet', () => {
    expect(rendered(snippet.task, payload())).toEqual(rendered(hgHook().task, payload()));
    expect(unwrapHook(snippet)).toEqual(hgHook());
  });

  it('lets a .taskcluster.yml with the snippet create the worker’s task', () => {
    const wrapped = wrapHook(hgHook(), SETTINGS);
    const inTree: JsonObject = {
      $let: { originalTask: hgHook().task.in ?? null },
      in: wrapped.task.in ?? null,
    };
    const hook = { ...hgHook(), task: { ...hgHook().task, in: inTree } };
    // Without the hook's name (an older deployment, /full, Chain of Trust's re-render): today's task.
    expect(rendered(hook.task, payload())).toEqual(rendered(hgHook().task, payload()));
    expect(rendered(wrapHook(hook, { ...SETTINGS, mode: 'snippet' }).task, payload()).payload).toEqual(
      rendered(wrapped.task, payload()).payload,
    );
  });
});

function triggerSchemaOfCopy(triggerSchema: JsonObject): JsonObject {
  return fullCopy({ ...hgHook(), triggerSchema }).triggerSchema;
}

describe('marks', () => {
  it('refuses to re-wrap a hook that a newer version wrapped, but unwraps it', () => {
    const wrapped = wrapHook(hgHook(), SETTINGS);
    const text = JSON.stringify(wrapped).replace(
      `"version":${WRAPPER_VERSION}`,
      `"version":${WRAPPER_VERSION + 1}`,
    );
    const newer: typeof wrapped = JSON.parse(text);
    expect(isWrapped(newer)).toBe(true);
    const refused = new NewerWrapperError(
      'hook project-gecko/in-tree-action-1-generic/ab12cd34ef was wrapped by version ' +
        `${WRAPPER_VERSION + 1} of the wrapper; this is version ${WRAPPER_VERSION}. ` +
        'Use the newer release, or unwrap the hook first.',
    );
    expect(refused.name).toBe('NewerWrapperError');
    expect(() => wrapHook(newer, SETTINGS)).toThrow(refused);
    expect(unwrapHook(newer)).toEqual(hgHook());
  });

  it('wraps only once if called twice', () => {
    const wrapped = wrapHook(hgHook(), SETTINGS);
    expect(wrapHook(wrapped, SETTINGS)).toEqual(wrapped);
  });

  it('re-wraps a hook that an older version wrapped', () => {
    const wrapped = wrapHook(hgHook(), SETTINGS);
    const older = {
      ...wrapped,
      task: {
        $let: { retriggerHooks: { version: 0 }, originalTask: hgHook().task },
        in: { $eval: 'originalTask' },
      },
    };
    expect(wrapHook(older, SETTINGS)).toEqual(wrapped);
  });

  it('distinguishes its own full copies from other hooks', () => {
    const full = fullCopy(wrapHook(hgHook(), SETTINGS));
    expect(full.task).toEqual(hgHook().task);
    expect(full.hookId).toBe('in-tree-action-1-generic/ab12cd34ef/full');
    expect(isFullCopy(full)).toBe(true);
    expect(isFullCopy({ ...hgHook(), hookId: full.hookId })).toBe(false);
    expect(isFullCopy(hgHook())).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['without names', { $eval: 'x' }],
    ['with names of the project’s own', { $let: { mine: 1 }, in: {} }],
    ['with an invalid mark', { $let: { retriggerHooks: 'wrapped' }, in: {} }],
    ['with a mark without a version', { $let: { retriggerHooks: { mode: 'wrap' } }, in: {} }],
    ['with a version in words', { $let: { retriggerHooks: { version: '1' } }, in: {} }],
  ])('takes a template %s for one that is not wrapped', (_what, task) => {
    const hook = { ...hgHook(), task };
    expect(isWrapped(hook)).toBe(false);
    expect(unwrapHook(hook)).toBe(hook);
  });

  it.each<[string, JsonObject]>([
    ['is gone', { $let: { retriggerHooks: { version: 1, mode: 'wrap' } }, in: {} }],
    ['is not an object', { $let: { retriggerHooks: { version: 1 }, originalTask: 'x' }, in: {} }],
    ['is gone from a snippet', { $let: { retriggerHooks: { version: 1, mode: 'snippet' } }, in: 'x' }],
  ])('refuses to unwrap a hook whose original %s', (_what, task) => {
    expect(() => unwrapHook({ ...hgHook(), task })).toThrow(
      new Error(
        "hook project-gecko/in-tree-action-1-generic/ab12cd34ef carries the wrapper's mark, but its original template is missing",
      ),
    );
  });

  it('describes a full copy in its metadata', () => {
    const { metadata } = fullCopy(hgHook());
    expect(metadata).toEqual({
      ...hgHook().metadata,
      name: 'project-gecko/in-tree-action-1-generic/ab12cd34ef/full',
      description:
        'Full copy of `in-tree-action-1-generic/ab12cd34ef` as it was before retrigger-hooks wrapped it; ' +
        'fast actions that need the task graph are forwarded here.',
    });
  });

  it('lets the payload of a full copy name its taskId, if the schema does not say', () => {
    const taskId = { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' };
    const user = { type: 'object' };
    const strict = { type: 'object', additionalProperties: false };
    expect(triggerSchemaOfCopy({ ...strict, properties: { user } })).toEqual({
      ...strict,
      properties: { user, taskId },
    });
    const own = { ...strict, properties: { taskId: { type: 'null' } } };
    expect(triggerSchemaOfCopy(own)).toEqual(own);
    expect(triggerSchemaOfCopy(strict)).toEqual(strict);
  });

  it('does not take a hook without the suffix or the text for a full copy', () => {
    const full = fullCopy(hgHook());
    expect(isFullCopy({ ...full, hookId: full.hookId.replace('/full', '/half') })).toBe(false);
    const { description: _, ...silent } = full.metadata;
    expect(isFullCopy({ ...full, metadata: silent })).toBe(false);
    expect(isFullCopy({ ...full, metadata: { ...full.metadata, description: 7 } })).toBe(false);
  });

  it('does not fire scheduled or bound hooks twice', () => {
    const timed = {
      ...hgHook(),
      schedule: ['0 0 * * * *'],
      bindings: [{ exchange: 'e', routingKeyPattern: '#' }],
    };
    expect(fullCopy(timed)).toMatchObject({ schedule: [], bindings: [] });
    expect(wrapHook(timed, SETTINGS)).toMatchObject({ schedule: timed.schedule, bindings: timed.bindings });
  });
});
