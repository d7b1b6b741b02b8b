import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import { isObject } from '../../functions/tasks/shapes.ts';

type Resource = Record<string, unknown>;

export interface Template {
  Resources: Record<string, Resource>;
  [section: string]: unknown;
}

let loaded: SpecDatabase | undefined;
/** Takes seconds to load. */
const specification = () => (loaded ??= loadAwsServiceSpecSync());

/** What CloudFormation would refuse in a template, according to its published specification. */
export function problemsOf(template: Template): string[] {
  const spec = specification();
  const names = new Set([
    ...Object.keys(template.Resources),
    ...Object.keys(sectionOf(template, 'Parameters')),
  ]);
  const problems = [...danglingReferences(template, names)];
  for (const [id, resource] of Object.entries(template.Resources)) {
    const type = String(resource['Type']);
    const [known] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    if (!known) problems.push(`${id}: there is no resource type ${type}`);
    else checkFields(spec, `${id}.Properties`, resource['Properties'] ?? {}, known.properties, problems);
    for (const other of texts(resource['DependsOn'])) {
      if (!names.has(other)) problems.push(`${id} depends on ${other}, which is nowhere`);
    }
  }
  return problems;
}

function sectionOf(template: Template, name: string): Record<string, unknown> {
  const section = template[name];
  return isObject(section) ? section : {};
}

function checkFields(
  spec: SpecDatabase,
  path: string,
  value: unknown,
  properties: Record<string, Property>,
  problems: string[],
): void {
  if (!isObject(value)) {
    problems.push(`${path} is no object`);
    return;
  }
  if (isIntrinsic(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const property = properties[name];
    if (!property) problems.push(`${path} has no property ${name}`);
    else checkValue(spec, `${path}.${name}`, field, property.type, problems);
  }
  for (const [name, { required }] of Object.entries(properties)) {
    if (required && !(name in value)) problems.push(`${path} lacks ${name}`);
  }
}

function checkValue(
  spec: SpecDatabase,
  path: string,
  value: unknown,
  type: PropertyType,
  problems: string[],
): void {
  if (isIntrinsic(value)) return;
  switch (type.type) {
    case 'ref':
      checkFields(spec, path, value, spec.get('typeDefinition', type.reference).properties, problems);
      return;
    case 'array':
      if (!Array.isArray(value)) problems.push(`${path} is no list`);
      else {
        for (const [index, item] of value.entries()) {
          checkValue(spec, `${path}.${index}`, item, type.element, problems);
        }
      }
      return;
    case 'map':
      if (!isObject(value)) problems.push(`${path} is no object`);
      else {
        for (const [key, item] of Object.entries(value)) {
          checkValue(spec, `${path}.${key}`, item, type.element, problems);
        }
      }
      return;
    case 'union': {
      const failures = type.types.map((one) => {
        const found: string[] = [];
        checkValue(spec, path, value, one, found);
        return found;
      });
      if (failures.every((found) => found.length > 0)) problems.push(...(failures[0] ?? []));
      return;
    }
    case 'string':
    case 'date-time':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'json':
    case 'tag':
    case 'null':
      if (!isScalar(value, type.type)) problems.push(`${path} is not of the type ${type.type}`);
  }
}

/** CloudFormation also accepts numbers and booleans as strings. */
function isScalar(value: unknown, type: string): boolean {
  if (type === 'json' || type === 'tag') return typeof value === 'object' || typeof value === 'string';
  if (type === 'string' || type === 'date-time') return typeof value === 'string';
  if (type === 'integer') return Number.isInteger(Number(value));
  if (type === 'number') return Number.isFinite(Number(value));
  if (type === 'boolean') return /^(true|false)$/.test(String(value));
  return true;
}

/** `Ref` and `Fn::*`, whose values are known at deployment. */
function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** `Ref`, `Fn::GetAtt` and `Fn::If` that name nothing in this template. */
function* danglingReferences(template: Template, names: ReadonlySet<string>): Generator<string> {
  const conditions = new Set(Object.keys(sectionOf(template, 'Conditions')));
  for (const { Ref, ...node } of objectsIn(template)) {
    if (typeof Ref === 'string' && !Ref.startsWith('AWS::') && !names.has(Ref))
      yield `Ref to nothing: ${Ref}`;
    const [target] = texts(node['Fn::GetAtt']);
    if (target !== undefined && !names.has(target)) yield `Fn::GetAtt of nothing: ${target}`;
    const [condition] = texts(node['Fn::If']);
    if (condition !== undefined && !conditions.has(condition)) yield `no condition ${condition}`;
  }
}

/** The strings of a list, or the single string. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item: unknown) => typeof item === 'string');
}

function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  if (!isObject(value)) return;
  yield value;
  for (const item of Object.values(value)) yield* objectsIn(item);
}
