import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type HookDefinition, type Json, type JsonObject } from '../../../hooks/read/definition.ts';
import { renderTemplate } from '../../../hooks/render/template.ts';
import { unwrapHook, wrapHook } from '../../../hooks/render/wrap.ts';
import { anyPayload, fastPayload, hook, settings, template } from '../arbitraries.ts';
import { context, SETTINGS } from '../hooks.ts';

/** The rendering, or the class of the error, since JSON-e's messages have another path inside the wrapper. */
function outcome(task: JsonObject, trigger: Json): { task: Json } | { error: string } {
  try {
    return { task: renderTemplate(task, context(trigger)) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'not an error' };
  }
}

describe('for every hook definition', () => {
  it('unwrap(wrap(x)) is x', () => {
    fc.assert(
      fc.property(hook, settings, (x, how) => {
        expect(unwrapHook(wrapHook(x, how))).toStrictEqual(x);
        // Byte for byte, including the order of keys.
        expect(JSON.stringify(unwrapHook(wrapHook(x, how)))).toBe(JSON.stringify(x));
      }),
    );
  });

  it('wrap(wrap(x)) is wrap(x), for any settings of the first wrap', () => {
    fc.assert(
      fc.property(hook, settings, settings, (x, first, second) => {
        expect(wrapHook(wrapHook(x, first), second)).toStrictEqual(wrapHook(x, second));
      }),
    );
  });

  it('everything but a fast action renders as in the original', () => {
    fc.assert(
      fc.property(template, anyPayload, (task, trigger) => {
        const wrappedTask = wrapHook(hookWith(task), { ...SETTINGS, fastActions: ['no-such-action'] }).task;
        expect(outcome(wrappedTask, trigger)).toStrictEqual(outcome(task, trigger));
      }),
      { numRuns: 1000 },
    );
  });

  it('no payload makes the wrapper fail if the original did not', () => {
    fc.assert(
      fc.property(template, fc.oneof(anyPayload, fastPayload), (task, trigger) => {
        const original = outcome(task, trigger);
        fc.pre('task' in original);
        const ours = outcome(wrapHook(hookWith(task), SETTINGS).task, trigger);
        expect([
          original,
          { task: expect.objectContaining({ taskQueueId: SETTINGS.taskQueueId }) },
        ]).toContainEqual(ours);
      }),
      { numRuns: 1000 },
    );
  });

  it('a fast action always becomes a task for the worker if the original renders to one', () => {
    fc.assert(
      fc.property(template, fastPayload, (task, trigger) => {
        const { input } = trigger.user;
        const needsGraph =
          typeof input === 'object' && input !== null && ('downstream' in input || 'force' in input);
        fc.pre(!needsGraph);
        const original = outcome(task, trigger);
        fc.pre('task' in original && isObject(original.task));
        const { parameters: _parameters, ...decision } = trigger.decision;
        expect(outcome(wrapHook(hookWith(task), SETTINGS).task, trigger)).toMatchObject({
          task: {
            taskQueueId: SETTINGS.taskQueueId,
            dependencies: [],
            payload: { trigger: { ...trigger, decision } },
          },
        });
      }),
    );
  });
});

function hookWith(task: JsonObject): HookDefinition {
  return {
    hookGroupId: 'project-gecko',
    hookId: 'in-tree-action-1-generic/ab12cd34ef',
    metadata: {},
    task,
    triggerSchema: {},
    schedule: [],
    bindings: [],
  };
}
