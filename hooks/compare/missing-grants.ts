import type { HeldScopes } from '../read/live.ts';
import type { Grant } from '../render/grants.ts';
import { satisfies } from './scopes.ts';

/** The grants that are known to be missing. Those to people and to unreadable principals are not judged. */
export function missingGrants(all: Grant[], held: HeldScopes): Grant[] {
  return all.filter((grant) => {
    const scopes = held.get(grant.to);
    return scopes !== undefined && !satisfies(scopes, [grant.scope]);
  });
}
