import { ApiError } from '../http/api-error.ts';
import { normalizeScopes } from './scopes.ts';

export interface Role {
  roleId: string;
  scopes: string[];
  description: string;
  created: string;
  lastModified: string;
}

const PLACEHOLDER = '<..>';

/** The roles of the deployment, and the expansion of scopes by the roles that they assume. */
export class Roles {
  readonly #roles = new Map<string, Role>();
  readonly #expanded = new Map<string, readonly string[]>();

  get(roleId: string): Role | undefined {
    return this.#roles.get(roleId);
  }

  list(): Role[] {
    return [...this.#roles.values()].toSorted((a, b) => (a.roleId < b.roleId ? -1 : 1));
  }

  /** Throws InputError if the roles would form a cycle, or if a parameter is ambiguous. */
  set(role: Role): void {
    const others = [...this.#roles.values()].filter(({ roleId }) => roleId !== role.roleId);
    checkParameters(role);
    checkCycles(role, [...others, role]);
    this.#roles.set(role.roleId, role);
    this.#expanded.clear();
  }

  delete(roleId: string): void {
    this.#roles.delete(roleId);
    this.#expanded.clear();
  }

  /**
   * The scopes and everything that the roles among them grant, directly or indirectly; sorted, without redundant ones.
   */
  expand(scopes: readonly string[]): readonly string[] {
    const key = scopes.join('\n');
    const known = this.#expanded.get(key);
    if (known) return known;
    const all = new Set(scopes);
    // Iterating a Set also visits what is added meanwhile, so this follows roles of roles.
    for (const scope of all) {
      for (const role of this.#roles.values()) for (const granted of grants(role, scope)) all.add(granted);
    }
    const expanded = normalizeScopes(all);
    if (this.#expanded.size > 1000) this.#expanded.clear();
    this.#expanded.set(key, expanded);
    return expanded;
  }
}

/** What one role grants to a scope: nothing, the role's scopes, or those with `<..>` filled in. */
function grants(role: Role, scope: string): readonly string[] {
  const star = scope.endsWith('*');
  if (!star && !scope.startsWith('assume:')) return [];
  const wanted = star ? scope.slice(0, -1) : scope;
  const granting = `assume:${role.roleId}`;
  if (!granting.endsWith('*')) {
    return (star ? granting.startsWith(wanted) : granting === wanted) ? role.scopes : [];
  }
  const prefix = granting.slice(0, -1);
  if (wanted.startsWith(prefix)) {
    return fill(role.scopes, wanted.slice(prefix.length) + (star ? '*' : ''));
  }
  return star && prefix.startsWith(wanted) ? fill(role.scopes, '*') : [];
}

function fill(scopes: readonly string[], parameter: string): string[] {
  return scopes.map((scope) => {
    const at = scope.indexOf(PLACEHOLDER);
    if (at < 0) return scope;
    // A star ends the scope: text after the parameter can no longer narrow it.
    const rest = parameter.endsWith('*') ? '' : scope.slice(at + PLACEHOLDER.length);
    return scope.slice(0, at) + parameter + rest;
  });
}

function checkParameters({ roleId, scopes }: Role): void {
  if (!roleId.endsWith('*')) return;
  for (const scope of scopes) {
    if (scope.split(PLACEHOLDER).length > 2) {
      throw new ApiError('InputError', `parameterized scope '${scope}' contains multiple '<..>'`);
    }
    if (scope.endsWith(`*${PLACEHOLDER}`)) {
      const why = "ends with '*<..>' which implies an ambiguous kleene";
      throw new ApiError('InputError', `parameterized scope '${scope}' ${why}`);
    }
  }
}

function checkCycles(start: Role, roles: readonly Role[]): void {
  const path: Role[] = [];
  const done = new Set<Role>();
  const visit = (role: Role): void => {
    if (done.has(role)) return;
    const at = path.indexOf(role);
    if (at >= 0) {
      const cycle = [...path.slice(at), role].map(({ roleId }) => `assume:${roleId}`).join("' -> '");
      throw new ApiError('InputError', `Roles may not contain dependency cycles, found: '${cycle}'`);
    }
    path.push(role);
    const widest = role.roleId.endsWith('*') ? fill(role.scopes, '*') : role.scopes;
    for (const other of roles) if (widest.some((scope) => assumes(scope, other))) visit(other);
    path.pop();
    done.add(role);
  };
  visit(start);
}

function assumes(scope: string, role: Role): boolean {
  return grants({ ...role, scopes: ['granted'] }, scope).length > 0;
}
