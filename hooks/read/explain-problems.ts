import type { ErrorObject } from 'ajv';
import type { Document, LineCounter } from 'yaml';

/** A file of settings as it was parsed, for messages about it. */
interface Source {
  file: string;
  document: Document;
  lines: LineCounter;
}

/**
 * What is wrong with a file that does not match its schema: `<file>:<line>: <field>: <what>` each, with the line of the
 * field, or of the mapping that lacks it. The schema's descriptions say what a text must be.
 */
export function explainProblems(errors: readonly ErrorObject[], source: Source): string[] {
  const unknown = errors.flatMap(({ instancePath, propertyName }) =>
    propertyName === undefined ? [] : `${instancePath}/${propertyName}`,
  );
  return errors
    .filter(({ keyword }) => keyword !== 'propertyNames' && keyword !== 'if')
    .filter(({ instancePath }) => !unknown.some((path) => instancePath.startsWith(path)))
    .map((error) => explain(error, source));
}

const TYPES: Partial<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  object: 'a mapping',
  string: 'a text; put it in quotes',
};

function explain(error: ErrorObject, { file, document, lines }: Source): string {
  const path = error.instancePath.split('/').slice(1);
  const culprit: unknown = error.params.additionalProperty ?? error.propertyName;
  const field = typeof culprit === 'string' ? [...path, culprit] : path;
  return `${file}:${lineOf(document, lines, field)}: ${field.join('.') || '(the whole file)'}: ${messageOf(error)}`;
}

function messageOf({
  keyword,
  message = 'is not valid',
  params,
  parentSchema,
  propertyName,
}: ErrorObject): string {
  const description: unknown = parentSchema?.description;
  switch (keyword) {
    case 'additionalProperties':
      return 'is not a known field';
    case 'required':
      return `lacks ${params.missingProperty}`;
    case 'type':
      return `must be ${TYPES[String(params.type)] ?? params.type}`;
    case 'enum':
      return `must be one of ${params.allowedValues.join(', ')}`;
    case 'const':
      return `must be ${params.allowedValue}`;
    case 'minItems':
      return 'must not be empty';
    case 'minProperties':
      return params.limit === 1 ? 'must not be empty' : 'needs a level besides fastActions';
    case 'uniqueItems':
      return 'must not name anything twice';
    case 'pattern':
      if (typeof description !== 'string') return message;
      return propertyName === undefined ? `must be ${description}` : `is not ${description}`;
    default:
      return message;
  }
}

function lineOf(document: Document, lines: LineCounter, path: string[]): number {
  for (let length = path.length; length >= 0; length--) {
    let node: unknown = document.contents;
    let offset = rangeStart(node);
    for (const key of path.slice(0, length)) {
      const pair = pairOf(node, key);
      if (pair === undefined) {
        node = undefined;
        break;
      }
      node = pair.value;
      offset = rangeStart(pair.key) ?? rangeStart(pair.value);
    }
    if (node !== undefined && offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

/** The nodes of the key and value of an entry in a YAML mapping or sequence. Level keys are numbers in YAML. */
function pairOf(node: unknown, key: string): { key: unknown; value: unknown } | undefined {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items))
    return undefined;
  const items: unknown[] = node.items;
  const item = items.find((candidate, index) => {
    if (typeof candidate !== 'object' || candidate === null) return false;
    if (!('key' in candidate)) return String(index) === key;
    return String(candidate.key) === key;
  });
  if (typeof item !== 'object' || item === null) return undefined;
  if (!('key' in item) || !('value' in item)) return { key: item, value: item };
  return { key: item.key, value: item.value };
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}
