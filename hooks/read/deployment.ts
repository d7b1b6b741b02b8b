import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { DEFAULT_FAST_ACTIONS, type FastAction } from '../../functions/platform/fast-actions.ts';
import schema from './deployment.schema.json' with { type: 'json' };
import { readStage } from './stage.ts';

export type Mode = 'wrap' | 'snippet' | 'global';

/** One level of a trust domain, with the deployment's defaults filled in. */
export interface Level {
  trustDomain: string;
  level: number;
  permissions: string[];
  pullRequestActions: boolean;
  killSwitch: boolean;
  /** which actions are fast, the same for all levels of a trust domain */
  fastActions: FastAction[];
  /** null: keep the priority of the project's own template */
  priority: string | null;
  /** `<trust domain>-<level>/<name>` */
  taskQueueId: string;
  /** who runs the worker function for this level */
  workerClientId: string;
}

export interface Deployment {
  mode: Mode;
  manageRoles: boolean;
  workerGroup: string;
  /** email address in the metadata of the hooks that this tool creates (the global ones); else null */
  owner: string | null;
  levels: Level[];
}

/** The configuration cannot be used; `problems` has one line each, `<file>:<line>: <field>: <what>`. */
export class DeploymentError extends Error {
  override name = 'DeploymentError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

interface LevelFile {
  permissions: string[];
  pullRequestActions?: boolean;
  killSwitch?: boolean;
  priority?: string;
  taskQueueName?: string;
}
interface TrustDomainFile {
  fastActions?: FastAction[];
  [level: `${number}`]: LevelFile;
}
interface DeploymentFile extends Pick<LevelFile, 'priority' | 'taskQueueName'> {
  version: 1;
  mode?: Mode;
  fastActions?: FastAction[];
  manageRoles?: boolean;
  owner?: string;
  worker: { clientId?: string; workerGroup: string };
  trustDomains: Record<string, TrustDomainFile>;
}

const isDeploymentFile = new Ajv({
  allErrors: true,
  verbose: true,
  // The condition for mode global names fields that are defined outside it.
  strictRequired: false,
  strictTypes: false,
}).compile<DeploymentFile>(schema);

/**
 * Reads a deployment's configuration.
 * @param file its name, for error messages
 * @throws DeploymentError with everything that is wrong
 */
export function parseDeployment(text: string, file: string): Deployment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new DeploymentError(
      document.errors.map(
        (error) => `${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`,
      ),
    );
  }
  const value: unknown = document.toJS();
  if (!isDeploymentFile(value)) {
    const errors = (isDeploymentFile.errors ?? []).filter(
      (error) => !['propertyNames', 'if'].includes(error.keyword),
    );
    throw new DeploymentError(errors.map((error) => explain(error, document, lines, file)));
  }
  const levels = Object.entries(value.trustDomains).flatMap(([trustDomain, { fastActions, ...byLevel }]) =>
    Object.entries<LevelFile>(byLevel).map(([level, settings]) => ({
      ...toLevel(trustDomain, Number(level), settings, value, file),
      fastActions: fastActions ?? value.fastActions ?? [...DEFAULT_FAST_ACTIONS],
    })),
  );
  const { mode = 'wrap', manageRoles = false, owner = null } = value;
  return { mode, manageRoles, workerGroup: value.worker.workerGroup, owner, levels };
}

/** @throws DeploymentError, or the error of reading the file */
export function loadDeployment(file: string): Deployment {
  return parseDeployment(readFileSync(file, 'utf8'), file);
}

function toLevel(
  trustDomain: string,
  level: number,
  settings: LevelFile,
  all: DeploymentFile,
  file: string,
): Omit<Level, 'fastActions'> {
  const priority = settings.priority ?? all.priority ?? 'original';
  const name = settings.taskQueueName ?? all.taskQueueName ?? 'retrigger';
  return {
    trustDomain,
    level,
    permissions: settings.permissions,
    pullRequestActions: settings.pullRequestActions ?? false,
    killSwitch: settings.killSwitch ?? false,
    priority: priority === 'original' ? null : priority,
    taskQueueId: `${trustDomain}-${level}/${name}`,
    workerClientId: all.worker.clientId ?? stageClientId(level, file),
  };
}

/** The worker's client in the stage `level<level>`. */
function stageClientId(level: number, file: string): string {
  const { name, worker } = readStage(level);
  const clientId = worker.TASKCLUSTER_CLIENT_ID;
  if (clientId !== undefined) return clientId;
  throw new DeploymentError([
    `${file}:1: worker.clientId: is needed, since ${name} names none for level ${level}`,
  ]);
}

/** `<file>:<line>: <field>: <problem>`, with the line of the field, or of the mapping that lacks it. */
function explain(error: ErrorObject, document: Document, lines: LineCounter, file: string): string {
  const path = error.instancePath.split('/').slice(1);
  const { additionalProperty, allowedValues } = error.params;
  const culprit: unknown = additionalProperty ?? error.propertyName;
  const field = typeof culprit === 'string' ? [...path, culprit] : path;
  let message = error.message ?? 'is not valid';
  if (error.keyword === 'additionalProperties') message = 'is not a known field';
  if (error.propertyName !== undefined) message = `is not a valid name here (${message})`;
  if (Array.isArray(allowedValues)) message = `must be one of ${allowedValues.join(', ')}`;
  if (error.keyword === 'const') message = `must be ${String(error.params.allowedValue)}`;
  return `${file}:${lineOf(document, lines, field)}: ${field.join('.') || '(the whole file)'}: ${message}`;
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
