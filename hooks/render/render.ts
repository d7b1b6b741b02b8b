import { stringify } from 'yaml';
import type { Subject } from './subjects.ts';
import type { HookDefinition } from '../read/definition.ts';
import type { Grant } from './grants.ts';

/** Everything that a deployment of the configuration contains. */
export interface Rendered {
  /** wrapped (or global) hooks and full copies, complete definitions */
  hooks: HookDefinition[];
  /**
   * scopes to add to roles; for the role of a global hook, all its scopes. Without those for reading: a scope of the
   * hook's role is not one of its action tasks, so these go to other roles (see `grants`).
   */
  roles: { roleId: string; scopes: string[] }[];
  /** all scopes that roles, the worker's client and people must have */
  grants: Grant[];
}

export function render(subjects: Subject[], grants: Grant[]): Rendered {
  const roles = new Map<string, string[]>();
  for (const { to, scope, orAnonymous } of grants) {
    if (!to.startsWith('role:') || orAnonymous) continue;
    const roleId = to.slice('role:'.length);
    roles.set(roleId, [...(roles.get(roleId) ?? []), scope]);
  }
  return {
    hooks: subjects.flatMap(({ wanted, full }) => (full === null ? [wanted] : [wanted, full])),
    roles: [...roles].map(([roleId, scopes]) => ({ roleId, scopes })),
    grants,
  };
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML without anchors: every hook contains the whole wrapper, as in the service. */
export function toYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 110 });
}
