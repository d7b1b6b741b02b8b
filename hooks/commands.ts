import { withProgress } from '../cli/progress.ts';
import { applyUnits, type Applied } from './write/apply.ts';
import { applyGrants } from './write/apply-grants.ts';
import { holdBack } from './write/hold-back.ts';
import { unwrapChanges, wantedChanges, type Changes } from './compare/changes.ts';
import { checkHook } from './compare/check.ts';
import type { HookDefinition } from './read/definition.ts';
import type { Deployment } from './read/deployment.ts';
import { count, describe, paint, summary, type Line } from './compare/describe.ts';
import { describeFindings } from './compare/group-findings.ts';
import { compareFastActions } from './compare/functions-setting.ts';
import { families, matchesNothing, selectedFamilies, type Family } from './read/families.ts';
import { missingGrants } from './compare/missing-grants.ts';
import { grants, type Grant } from './render/grants.ts';
import { ANONYMOUS, readHolders, readHooks, type HeldScopes, type Holders } from './read/live.ts';
import { readingFindings } from './compare/reading.ts';
import { render, toJson, type Rendered } from './render/render.ts';
import type { Service } from './read/service.ts';
import { subjects } from './render/subjects.ts';

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
  onProgress: (total: number) => (done: number) => void;
}

/** Exit statuses of the process. */
export const OK = 0;
export const FAILED = 1;
export const DIFFERENT = 2;

interface Seen {
  hooks: HookDefinition[];
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
async function readAll({ deployment, service, hooks: given, only }: Session): Promise<HookDefinition[]> {
  if (deployment.mode !== 'global' && service === undefined && given === undefined) {
    throw new Error('no hooks to read: give --root-url, TASKCLUSTER_ROOT_URL or --hooks FILE');
  }
  const hooks =
    given ??
    (service === undefined ? [] : await withProgress('Reading hooks', () => readHooks(service, deployment)));
  if (matchesNothing(hooks, deployment, only)) {
    const where = service === undefined ? 'the file' : service.rootUrl;
    throw new Error(
      only === '*'
        ? `no hook of ${where} matches the configuration: ${namesOf(deployment)}`
        : `--only ${only} matches none of the configured hooks of ${where}: ${namesOf(deployment)}`,
    );
  }
  return hooks;
}

function namesOf(deployment: Deployment): string {
  return families(deployment)
    .map(({ hookGroupId, prefix }) => `${hookGroupId}/${prefix}*`)
    .join(', ');
}

async function look(session: Session): Promise<Seen> {
  const { deployment, service, only } = session;
  const hooks = await readAll(session);
  const selected = selectedFamilies(hooks, deployment, only);
  const needed = grants(deployment, selected);
  const holders =
    service === undefined
      ? NOBODY
      : await withProgress('Reading roles and clients', () =>
          readHolders(service, [...needed.map(({ to }) => to), ANONYMOUS]),
        );
  return { hooks, families: selected, needed, missing: missingGrants(needed, holders.held), holders };
}

function needService({ service }: Session): Service {
  if (service === undefined)
    throw new Error('this command needs a live service: give --root-url or TASKCLUSTER_ROOT_URL');
  return service;
}

function print(session: Session, lines: Line[]): void {
  if (lines.length > 0) session.out.write(`${paint(lines, session.out)}\n`);
}

/** Returns what would be deployed. The caller writes it, as JSON or YAML. */
export async function renderCommand(session: Session): Promise<Rendered> {
  const { hooks, needed, holders } = await look(session);
  return render(subjects(hooks, session.deployment, session.only, holders.held), needed);
}

/** A missing grant is reported as one, so it does not count again for each payload that needs it. */
function withGrants(held: HeldScopes, missing: readonly Grant[]): HeldScopes {
  const granted = Map.groupBy(missing, ({ to }) => to);
  return new Map(
    [...held].map(([to, scopes]) => [to, [...scopes, ...(granted.get(to) ?? []).map(({ scope }) => scope)]]),
  );
}

/** Renders every hook with the table of payloads, and checks the results. */
export async function checkCommand(session: Session): Promise<number> {
  const { hooks, families: selected, missing, holders } = await look(session);
  const anonymous = holders.held.get(ANONYMOUS) ?? [];
  const all = subjects(hooks, session.deployment, session.only, withGrants(holders.held, missing)).map(
    (subject) => ({
      ...subject,
      // Every request may also use the scopes of `anonymous`.
      roleScopes: subject.roleScopes === undefined ? undefined : [...subject.roleScopes, ...anonymous],
    }),
  );
  const now = new Date().toISOString();
  const results = all.map((subject) => checkHook(subject, now));
  const agreement = compareFastActions(selected);
  const reported = missing.flatMap(({ scope, orAnonymous }) => (orAnonymous ? scope : []));
  const reading = session.service
    ? await readingFindings(results, session.service, [...anonymous, ...reported])
    : { findings: [], unjudged: [] };
  const findings = [
    ...results.flatMap((result) => result.findings),
    ...reading.findings,
    ...agreement.findings,
  ];
  const unjudged = [...holders.unjudged, ...reading.unjudged, ...agreement.unjudged];
  const rendered = results.reduce((sum, result) => sum + result.rendered, 0);
  const refused = results.reduce((sum, result) => sum + result.refused, 0);
  const failing = results.reduce((sum, result) => sum + result.failing, 0);
  const failed = findings.length > 0 || missing.length > 0 || all.length === 0;
  if (session.json) {
    session.out.write(
      toJson({
        hooks: all.length,
        rendered,
        refused,
        failing,
        findings,
        missing,
        unjudged,
      }),
    );
    return failed ? FAILED : OK;
  }
  print(session, [
    ...describeFindings(findings),
    ...describe({ units: [], problems: [] }, missing),
    ...unjudged.map((text): Line => ({ style: 'plain', text: `? not checked: ${text}` })),
    {
      style: failed ? 'problem' : 'add',
      text:
        all.length === 0
          ? 'every matching hook is under the kill switch, so there is nothing to check'
          : `${count(all.length, 'hook')}, ${count(rendered, 'payload')} rendered (${refused} more refused by the hooks' own ` +
            `schemas; ${failing} fail today too): ` +
            `${count(findings.length, 'problem')}, ${count(missing.length, 'grant')} missing`,
    },
    ...(session.service === undefined
      ? [{ style: 'plain', text: 'offline: roles and clients were not checked' } satisfies Line]
      : []),
  ]);
  return failed ? FAILED : OK;
}

function show(session: Session, changes: Changes, holders: Holders, missing: Grant[]): void {
  print(session, [
    ...describe(changes, missing),
    ...holders.unjudged.map((text): Line => ({ style: 'plain', text: `? not checked: ${text}` })),
    { style: 'heading', text: summary(changes, missing) },
  ]);
}

/** Shows how the live service differs from the configuration; returns DIFFERENT if it does. */
export async function diffCommand(session: Session): Promise<number> {
  needService(session);
  const seen = await look(session);
  const changes = wantedChanges(seen.hooks, session.deployment, session.only);
  const { units, problems } = changes;
  if (session.json) {
    const plain = units.map(({ path, changes: writes }) => ({ path, changes: writes }));
    session.out.write(
      toJson({ hooks: plain, problems, missing: seen.missing, unjudged: seen.holders.unjudged }),
    );
  } else {
    show(session, changes, seen.holders, seen.missing);
  }
  return units.length + problems.length + seen.missing.length > 0 ? DIFFERENT : OK;
}

/** Changes the live service to match the configuration. */
export async function applyCommand(session: Session): Promise<number> {
  const service = needService(session);
  const seen = await look(session);
  const wanted = wantedChanges(seen.hooks, session.deployment, session.only);
  const managed = session.deployment.manageRoles
    ? // This tool does not decide who may read: it may be everyone, or each repository's role.
      seen.missing.filter(({ to, orAnonymous }) => to.startsWith('role:') && !orAnonymous)
    : [];
  const { ready, held } = holdBack(
    wanted.units,
    seen.missing.filter((grant) => !managed.includes(grant)),
  );
  const changes = { units: ready, problems: [...wanted.problems, ...held] };
  if (!session.json) show(session, changes, seen.holders, seen.missing);
  const result: Applied = { done: [], failed: [...changes.problems] };
  let { missing } = seen;
  if (ready.length + managed.length > 0) {
    const roles = managed.length > 0 ? ` and add ${count(managed.length, 'grant')} to roles` : '';
    if (!(await confirmed(session, `${count(ready.length, 'hook')}${roles}`, service))) return FAILED;
    // Roles first: a hook may only be wrapped if its role can pass on the scope for forwards.
    add(result, await withProgress('Writing roles', () => applyGrants(managed, seen.holders, service)));
    missing = missing.filter((grant) => !(managed.includes(grant) && result.done.includes(grant.to)));
    const granted = holdBack(ready, missing);
    add(result, { done: [], failed: granted.held });
    add(
      result,
      await withProgress('Writing hooks', () =>
        applyUnits(granted.ready, service, session.onProgress(granted.ready.length)),
      ),
    );
  }
  return report(session, result, missing);
}

/** Removes everything that this tool added. */
export async function unwrapCommand(session: Session): Promise<number> {
  const service = needService(session);
  const changes = unwrapChanges(await readAll(session), session.deployment, session.only);
  if (!session.json) show(session, changes, NOBODY, []);
  const result: Applied = { done: [], failed: [...changes.problems] };
  if (changes.units.length > 0) {
    if (!(await confirmed(session, count(changes.units.length, 'hook'), service))) return FAILED;
    add(
      result,
      await withProgress('Writing hooks', () =>
        applyUnits(changes.units, service, session.onProgress(changes.units.length)),
      ),
    );
  }
  return report(session, result);
}

async function confirmed(session: Session, what: string, service: Service): Promise<boolean> {
  if (
    session.confirm === undefined ||
    (await session.confirm(`Change ${what} at ${service.rootUrl}? [y/N] `))
  ) {
    return true;
  }
  session.out.write('nothing was changed\n');
  return false;
}

function add(to: Applied, more: Applied): void {
  to.done.push(...more.done);
  to.failed.push(...more.failed);
}

function report(session: Session, { done, failed }: Applied, missing: Grant[] = []): number {
  const ok = failed.length + missing.length === 0;
  if (session.json) session.out.write(toJson({ done, failed, missing }));
  else if (done.length + failed.length > 0) {
    const lacking = missing.length > 0 ? `, ${count(missing.length, 'grant')} missing` : '';
    print(session, [
      ...failed.map(({ path, message }): Line => ({ style: 'problem', text: `! ${path}: ${message}` })),
      { style: ok ? 'add' : 'problem', text: `${done.length} done, ${failed.length} failed${lacking}` },
    ]);
  }
  return ok ? OK : FAILED;
}
