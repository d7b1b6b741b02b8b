import type { Finding } from './compare/check.ts';
import { describe } from './compare/describe.ts';
import { compareFastActions } from './compare/functions-setting.ts';
import { describeFindings } from './compare/group-findings.ts';
import { count, type Line } from './compare/lines.ts';
import { checkAll } from './checks.ts';
import { toJson } from './render/render.ts';
import { FAILED, look, OK, print, type Session } from './session.ts';

/** Renders every hook with the table of payloads, and checks the results. */
export async function checkCommand(session: Session): Promise<number> {
  const seen = await look(session);
  const { families: selected, missing, holders } = seen;
  const { results, ...checks } = await checkAll(session, seen);
  const agreement = compareFastActions(selected);
  const findings = [
    ...seen.problems.map(({ path, message }): Finding => ({ hook: path, message })),
    ...checks.findings,
    ...agreement.findings,
  ];
  const unjudged = [...holders.unjudged, ...checks.unjudged, ...agreement.unjudged];
  const rendered = results.reduce((sum, result) => sum + result.rendered, 0);
  const refused = results.reduce((sum, result) => sum + result.refused, 0);
  const failing = results.reduce((sum, result) => sum + result.failing, 0);
  const off = selected.length > 0 && selected.every(({ level }) => level.killSwitch);
  const failed = findings.length > 0 || missing.length > 0 || (results.length === 0 && !off);
  if (session.json) {
    session.out.write(
      toJson({
        hooks: results.length,
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
        results.length === 0
          ? `there is nothing to check: ${off ? 'every matching hook is under the kill switch' : 'no matching hook would be wrapped'}`
          : `${count(results.length, 'hook')}, ${count(rendered, 'payload')} rendered (${refused} more refused by the hooks' own ` +
            `schemas; ${failing} fail today too): ` +
            `${count(findings.length, 'problem')}, ${count(missing.length, 'grant')} missing`,
    },
    ...(session.service === undefined
      ? [{ style: 'plain', text: 'offline: roles and clients were not checked' } satisfies Line]
      : []),
  ]);
  return failed ? FAILED : OK;
}
