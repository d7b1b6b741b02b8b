import pLimit from 'p-limit';
import type { HookDefinition } from './definition.ts';
import type { Deployment } from './deployment.ts';
import { families } from './families.ts';
import { ServiceError, type Role, type Service } from './service.ts';

/** Expanded scopes of roles and clients, by `role:…` or `client:…`; empty if there is no such role or client. */
export type HeldScopes = Map<string, string[]>;

/** The role whose scopes every request has in addition to its own. */
export const ANONYMOUS = 'role:anonymous';

/** The roles and clients that need grants, as they are in the live service. */
export interface Holders {
  roles: Map<string, Role>;
  held: HeldScopes;
  /** Grants that could not be judged, and why, one line each */
  unjudged: string[];
}

/** Roles and clients read at once: enough to hide latency, few enough not to strain the service. */
const CONCURRENCY = 10;

/** All hooks of the configured groups. */
export async function readHooks(service: Service, deployment: Deployment): Promise<HookDefinition[]> {
  const groups = new Set(families(deployment).map((family) => family.hookGroupId));
  const lists = await Promise.all([...groups].map((group) => service.listHooks(group)));
  return lists.flat();
}

/**
 * Reads the roles and clients that need grants. If one may not be read (403), its grants are not judged.
 * @param principals `role:<roleId>`, `client:<clientId>`, or a description of someone whom this tool cannot know
 */
export async function readHolders(service: Service, principals: Iterable<string>): Promise<Holders> {
  const holders: Holders = { roles: new Map(), held: new Map(), unjudged: [] };
  const limit = pLimit(CONCURRENCY);
  const read = async (to: string): Promise<string | undefined> => {
    const [kind, id] = [to.slice(0, to.indexOf(':')), to.slice(to.indexOf(':') + 1)];
    if (kind === 'role') {
      const role = await service.role(id);
      if (role !== undefined) holders.roles.set(id, role);
      holders.held.set(to, role?.expandedScopes ?? []);
      return undefined;
    }
    if (kind !== 'client') return `${to}: this tool cannot know who that is`;
    holders.held.set(to, (await service.clientScopes(id)) ?? []);
    return undefined;
  };
  const answers = await limit.map(new Set(principals), async (to) => {
    try {
      return await read(to);
    } catch (error) {
      if (!(error instanceof ServiceError) || !error.forbidden) throw error;
      return `${to}: ${error.message}`;
    }
  });
  holders.unjudged.push(...answers.filter((answer) => answer !== undefined));
  return holders;
}
