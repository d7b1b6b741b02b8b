import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readActionTask } from '../../functions/worker/action-task.ts';
import { isObject, type HookDefinition, type JsonObject } from '../../hooks/read/definition.ts';
import { differences } from '../../hooks/compare/json-diff.ts';
import { renderTemplate } from '../../hooks/render/template.ts';
import { wrapHook } from '../../hooks/render/wrap.ts';
import { definition } from '../../functions/taskcluster/answers.ts';
import { loadReferences } from './references.ts';

// An action task of Firefox, with the template and the context from which it was rendered.
const recorded = (file: string): JsonObject => {
  const value: unknown = JSON.parse(readFileSync(`../shared/recorded/${file}`, 'utf8'));
  if (!isObject(value)) throw new TypeError(`${file} is no object`);
  return value;
};
const todays = recorded('action_retrigger.json');
/** The recorded context and the recorded definition have different taskIds. */
const context: JsonObject = { ...recorded('retrigger_context.json'), taskId: 'E93EolXNSRuV2gOy7yMZEA' };

function hook(): HookDefinition {
  const template = recorded('retrigger_template.json');
  // The whole file was recorded; a hook contains its first task (fxci-config's in_tree_actions.py).
  const file = template.in;
  const [task] = isObject(file) && Array.isArray(file.tasks) ? file.tasks : [];
  if (!isObject(task)) throw new TypeError('the template has no task');
  return {
    hookGroupId: 'project-gecko',
    hookId: 'in-tree-action-1-generic/0123456789',
    metadata: {},
    task: { ...template, in: task },
    triggerSchema: {},
    schedule: [],
    bindings: [],
  };
}

const wrapped = wrapHook(hook(), {
  mode: 'wrap',
  taskQueueId: 'gecko-1/retrigger',
  fastActions: ['retrigger'],
  priority: null,
});
const render = ({ task }: HookDefinition, from: JsonObject = context): JsonObject => {
  const rendered = renderTemplate(task, from);
  if (!isObject(rendered)) throw new TypeError('no task');
  return rendered;
};

/** Every field in which our action task differs, with the reason. Everything else is the same as today. */
const different: Record<string, string> = {
  provisionerId: 'taskQueueId says both',
  workerType: 'taskQueueId says both',
  taskQueueId: 'the worker claims there',
  scopes: 'to hand the action on to the full hook, and to no other',
  // What cloning the repository and running its callback needs, and we do not.
  'payload/env': 'for the callback',
  'payload/cache': 'for the clone of the repository',
  'payload/features': 'of the worker that runs the callback',
  'payload/image': 'for the callback',
  'payload/maxRunTime': 'of the callback',
  'payload/command': 'clones the repository and runs the callback',
  'payload/artifacts': 'the worker uploads them',
  // hooks/action-task-payload.schema.json
  'payload/version': 'of our payload',
  'payload/hook': 'what was triggered',
  'payload/full': 'where to hand the action on',
  'payload/clientId': 'who triggered it, for the log',
  'payload/trigger': 'what it was triggered with',
  'extra/action/context/clientId': 'newer templates have it, and the worker shows it',
  'extra/index': 'later actions read from the listing of the index which tasks this one was about',
};

describe('the action task of a wrapped hook, compared with a recorded one of Firefox', () => {
  it('renders to the recorded one if it is not wrapped', () => {
    expect(render(hook())).toStrictEqual(todays);
  });

  it('differs only in these fields', () => {
    const paths = differences(todays, render(wrapped)).map(({ path }) => path.join('/'));
    expect(paths.toSorted()).toStrictEqual(Object.keys(different).toSorted());
  });

  it('has the new fields that the worker needs', () => {
    const ours = render(wrapped);
    expect(ours).toMatchObject({
      taskQueueId: 'gecko-1/retrigger',
      scopes: [
        'assume:repo:hg.mozilla.org/try:action:generic',
        'hooks:trigger-hook:project-gecko/in-tree-action-1-generic/0123456789/full',
      ],
      extra: { index: { data: { retrigger: { taskIds: ['KkDeSaLFSq-OFo1QGc-hGQ'] } } } },
    });
    const { payload, full } = readActionTask(definition('claimWork', ours), 'gecko-1/retrigger');
    expect(full.hookId).toBe('in-tree-action-1-generic/0123456789/full');
    // The worker would forward the payload of the trigger.
    expect(payload).toStrictEqual(context.payload);
  });

  it('satisfies the queue’s published schema', () => {
    const check = loadReferences().method('queue', 'createTask')?.input;
    check?.(render(wrapped));
    expect(check?.errors).toBeNull();
  });

  it('is the recorded one, byte for byte, for an action that is not fast', () => {
    const slow = structuredClone(context);
    const { decision } = isObject(slow.payload) ? slow.payload : {};
    if (!isObject(decision) || !isObject(decision.action)) throw new TypeError('no action');
    decision.action.cb_name = 'backfill';
    expect(JSON.stringify(render(wrapped, slow))).toBe(JSON.stringify(render(hook(), slow)));
    expect(JSON.stringify(render(hook(), slow))).toContain('"ACTION_CALLBACK":"backfill"');
  });
});
