import type { HookName } from '../../functions/tasks/hook-name.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/**
 * A hook's whole definition, as `hooks.hook` returns it and `hooks.createHook` accepts it
 * (`schemas/hooks/v1/hook-definition.json` of the hooks service). Its fields stay plain JSON, so that parts unknown to
 * this tool pass through unchanged.
 */
export interface HookDefinition extends HookName {
  metadata: JsonObject;
  task: JsonObject;
  triggerSchema: JsonObject;
  schedule: Json[];
  bindings: Json[];
}

/** Something from the service or a file is not a hook definition. */
class NotAHookError extends Error {
  override name = 'NotAHookError';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FIELDS = ['hookGroupId', 'hookId', 'metadata', 'task', 'triggerSchema', 'schedule', 'bindings'];

/**
 * Parses one hook of an API answer. A missing `bindings` or `schedule` is empty, as in the service.
 * An unknown field is an error, because it would get lost: this tool could not restore it.
 * @throws NotAHookError naming the hook and the field
 */
export function parseHook(value: unknown): HookDefinition {
  if (!isObject(value)) throw new NotAHookError('a hook definition must be an object');
  const { hookGroupId, hookId, metadata, task, triggerSchema, schedule = [], bindings = [] } = value;
  if (typeof hookGroupId !== 'string' || typeof hookId !== 'string') {
    throw new NotAHookError('a hook definition needs the strings hookGroupId and hookId');
  }
  const fail = (field: string, wanted: string): never => {
    throw new NotAHookError(`hook ${hookGroupId}/${hookId}: ${field} ${wanted}`);
  };
  const unknown = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) fail(unknown, 'is not a field that this version knows');
  if (!isObject(metadata)) return fail('metadata', 'must be an object');
  if (!isObject(task)) return fail('task', 'must be an object');
  if (!isObject(triggerSchema)) return fail('triggerSchema', 'must be an object');
  if (!Array.isArray(schedule)) return fail('schedule', 'must be an array');
  if (!Array.isArray(bindings)) return fail('bindings', 'must be an array');
  return { hookGroupId, hookId, metadata, task, triggerSchema, schedule, bindings };
}
