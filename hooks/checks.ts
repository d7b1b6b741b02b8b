import { hookPath } from '../functions/tasks/hook-name.ts';
import { checkHook, type CheckResult, type Extent, type Finding } from './compare/check.ts';
import { readingFindings } from './compare/reading.ts';
import { ANONYMOUS, type HeldScopes } from './read/live.ts';
import { ServiceError, type Service } from './read/service.ts';
import type { Grant } from './render/grants.ts';
import { subjects, type Subject } from './render/subjects.ts';
import type { Seen, Session } from './session.ts';

/** What is wrong with the hooks as they would be deployed. */
export interface Checks {
  results: CheckResult[];
  findings: Finding[];
  unjudged: string[];
}

/** Checks all hooks, with every payload. */
export async function checkAll(session: Session, seen: Seen): Promise<Checks> {
  const found = await subjectsOf(session, seen);
  const checks = await run(session, seen, found.subjects, 'every payload');
  const problems = found.problems.map(({ path, message }): Finding => ({ hook: path, message }));
  return { ...checks, findings: [...problems, ...checks.findings] };
}

/** Checks these hooks quickly: whether their fast actions would work. */
export async function checkSome(session: Session, seen: Seen, paths: ReadonlySet<string>): Promise<Checks> {
  const found = await subjectsOf(session, seen);
  const some = found.subjects.filter(({ wanted }) => paths.has(hookPath(wanted)));
  return run(session, seen, some, 'quick');
}

async function run(
  session: Session,
  { missing, holders }: Seen,
  all: Subject[],
  extent: Extent,
): Promise<Checks> {
  const now = new Date().toISOString();
  const advance = session.onProgress('Checking hooks', all.length);
  const results = all.map((subject, index) => {
    const result = checkHook(subject, now, extent);
    advance?.(index + 1);
    return result;
  });
  const reported = missing.flatMap(({ scope, orAnonymous }) => (orAnonymous ? scope : []));
  const known = [...(holders.held.get(ANONYMOUS) ?? []), ...reported];
  const reading = session.service
    ? await readingFindings(results, session.service, known)
    : { findings: [], unjudged: [] };
  return {
    results,
    findings: [...results.flatMap((result) => result.findings), ...reading.findings],
    unjudged: reading.unjudged,
  };
}

async function subjectsOf({ deployment, only, service }: Session, { hooks, missing, holders }: Seen) {
  const anonymous = holders.held.get(ANONYMOUS) ?? [];
  const found = subjects(hooks, deployment, only, await withGrants(holders.held, missing, service));
  const all = found.subjects.map((subject) => ({
    ...subject,
    // Every request may also use the scopes of `anonymous`.
    roleScopes: subject.roleScopes === undefined ? undefined : [...subject.roleScopes, ...anonymous],
  }));
  return { ...found, subjects: all };
}

/** A missing grant is reported as one, so it does not count again for each payload that needs it. */
async function withGrants(
  held: HeldScopes,
  missing: readonly Grant[],
  service: Service | undefined,
): Promise<HeldScopes> {
  const all = new Map(held);
  for (const [to, grants] of Map.groupBy(missing, (grant) => grant.to)) {
    const scopes = [...(held.get(to) ?? []), ...grants.map(({ scope }) => scope)];
    const expanded = await expandRoles(scopes, service);
    // Without its scopes, a role is not judged.
    if (expanded === undefined) all.delete(to);
    else all.set(to, expanded);
  }
  return all;
}

/** @returns undefined if we may not expand them */
async function expandRoles(scopes: string[], service: Service | undefined): Promise<string[] | undefined> {
  if (service === undefined) return scopes;
  try {
    return await service.expandScopes(scopes);
  } catch (error) {
    if (error instanceof ServiceError && error.forbidden) return undefined;
    throw error;
  }
}
