import type { Service } from '../read/service.ts';
import { readingScopes } from '../render/reading.ts';
import type { CheckResult, Finding } from './check.ts';
import { satisfies } from './scopes.ts';

/**
 * The action tasks that could not read what the worker reads in their name. A role may have scopes that its action
 * tasks do not get, so this expands the tasks' own scopes, as the queue does for a claim.
 *
 * @param anonymous the scopes that every request has in addition
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
