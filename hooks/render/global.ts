import triggerSchema from '../../functions/actions/payload.schema.json' with { type: 'json' };
import { callbacksAmong } from '../../functions/platform/fast-actions.ts';
import { isObject, type HookDefinition, type JsonObject } from '../read/definition.ts';
import { globalHookId, type Family } from '../read/families.ts';
import { loadTemplate } from './template.ts';
import { WRAPPER_VERSION } from './wrap.ts';

/** The names that templates/global-task.yml uses besides the hook's own context. */
export interface GlobalNames {
  hookGroupId: string;
  trustDomain: string;
  level: string;
  permission: string;
  taskQueueId: string;
  /** a list, or a placeholder that is interpolated later */
  fastActions: string[] | string;
  priority: string | null;
}

/**
 * Template of a global hook: the action task from templates/global-task.yml in the same wrapper as in-tree hooks. The
 * payload names the full hook (`full.hookId`), since this hook has none of its own.
 */
export function globalTask(names: GlobalNames): JsonObject {
  const { hookGroupId, trustDomain, level, permission, taskQueueId, fastActions, priority } = names;
  const retriggerHooks: JsonObject = {
    version: WRAPPER_VERSION,
    mode: 'global',
    // The worker takes trust domain and level from the name of an in-tree hook: here, the hook that this one replaces.
    hook: { hookGroupId, hookId: '${payload.full.hookId}' },
    full: { hookGroupId, hookId: '${payload.full.hookId}' },
    taskQueueId,
    fastActions,
    priority,
  };
  const originalTask: JsonObject = {
    $let: { trustDomain, level, permission },
    in: loadTemplate('global-task.yml'),
  };
  return { $let: { retriggerHooks, originalTask }, in: loadTemplate('wrapper.yml') };
}

/**
 * The in-tree hooks' schema plus `full.hookId`, and only the fast actions: the service refuses all others before a task
 * exists.
 */
export function globalTriggerSchema(prefix: string, fastActions: string[]): JsonObject {
  const schema: typeof triggerSchema = structuredClone(triggerSchema);
  const { action } = schema.properties.decision.properties;
  return {
    ...schema,
    required: [...schema.required, 'full'],
    properties: {
      ...schema.properties,
      decision: {
        ...schema.properties.decision,
        properties: {
          ...schema.properties.decision.properties,
          action: {
            ...action,
            properties: {
              ...action.properties,
              cb_name: { type: 'string', enum: callbacksAmong(fastActions) },
            },
          },
        },
      },
      full: {
        description: 'The push’s in-tree action hook, for what the worker cannot do.',
        type: 'object',
        additionalProperties: false,
        required: ['hookId'],
        properties: { hookId: { type: 'string', pattern: `^${prefix}[0-9a-f]{10}$` } },
      },
    },
  };
}

/** The global hook of a family. Pull request actions have none: their action tasks need the base repository. */
export function globalHook(family: Family, owner: string): HookDefinition {
  const { hookGroupId, level, permission, prefix } = family;
  const hookId = globalHookId(family);
  return {
    hookGroupId,
    hookId,
    metadata: {
      name: `${hookGroupId}/${hookId}`,
      description: `Retriggers and reruns tasks of level ${level.level} without the task graph; see ${prefix}* for all other actions.`,
      owner,
      emailOnError: true,
    },
    task: globalTask({
      hookGroupId,
      trustDomain: level.trustDomain,
      level: String(level.level),
      permission,
      taskQueueId: level.taskQueueId,
      fastActions: level.fastActions,
      priority: level.priority,
    }),
    triggerSchema: globalTriggerSchema(prefix, level.fastActions),
    schedule: [],
    bindings: [],
  };
}

/**
 * Scopes of a global hook's role: the role of the family's in-tree hooks, so that a repository added there is added
 * here too; and their trigger scope, for forwards.
 */
export function globalRoleScopes(family: Family): string[] {
  return [`assume:${family.roleId}`, `hooks:trigger-hook:${family.hookGroupId}/${family.prefix}*`];
}

/** Whether `globalHook` made this hook, in any version. */
export function isGlobalHook(hook: HookDefinition): boolean {
  const names = hook.task.$let;
  return isObject(names) && isObject(names.retriggerHooks) && names.retriggerHooks.mode === 'global';
}
