import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

import type { Call } from '../../local/taskcluster/api.ts';
import { type JsonObject } from '../../local/taskcluster/json.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

/** Where the published references are, unless TASKCLUSTER_REFERENCES is set. */
const DEFAULT_PATH = '../shared/taskcluster/references.json';

/** One method in Taskcluster's published references. */
interface MethodReference {
  service: string;
  name: string;
  /** Lower case. */
  method: string;
  /** With `<parameters>`. */
  route: string;
  query: string[];
  scopes: unknown;
  /** Absent if the method takes no body, or if the references do not contain its schema. */
  input?: ValidateFunction;
  output?: ValidateFunction;
}

export interface References {
  method(service: string, name: string): MethodReference | undefined;
  /**
   * The problems of a recorded call to a service. Checks the body only if the call succeeded, since a refused one may
   * be wrong on purpose; checks every answer.
   */
  checkCall(call: Call, responseBody: unknown): string[];
}

export function referencesPath(): string {
  return process.env['TASKCLUSTER_REFERENCES'] ?? DEFAULT_PATH;
}

/** Reads Taskcluster's API references and JSON Schemas, one JSON file keyed by file name. */
export function loadReferences(path = referencesPath()): References {
  const files: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isObject(files)) throw new TypeError(`${path} is not an object keyed by file name`);
  const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true });
  addFormats.default(ajv);
  for (const [name, schema] of Object.entries(files)) {
    if (!name.startsWith('schemas/') || !isObject(schema)) continue;
    // They name their own metaschema, which only adds a description to draft-06.
    const { $schema: _metaschema, ...rest } = schema;
    if (!name.startsWith('schemas/common/')) ajv.addSchema(rest, `/${name}#`);
  }
  const methods = new Map<string, MethodReference>();
  for (const [name, reference] of Object.entries(files)) {
    if (!name.startsWith('references/') || !isObject(reference)) continue;
    for (const method of methodsOf(reference, ajv)) methods.set(`${method.service}.${method.name}`, method);
  }
  const method = (service: string, name: string): MethodReference | undefined =>
    methods.get(`${service}.${name}`);
  return {
    method,
    checkCall: (call, responseBody) => {
      const found = method(call.service, call.method);
      return found ? problems(found, call, responseBody) : [`${call.service} has no method ${call.method}`];
    },
  };
}

function methodsOf(reference: JsonObject, ajv: Ajv): MethodReference[] {
  const { serviceName, entries } = reference;
  if (typeof serviceName !== 'string' || !Array.isArray(entries)) throw new TypeError('not an API reference');
  return entries.filter(isObject).flatMap((entry) => {
    const { type, name, method, route, query, scopes, input, output } = entry;
    if (
      type !== 'function' ||
      typeof name !== 'string' ||
      typeof method !== 'string' ||
      typeof route !== 'string'
    ) {
      return [];
    }
    const result: MethodReference = {
      service: serviceName,
      name,
      method,
      route,
      query: Array.isArray(query) ? query.map(String) : [],
      scopes,
    };
    const validators = {
      input: validator(ajv, serviceName, input),
      output: validator(ajv, serviceName, output),
    };
    if (validators.input) result.input = validators.input;
    if (validators.output) result.output = validators.output;
    return [result];
  });
}

function validator(ajv: Ajv, service: string, schema: unknown): ValidateFunction | undefined {
  return typeof schema === 'string' ? ajv.getSchema(`/schemas/${service}/${schema}`) : undefined;
}

function problems(reference: MethodReference, call: Call, responseBody: unknown): string[] {
  const [path = '', query = ''] = call.path.split('?');
  const found: string[] = [];
  if (call.httpMethod.toLowerCase() !== reference.method) found.push(`is called with ${call.httpMethod}`);
  if (!routePattern(reference).test(path)) found.push(`has not the path ${path}`);
  for (const name of new URLSearchParams(query).keys()) {
    if (!reference.query.includes(name)) found.push(`has no query parameter ${name}`);
  }
  if (call.status >= 400 && call.status !== 424) {
    found.push(...errorProblems(responseBody));
  } else {
    if (reference.input) found.push(...violations(reference.input, call.body ?? {}, 'request'));
    if (reference.output && call.status !== 424)
      found.push(...violations(reference.output, responseBody, 'answer'));
  }
  return found.map((problem) => `${reference.service}.${reference.name} ${problem}`);
}

function routePattern({ service, route }: MethodReference): RegExp {
  // A parameter may be empty with its slash, where the API has it optional.
  const pattern = route.replace(/\/<(\w+)>/g, (_, name: string) =>
    name === 'namespace' ? '(/[^/]+)?' : '/.+',
  );
  return new RegExp(`^/api/${service}/v1${pattern}/?$`);
}

function violations(validate: ValidateFunction, value: unknown, what: string): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${what}${instancePath} ${message}`);
}

function errorProblems(body: unknown): string[] {
  if (!isObject(body)) return ['answers an error that is no object'];
  const { code, message, requestInfo } = body;
  const complete = typeof code === 'string' && typeof message === 'string' && isObject(requestInfo);
  return complete && message.includes(`* errorCode:  ${code}`)
    ? []
    : ['answers an error without code and text'];
}
