import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import jsone from 'json-e';

import { throughJson, type JsonObject } from '../json.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import type { HookDefinition } from './input.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the hooks service compiles schemas with. One for each, or two with the same $id would collide. */
function newAjv(): Ajv {
  const ajv = new Ajv({ validateFormats: true, verbose: true, allErrors: true });
  addFormats.default(ajv);
  return ajv;
}

const metaSchema = newAjv();

/** Compiling takes far longer than checking. A hook keeps its schema object until the hook changes. */
const validators = new WeakMap<JsonObject, ValidateFunction>();

/**
 * Checks a payload as the hooks service does: it compiles the schema at each trigger, in strict mode, and fills in no
 * defaults.
 *
 * @throws Error if the schema cannot be compiled
 */
export function payloadErrors(triggerSchema: JsonObject, payload: unknown): string | undefined {
  const validate = validators.get(triggerSchema) ?? newAjv().compile(triggerSchema);
  validators.set(triggerSchema, validate);
  return validate(payload) ? undefined : metaSchema.errorsText(validate.errors, { separator: '; ' });
}

/** Why a trigger schema cannot be saved; undefined if it can. JSON-e is not checked until the hook fires. */
export function schemaErrors(triggerSchema: JsonObject): string | undefined {
  if (metaSchema.validateSchema(triggerSchema) === true) return undefined;
  const lines = (metaSchema.errors ?? []).map(
    ({ instancePath, message }) => ` * Property ${instancePath} ${message}`,
  );
  return `triggerSchema is not a valid JSON schema:\n${lines.join('\n')}`;
}

export interface FireContext {
  payload: unknown;
  clientId: string;
  firedBy: 'triggerHook';
  taskId: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The task that a hook makes, or undefined when its template renders to nothing. Throws JSON-e's errors. */
export function renderTask(hook: HookDefinition, context: FireContext): JsonObject | undefined {
  const { now, ...rest } = context;
  const created = new Date(now);
  const rendered = throughJson(jsone(hook.task, { ...rest, now: created }) ?? null);
  if (!rendered) return undefined;
  if (!isObject(rendered)) throw new TypeError('the template renders to something that is not a task');
  return {
    created: created.toJSON(),
    deadline: new Date(now + DAY_MS).toJSON(),
    expires: monthAfter(created),
    taskGroupId: context.taskId,
    ...withoutEmpty(rendered, ['created', 'deadline', 'expires', 'taskGroupId']),
  };
}

function withoutEmpty(task: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(task).filter(([key, value]) => Boolean(value) || !keys.includes(key)),
  );
}

/** Taskcluster's `1 month` is thirty days. */
function monthAfter(date: Date): string {
  return new Date(date.getTime() + 30 * DAY_MS).toJSON();
}
