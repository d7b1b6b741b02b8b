import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { TaskclusterError } from '../ports/error.ts';
import { isTooDeep } from '../platform/json.ts';
import { isObject } from '../tasks/shapes.ts';

// Checks the parts of the services' answers that we rely on. The rest of each document passes through unchecked.

type Fields = Record<string, unknown>;

export function fields(method: string, value: unknown): Fields {
  if (!isObject(value)) throw unexpectedAnswer(method, 'an object', value);
  return value;
}

export function list(method: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw unexpectedAnswer(method, 'a list', value);
  return value;
}

export function text(method: string, value: unknown): string {
  if (typeof value !== 'string') throw unexpectedAnswer(method, 'a string', value);
  return value;
}

export function number(method: string, value: unknown): number {
  if (typeof value !== 'number') throw unexpectedAnswer(method, 'a number', value);
  return value;
}

export function optionalText(method: string, value: unknown): string | undefined {
  return value === undefined ? undefined : text(method, value);
}

export function definition(method: string, value: unknown): TaskDefinition {
  if (!isDefinition(value)) throw unexpectedAnswer(method, 'a task definition', value);
  return value;
}

/** A definition that is not nested too deeply to walk. Whoever creates a task chooses the depth of its payload. */
export function shallowDefinition(method: string, value: unknown): TaskDefinition {
  const found = definition(method, value);
  if (!isTooDeep(found)) return found;
  throw new TaskclusterError({
    method,
    kind: 'unexpected-answer',
    code: 'TooDeep',
    message: 'a task definition is nested too deep',
  });
}

export function status(method: string, value: unknown): TaskStatus {
  if (!isStatus(value)) throw unexpectedAnswer(method, 'a task status', value);
  return value;
}

function isDefinition(value: unknown): value is TaskDefinition {
  return (
    isObject(value) &&
    ['schedulerId', 'taskGroupId', 'created', 'deadline'].every((name) => typeof value[name] === 'string') &&
    isObject(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

function isStatus(value: unknown): value is TaskStatus {
  return (
    isObject(value) &&
    ['taskId', 'state', 'deadline'].every((name) => typeof value[name] === 'string') &&
    Array.isArray(value['runs'])
  );
}

export function unexpectedAnswer(method: string, wanted: string, value: unknown): TaskclusterError {
  return new TaskclusterError({
    method,
    kind: 'unexpected-answer',
    code: 'UnexpectedAnswer',
    message: `expected ${wanted}, got ${typeof value}`,
  });
}
