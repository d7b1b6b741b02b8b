import { satisfiesExpression } from 'taskcluster-lib-scopes';
import { ANONYMOUS, type HeldScopes } from '../read/live.ts';
import type { Grant } from '../render/grants.ts';

/**
 * The grants that are known to be missing. Grants to people, and to roles or clients that cannot be read, are not
 * judged.
 */
export function missingGrants(all: Grant[], held: HeldScopes): Grant[] {
  const anonymous = held.get(ANONYMOUS);
  return all.filter(({ to, scope, orAnonymous }) => {
    const scopes = held.get(to);
    if (scopes === undefined || (orAnonymous && anonymous === undefined)) return false;
    return !satisfiesExpression(orAnonymous ? [...scopes, ...(anonymous ?? [])] : scopes, scope);
  });
}
