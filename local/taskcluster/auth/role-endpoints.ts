import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import { Api, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import { roleInput } from './input.ts';
import type { Role, Roles } from './roles.ts';
import { compareScopes, ScopeSet } from './scopes.ts';

const api = new Api('auth');

export function roleEndpoints({ roles, now }: { roles: Roles; now: () => number }): Endpoint[] {
  const toJson = (role: Role): object => ({
    ...role,
    expandedScopes: roles.expand([`assume:${role.roleId}`]),
  });
  return [
    api.method('listRoles2', ({ query }) => {
      const page = paginate(roles.list(), query);
      return { json: { roles: page.rows.map(toJson), ...continuation(page) } };
    }),
    api.method('listRoleIds', ({ query }) => {
      const page = paginate(roles.list(), query);
      return { json: { roleIds: page.rows.map(({ roleId }) => roleId), ...continuation(page) } };
    }),
    api.method('role', (request) => {
      const role = roles.get(request.param('roleId'));
      if (!role) throw new ApiError('ResourceNotFound', 'Role not found');
      return { json: toJson(role) };
    }),
    api.methodWithInput('createRole', roleInput, (request) => {
      const roleId = request.param('roleId');
      checkStars(request.body.scopes);
      const scopes = request.body.scopes.toSorted(compareScopes);
      const { description } = request.body;
      request.authorize({ roleId, scopes });
      const existing = roles.get(roleId);
      if (existing) {
        const same = existing.description === description && isDeepStrictEqual(existing.scopes, scopes);
        if (!same) throw new ApiError('RequestConflict', `Role with roleId '${roleId}' already exists`);
        return { json: toJson(existing) };
      }
      const time = new Date(now()).toJSON();
      const role: Role = { roleId, scopes, description, created: time, lastModified: time };
      roles.set(role);
      return { json: toJson(role) };
    }),
    api.methodWithInput('updateRole', roleInput, (request) => {
      const roleId = request.param('roleId');
      const { scopes } = request.body;
      checkStars(scopes);
      const existing = roles.get(roleId);
      if (!existing) throw new ApiError('ResourceNotFound', `Role with roleId '${roleId}' not found`);
      const before = ScopeSet.of(roles.expand(existing.scopes));
      const scopesAdded = scopes.filter((scope) => !before.satisfies(scope));
      request.authorize({ roleId, scopesAdded });
      const { description } = request.body;
      const role: Role = { ...existing, scopes, description, lastModified: new Date(now()).toJSON() };
      roles.set(role);
      return { json: toJson(role) };
    }),
    api.method('deleteRole', (request) => {
      roles.delete(request.param('roleId'));
      return { status: 204 };
    }),
  ];
}

function checkStars(scopes: readonly string[]): void {
  if (!scopes.some((scope) => scope.endsWith('**'))) return;
  throw new ApiError('InputError', 'scopes must not end with `**`');
}
