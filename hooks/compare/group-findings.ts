import type { Problem } from './changes.ts';
import type { Finding } from './check.ts';
import { count, type Line } from './lines.ts';

const MAX_NAMES = 3;

/** Groups findings by problem: one cause usually affects most payloads of most hooks. */
export function describeFindings(findings: readonly Finding[]): Line[] {
  const causes = Map.groupBy(findings, ({ message }) => message);
  return [...causes].flatMap(([message, found]): Line[] => {
    const hooks = new Set(found.map(({ hook }) => hook));
    const payloads = new Set(found.flatMap(({ payload }) => payload ?? []));
    const where = [names('hook', hooks), ...(payloads.size > 0 ? [names('payload', payloads)] : [])];
    return [
      { style: 'problem', text: `! ${message}` },
      ...where.map((text): Line => ({ style: 'plain', text: `      ${text}` })),
    ];
  });
}

/** Hooks with the same problem, named together like findings; one alone is named before its problem. */
export function describeProblems(problems: readonly Problem[]): Line[] {
  const causes = Map.groupBy(problems, ({ path, message }) => message.replaceAll(path, '…'));
  return [...causes].flatMap(([cause, found]): Line[] => {
    const [first] = found;
    if (found.length > 1 || first === undefined)
      return describeFindings(found.map(({ path }) => ({ hook: path, message: cause })));
    return [{ style: 'problem', text: `! ${first.path}: ${first.message}` }];
  });
}

/** `12 hooks: a; b; c and 9 more`; names of payloads have commas in them. */
function names(kind: string, all: ReadonlySet<string>): string {
  const shown = [...all].slice(0, MAX_NAMES).join('; ');
  const more = all.size - MAX_NAMES;
  return `${count(all.size, kind)}: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
