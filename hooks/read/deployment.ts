import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { DEFAULT_FAST_ACTIONS, type FastAction } from '../../functions/platform/fast-actions.ts';
import schema from './deployment.schema.json' with { type: 'json' };
import { explainProblems } from './explain-problems.ts';
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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new DeploymentError(
      document.errors.map(({ pos, code, message }) => {
        const what = code === 'MULTIPLE_DOCS' ? 'must be the only document, without another ---' : message;
        return `${file}:${lines.linePos(pos[0]).line}: ${what}`;
      }),
    );
  }
  const value = toValue(document, file);
  if (!isDeploymentFile(value))
    throw new DeploymentError(explainProblems(isDeploymentFile.errors ?? [], { file, document, lines }));
  const levels = Object.entries(value.trustDomains).flatMap(([trustDomain, { fastActions, ...byLevel }]) =>
    Object.entries<LevelFile>(byLevel).map(([level, settings]) => ({
      ...toLevel(trustDomain, Number(level), settings, value, file),
      fastActions: fastActions ?? value.fastActions ?? [...DEFAULT_FAST_ACTIONS],
    })),
  );
  const { mode = 'wrap', manageRoles = false, owner = null } = value;
  return { mode, manageRoles, workerGroup: value.worker.workerGroup, owner, levels };
}

/** An alias without an anchor is only found here. */
function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new DeploymentError([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** @throws DeploymentError */
export function loadDeployment(file: string): Deployment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DeploymentError([
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  return parseDeployment(text, file);
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
