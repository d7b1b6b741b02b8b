import { satisfiesExpression } from 'taskcluster-lib-scopes';
import { ServiceError, type Service } from '../read/service.ts';
import { readingScopes } from '../render/reading.ts';
import type { CheckResult, Finding } from './check.ts';

/**
 * The action tasks that could not read what the worker reads in their name. A role may have scopes that its action
 * tasks do not get, so this expands the tasks' own scopes, as the queue does for a claim.
 *
 * @param known scopes that need no finding: those of `anonymous`, and those reported already
 * @returns in `unjudged`, also why something could not be judged
 */
export async function readingFindings(
  results: readonly CheckResult[],
  service: Service,
  known: string[],
): Promise<{ findings: Finding[]; unjudged: string[] }> {
  try {
    return { findings: await findingsOf(results, service, known), unjudged: [] };
  } catch (error) {
    if (!(error instanceof ServiceError) || !error.forbidden) throw error;
    return { findings: [], unjudged: [`what the action tasks may read: ${error.message}`] };
  }
}

async function findingsOf(
  results: readonly CheckResult[],
  service: Service,
  known: string[],
): Promise<Finding[]> {
  const expanded = new Map<string, Promise<string[]>>();
  const expand = (scopes: string[]) => {
    const key = JSON.stringify(scopes);
    const answer = expanded.get(key) ?? service.expandScopes(scopes);
    expanded.set(key, answer);
    return answer;
  };
  const findings = results.map(async ({ actionTask }): Promise<Finding[]> => {
    if (!actionTask) return [];
    const held = [...(await expand(actionTask.scopes)), ...known];
    const lacking = readingScopes(actionTask.fastActions).filter(
      (scope) => !satisfiesExpression(held, scope),
    );
    if (lacking.length === 0) return [];
    const message = `its action task could not read, so every action would be forwarded; it lacks ${lacking.join(', ')}`;
    return [{ hook: actionTask.hook, message }];
  });
  return (await Promise.all(findings)).flat();
}
