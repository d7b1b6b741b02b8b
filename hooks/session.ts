import { withProgress } from '../cli/progress.ts';
import type { Problem } from './compare/changes.ts';
import { paint, type Line } from './compare/lines.ts';
import { missingGrants } from './compare/missing-grants.ts';
import type { HookDefinition } from './read/definition.ts';
import type { Deployment } from './read/deployment.ts';
import { families, matchesNothing, selectedFamilies, unusedNames, type Family } from './read/families.ts';
import { ANONYMOUS, readHolders, readHooks, type Holders } from './read/live.ts';
import type { Service } from './read/service.ts';
import { grants, type Grant } from './render/grants.ts';

/** What a command works on, and where it writes. */
export interface Session {
  deployment: Deployment;
  /** undefined: offline, with `hooks` from a file */
  service: Service | undefined;
  /** definitions from a file, instead of the service's */
  hooks: HookDefinition[] | undefined;
  /** pattern for `<hookGroupId>/<hookId>` */
  only: string;
  json: boolean;
  out: NodeJS.WritableStream;
  /** asks the operator; absent: no question */
  confirm?: (question: string) => Promise<boolean>;
  /** starts a progress bar, and returns what advances it; undefined if none is shown */
  onProgress: (what: string, total: number) => ((done: number) => void) | undefined;
}

/** Exit statuses of the process. */
export const OK = 0;
export const FAILED = 1;
export const DIFFERENT = 2;

/** What a command has read, and what it lacks. */
export interface Seen {
  hooks: HookDefinition[];
  /** names in the configuration that no hook has */
  problems: Problem[];
  families: Family[];
  needed: Grant[];
  missing: Grant[];
  holders: Holders;
}

const NOBODY: Holders = { roles: new Map(), held: new Map(), unjudged: [] };

/**
 * The hooks of the configured groups.
 *
 * @throws Error if none of them matches: a job that changes nothing because of a typo must not succeed
 */
export async function readAll({
  deployment,
  service,
  hooks: given,
  only,
}: Session): Promise<Pick<Seen, 'hooks' | 'problems'>> {
  if (deployment.mode !== 'global' && service === undefined && given === undefined) {
    throw new Error('no hooks to read: give --root-url, TASKCLUSTER_ROOT_URL or --hooks FILE');
  }
  const hooks =
    given ??
    (service === undefined ? [] : await withProgress('Reading hooks', () => readHooks(service, deployment)));
  if (matchesNothing(hooks, deployment, only)) {
    const where = given === undefined && service !== undefined ? service.rootUrl : 'the file';
    throw new Error(
      only === '*'
        ? `no hook of ${where} matches the configuration: ${namesOf(deployment)}`
        : `--only ${only} matches none of the configured hooks of ${where}: ${namesOf(deployment)}`,
    );
  }
  // Where some are selected, the others are not looked at.
  const unused = only === '*' ? unusedNames(hooks, deployment) : [];
  return { hooks, problems: unused.map((path) => ({ path, message: NO_SUCH_HOOK })) };
}

const NO_SUCH_HOOK =
  'there is no such hook; check the trust domain, level, permissions and pullRequestActions in the configuration';

function namesOf(deployment: Deployment): string {
  return families(deployment)
    .map(({ hookGroupId, prefix }) => `${hookGroupId}/${prefix}*`)
    .join(', ');
}

export async function look(session: Session): Promise<Seen> {
  const { deployment, service, only } = session;
  const { hooks, problems } = await readAll(session);
  const selected = selectedFamilies(hooks, deployment, only);
  const needed = grants(deployment, selected);
  const holders =
    service === undefined
      ? NOBODY
      : await withProgress('Reading roles and clients', () =>
          readHolders(service, [...needed.map(({ to }) => to), ANONYMOUS]),
        );
  return {
    hooks,
    problems,
    families: selected,
    needed,
    missing: missingGrants(needed, holders.held),
    holders,
  };
}

export function needService({ service }: Session): Service {
  if (service === undefined)
    throw new Error('this command needs a live service: give --root-url or TASKCLUSTER_ROOT_URL');
  return service;
}

export function print(session: Session, lines: Line[]): void {
  if (lines.length > 0) session.out.write(`${paint(lines, session.out)}\n`);
}
