import type { Finding } from './check.ts';
import type { Line } from './describe.ts';

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

/** `12 hooks: a; b; c and 9 more`; names of payloads have commas in them. */
function names(kind: string, all: ReadonlySet<string>): string {
  const shown = [...all].slice(0, MAX_NAMES).join('; ');
  const more = all.size - MAX_NAMES;
  return `${all.size} ${kind}${all.size === 1 ? '' : 's'}: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
