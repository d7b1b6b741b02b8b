import { withProgress } from '../cli/progress.ts';
import { checkSome } from './checks.ts';
import { unwrapChanges, wantedChanges, type Changes, type Problem, type Unit } from './compare/changes.ts';
import { describe, summary } from './compare/describe.ts';
import { describeProblems } from './compare/group-findings.ts';
import { count, type Line } from './compare/lines.ts';
import type { Service } from './read/service.ts';
import type { Grant } from './render/grants.ts';
import { render, toJson, type Rendered } from './render/render.ts';
import { subjects } from './render/subjects.ts';
import { DIFFERENT, FAILED, look, needService, OK, print, readAll, type Session } from './session.ts';
import { applyUnits, type Applied } from './write/apply.ts';
import { applyGrants } from './write/apply-grants.ts';
import { holdBack, switchesOn } from './write/hold-back.ts';

/**
 * Returns what would be deployed. The caller writes it, as JSON or YAML.
 * @throws Error if that would not be all
 */
export async function renderCommand(session: Session): Promise<Rendered> {
  const { hooks, problems, needed, holders } = await look(session);
  const found = subjects(hooks, session.deployment, session.only, holders.held);
  const [problem] = [...problems, ...found.problems];
  if (problem !== undefined) throw new Error(`${problem.path}: ${problem.message}`);
  return render(found.subjects, needed);
}

function show(session: Session, changes: Changes, unjudged: string[], missing: Grant[]): void {
  print(session, [
    ...describe(changes, missing),
    ...unjudged.map((text): Line => ({ style: 'plain', text: `? not checked: ${text}` })),
    { style: 'heading', text: summary(changes, missing) },
  ]);
}

/** Shows how the live service differs from the configuration; returns DIFFERENT if it does. */
export async function diffCommand(session: Session): Promise<number> {
  needService(session);
  const seen = await look(session);
  const changes = withProblems(seen.problems, wantedChanges(seen.hooks, session.deployment, session.only));
  const { units, problems } = changes;
  if (session.json) {
    const plain = units.map(({ path, changes: writes }) => ({ path, changes: writes }));
    session.out.write(
      toJson({ hooks: plain, problems, missing: seen.missing, unjudged: seen.holders.unjudged }),
    );
  } else {
    show(session, changes, seen.holders.unjudged, seen.missing);
  }
  return units.length + problems.length + seen.missing.length > 0 ? DIFFERENT : OK;
}

/** Changes the live service to match the configuration. */
export async function applyCommand(session: Session): Promise<number> {
  const service = needService(session);
  const seen = await look(session);
  const wanted = withProblems(seen.problems, wantedChanges(seen.hooks, session.deployment, session.only));
  const leftAlone = new Set(wanted.problems.map(({ path }) => `role:hook-id:${path}`));
  const managed = session.deployment.manageRoles
    ? seen.missing.filter(
        ({ to, orAnonymous }) =>
          to.startsWith('role:') &&
          // This tool does not decide who may read: it may be everyone, or each repository's role.
          !orAnonymous &&
          !leftAlone.has(to),
      )
    : [];
  const switchedOn = wanted.units.filter(switchesOn).map(({ path }) => path);
  const checks = await checkSome(session, seen, new Set(switchedOn));
  const { ready, held } = holdBack(
    wanted.units,
    seen.missing.filter((grant) => !managed.includes(grant)),
    checks.findings,
  );
  const changes = { units: ready, problems: [...wanted.problems, ...held] };
  const unjudged = [...seen.holders.unjudged, ...checks.unjudged];
  if (!session.json) show(session, changes, unjudged, seen.missing);
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
    add(result, await writeHooks(session, granted.ready, service));
  }
  return report(session, result, missing);
}

/** Removes everything that this tool added. */
export async function unwrapCommand(session: Session): Promise<number> {
  const service = needService(session);
  const { hooks, problems } = await readAll(session);
  const changes = withProblems(problems, unwrapChanges(hooks, session.deployment, session.only));
  if (!session.json) show(session, changes, [], []);
  const result: Applied = { done: [], failed: [...changes.problems] };
  if (changes.units.length > 0) {
    if (!(await confirmed(session, count(changes.units.length, 'hook'), service))) return FAILED;
    add(result, await writeHooks(session, changes.units, service));
  }
  return report(session, result);
}

function withProblems(problems: Problem[], changes: Changes): Changes {
  return { ...changes, problems: [...problems, ...changes.problems] };
}

function writeHooks(session: Session, units: Unit[], service: Service): Promise<Applied> {
  const what = 'Writing hooks';
  const advance = session.onProgress(what, units.length);
  const work = () => applyUnits(units, service, advance);
  return advance === undefined ? withProgress(what, work) : work();
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
      ...describeProblems(failed),
      { style: ok ? 'add' : 'problem', text: `${done.length} done, ${failed.length} failed${lacking}` },
    ]);
  }
  return ok ? OK : FAILED;
}
