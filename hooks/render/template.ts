import { readFileSync } from 'node:fs';
import jsone from 'json-e';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../read/definition.ts';

/** The context that the hooks service gives a template (its documentation, "firing hooks"). */
export interface HookContext {
  payload?: Json;
  /** taskId of the task to be created */
  taskId?: string;
  /** ISO time at which the hook fires */
  now?: string;
  clientId?: string;
  firedBy?: string;
}

function isJson(value: unknown): value is Json {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isObject(value) && Object.values(value).every(isJson);
}

/**
 * Renders a hook's template as the hooks service does. `null` means that no task is created.
 * @throws json-e's TemplateError, InterpreterError or SyntaxError; the service answers 400 with their text
 */
export function renderTemplate(template: JsonObject, context: HookContext): Json {
  const rendered: unknown = jsone(template, context);
  if (!isJson(rendered)) throw new TypeError('the template renders to something that is not JSON');
  return rendered;
}

const loaded = new Map<string, JsonObject>();

/** Reads one of the YAML files in templates/, once. The result is shared: do not change it. */
export function loadTemplate(file: string): JsonObject {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const template: unknown = parse(readFileSync(new URL(`../templates/${file}`, import.meta.url), 'utf8'));
  if (!isObject(template)) throw new TypeError(`templates/${file} must hold a YAML mapping`);
  loaded.set(file, template);
  return template;
}
