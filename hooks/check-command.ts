import { checkHook, type Finding } from './compare/check.ts';
import { describe } from './compare/describe.ts';
import { compareFastActions } from './compare/functions-setting.ts';
import { describeFindings } from './compare/group-findings.ts';
import { count, type Line } from './compare/lines.ts';
import { readingFindings } from './compare/reading.ts';
import { ANONYMOUS, type HeldScopes } from './read/live.ts';
import type { Grant } from './render/grants.ts';
import { toJson } from './render/render.ts';
import { subjects } from './render/subjects.ts';
import { FAILED, look, OK, print, type Session } from './session.ts';

/** A missing grant is reported as one, so it does not count again for each payload that needs it. */
function withGrants(held: HeldScopes, missing: readonly Grant[]): HeldScopes {
  const granted = Map.groupBy(missing, ({ to }) => to);
  return new Map(
    [...held].map(([to, scopes]) => [to, [...scopes, ...(granted.get(to) ?? []).map(({ scope }) => scope)]]),
  );
}

/** Renders every hook with the table of payloads, and checks the results. */
export async function checkCommand(session: Session): Promise<number> {
  const { hooks, problems, families: selected, missing, holders } = await look(session);
  const anonymous = holders.held.get(ANONYMOUS) ?? [];
  const found = subjects(hooks, session.deployment, session.only, withGrants(holders.held, missing));
  const all = found.subjects.map((subject) => ({
    ...subject,
    // Every request may also use the scopes of `anonymous`.
    roleScopes: subject.roleScopes === undefined ? undefined : [...subject.roleScopes, ...anonymous],
  }));
  const now = new Date().toISOString();
  const advance = session.onProgress('Checking hooks', all.length);
  const results = all.map((subject, index) => {
    const result = checkHook(subject, now);
    advance?.(index + 1);
    return result;
  });
  const agreement = compareFastActions(selected);
  const reported = missing.flatMap(({ scope, orAnonymous }) => (orAnonymous ? scope : []));
  const reading = session.service
    ? await readingFindings(results, session.service, [...anonymous, ...reported])
    : { findings: [], unjudged: [] };
  const findings = [
    ...[...problems, ...found.problems].map(({ path, message }): Finding => ({ hook: path, message })),
    ...results.flatMap((result) => result.findings),
    ...reading.findings,
    ...agreement.findings,
  ];
  const unjudged = [...holders.unjudged, ...reading.unjudged, ...agreement.unjudged];
  const rendered = results.reduce((sum, result) => sum + result.rendered, 0);
  const refused = results.reduce((sum, result) => sum + result.refused, 0);
  const failing = results.reduce((sum, result) => sum + result.failing, 0);
  const off = selected.length > 0 && selected.every(({ level }) => level.killSwitch);
  const failed = findings.length > 0 || missing.length > 0 || (all.length === 0 && !off);
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
          ? `there is nothing to check: ${off ? 'every matching hook is under the kill switch' : 'no matching hook would be wrapped'}`
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
