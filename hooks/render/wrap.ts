import { FULL_SUFFIX } from '../../functions/tasks/hook-name.ts';
import { hookPath, type HookName } from '../../functions/tasks/hook-name.ts';
import { isObject, type HookDefinition, type JsonObject } from '../read/definition.ts';
import { loadTemplate } from './template.ts';

/**
 * Version of the wrapper's layout. The original is at the same place in every version (see `unwrapHook`), so that any
 * version can undo any other. A change of only templates/wrapper.yml needs no new number, since hooks are compared by
 * content.
 */
export const WRAPPER_VERSION = 1;

/**
 * How a hook is wrapped. `wrap`: the hook decides. `snippet`: the repository's .taskcluster.yml decides, and the hook
 * only passes it the data.
 */
export type WrapMode = 'wrap' | 'snippet';

export interface WrapSettings {
  mode: WrapMode;
  /** `<trust domain>-<level>/<name>`: the queue that the worker claims from */
  taskQueueId: string;
  /** `cb_name`s of the actions that the worker may perform */
  fastActions: string[];
  /** Priority of the action task; null keeps the project's own */
  priority: string | null;
}

/** The hook was wrapped by a newer version of this tool, so changing it would be a downgrade. */
export class NewerWrapperError extends Error {
  override name = 'NewerWrapperError';
}

/** The wrapper's data about its hook. It also marks a hook as wrapped. */
function markOf(hook: HookDefinition): JsonObject | undefined {
  const names = hook.task.$let;
  if (!isObject(names) || !isObject(names.retriggerHooks)) return undefined;
  return Number.isInteger(names.retriggerHooks.version) ? names.retriggerHooks : undefined;
}

/** Whether the hook was wrapped by any version of this tool. */
export function isWrapped(hook: HookDefinition): boolean {
  return markOf(hook) !== undefined;
}

export function fullName(hook: HookName): HookName {
  return { hookGroupId: hook.hookGroupId, hookId: hook.hookId + FULL_SUFFIX };
}

/** The hook that a full copy was made of. */
export function originalName({ hookGroupId, hookId }: HookName): HookName {
  return { hookGroupId, hookId: hookId.slice(0, -FULL_SUFFIX.length) };
}

/**
 * The hook with the wrapper around its template; everything else stays. A hook that is already wrapped, by any version
 * and settings, is unwrapped first, so wrapping twice is the same as wrapping once.
 * @throws NewerWrapperError
 */
export function wrapHook(hook: HookDefinition, settings: WrapSettings): HookDefinition {
  const original = unwrapHook(hook);
  const version = markOf(hook)?.version;
  // mutant stays: no version is greater than none; the type asks for the check
  if (typeof version === 'number' && version > WRAPPER_VERSION) {
    throw new NewerWrapperError(
      `hook ${hookPath(hook)} was wrapped by version ${version} of the wrapper; this is version ${WRAPPER_VERSION}. ` +
        'Use the newer release, or unwrap the hook first.',
    );
  }
  const retriggerHooks: JsonObject = {
    version: WRAPPER_VERSION,
    mode: settings.mode,
    hook: { hookGroupId: hook.hookGroupId, hookId: hook.hookId },
    full: { ...fullName(hook) },
    taskQueueId: settings.taskQueueId,
    fastActions: [...settings.fastActions],
    priority: settings.priority,
  };
  const task: JsonObject =
    settings.mode === 'snippet'
      ? { $let: { retriggerHooks }, in: original.task }
      : { $let: { retriggerHooks, originalTask: original.task }, in: loadTemplate('wrapper.yml') };
  return { ...original, task };
}

/** The hook as it was before `wrapHook`; a hook that is not wrapped is returned unchanged. */
export function unwrapHook(hook: HookDefinition): HookDefinition {
  const mark = markOf(hook);
  if (mark === undefined) return hook;
  const names = hook.task.$let;
  // mutant stays: where there is a mark, $let is an object; the check is for the type
  const original = mark.mode === 'snippet' ? hook.task.in : isObject(names) ? names.originalTask : undefined;
  if (!isObject(original)) {
    throw new Error(
      `hook ${hookPath(hook)} carries the wrapper's mark, but its original template is missing`,
    );
  }
  return { ...hook, task: original };
}

/**
 * The copy at `<hookId>/full` that forwards trigger: the unwrapped hook under another id. It has no schedule and no
 * bindings, because these would fire both the original and the copy.
 */
export function fullCopy(hook: HookDefinition): HookDefinition {
  const original = unwrapHook(hook);
  return {
    ...original,
    ...fullName(hook),
    triggerSchema: acceptTaskId(original.triggerSchema),
    metadata: {
      ...original.metadata,
      name: `${hookPath(hook)}${FULL_SUFFIX}`,
      description: `${FULL_COPY_MARK} \`${hook.hookId}\` as it was before retrigger-hooks wrapped it; fast actions that need the task graph are forwarded here.`,
    },
    schedule: [],
    bindings: [],
  };
}

/**
 * Lets a payload name the taskId of the full action task (the hooks service takes `taskId` from the payload). Forwards
 * derive it from the action, so that repeated attempts forward an action only once.
 */
function acceptTaskId(schema: JsonObject): JsonObject {
  const { properties } = schema;
  if (!isObject(properties) || 'taskId' in properties) return schema;
  const taskId: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' };
  return { ...schema, properties: { ...properties, taskId } };
}

const FULL_COPY_MARK = 'Full copy of';

/** Whether `fullCopy` made this hook. Other hooks whose names end in `/full` are never touched. */
export function isFullCopy(hook: HookDefinition): boolean {
  const { description } = hook.metadata;
  return (
    hook.hookId.endsWith(FULL_SUFFIX) &&
    typeof description === 'string' &&
    description.startsWith(`${FULL_COPY_MARK} \`${originalName(hook).hookId}\``)
  );
}
