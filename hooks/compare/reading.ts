import type { Service } from '../read/service.ts';
import { readingScopes } from '../render/reading.ts';
import type { CheckResult, Finding } from './check.ts';
import { satisfies } from './scopes.ts';

/**
 * Which action tasks could not read what the worker reads in their name. Roles may hold what their action tasks are not
 * given, so the tasks' own scopes are expanded, as the queue does it for a claim.
 *
 * @param anonymous what every request may use besides
 */
export async function readingFindings(
  results: readonly CheckResult[],
  service: Service,
  anonymous: string[],
): Promise<Finding[]> {
  const expanded = new Map<string, Promise<string[]>>();
  const expand = (scopes: string[]) => {
    const key = JSON.stringify(scopes);
    const known = expanded.get(key) ?? service.expandScopes(scopes);
    expanded.set(key, known);
    return known;
  };
  const findings = results.map(async ({ actionTask }): Promise<Finding[]> => {
    if (!actionTask) return [];
    const held = [...(await expand(actionTask.scopes)), ...anonymous];
    const lacking = readingScopes(actionTask.fastActions).filter((scope) => !satisfies(held, [scope]));
    if (lacking.length === 0) return [];
    const message = `its action task could not read, so that every action would be forwarded; it lacks ${lacking.join(', ')}`;
    return [{ hook: actionTask.hook, message }];
  });
  return (await Promise.all(findings)).flat();
}
