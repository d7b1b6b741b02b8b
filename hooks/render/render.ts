import { stringify } from 'yaml';
import type { Subject } from './subjects.ts';
import type { HookDefinition } from '../read/definition.ts';
import type { Grant } from './grants.ts';

/** Everything that a deployment of the configuration contains. */
export interface Rendered {
  /** wrapped (or global) hooks and full copies, complete definitions */
  hooks: HookDefinition[];
  /** scopes to add to roles; for the role of a global hook, all its scopes */
  roles: { roleId: string; scopes: string[] }[];
  /** all scopes that roles, the worker's client and people must have */
  grants: Grant[];
}

export function render(subjects: Subject[], grants: Grant[]): Rendered {
  const roles = new Map<string, string[]>();
  for (const { to, scope } of grants) {
    if (!to.startsWith('role:')) continue;
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
