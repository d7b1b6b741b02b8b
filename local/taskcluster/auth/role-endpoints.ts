import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '../http/api-error.ts';
import { endpoint, endpointWithInput, PAGING, type Endpoint } from '../http/endpoint.ts';
import { continuation, paginate } from '../http/pagination.ts';
import { roleInput } from './input.ts';
import type { Role, Roles } from './roles.ts';
import { compareScopes, ScopeSet } from './scopes.ts';

const service = 'auth';

export function roleEndpoints({ roles, now }: { roles: Roles; now: () => number }): Endpoint[] {
  const toJson = (role: Role): object => ({
    ...role,
    expandedScopes: roles.expand([`assume:${role.roleId}`]),
  });
  return [
    endpoint({
      service,
      name: 'listRoles2',
      method: 'get',
      route: '/roles2/',
      query: PAGING,
      scopes: 'auth:list-roles',
      handler: ({ query }) => {
        const page = paginate(roles.list(), query);
        return { json: { roles: page.rows.map(toJson), ...continuation(page) } };
      },
    }),
    endpoint({
      service,
      name: 'listRoleIds',
      method: 'get',
      route: '/roleids/',
      query: PAGING,
      scopes: 'auth:list-roles',
      handler: ({ query }) => {
        const page = paginate(roles.list(), query);
        return { json: { roleIds: page.rows.map(({ roleId }) => roleId), ...continuation(page) } };
      },
    }),
    endpoint({
      service,
      name: 'role',
      method: 'get',
      route: '/roles/:roleId',
      scopes: 'auth:get-role:<roleId>',
      handler: (request) => {
        const role = roles.get(request.param('roleId'));
        if (!role) throw new ApiError('ResourceNotFound', 'Role not found');
        return { json: toJson(role) };
      },
    }),
    endpointWithInput({
      service,
      name: 'createRole',
      method: 'put',
      route: '/roles/:roleId',
      scopes: { AllOf: ['auth:create-role:<roleId>', { for: 'scope', in: 'scopes', each: '<scope>' }] },
      input: roleInput,
      handler: (request) => {
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
      },
    }),
    endpointWithInput({
      service,
      name: 'updateRole',
      method: 'post',
      route: '/roles/:roleId',
      scopes: { AllOf: ['auth:update-role:<roleId>', { for: 'scope', in: 'scopesAdded', each: '<scope>' }] },
      input: roleInput,
      handler: (request) => {
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
      },
    }),
    endpoint({
      service,
      name: 'deleteRole',
      method: 'delete',
      route: '/roles/:roleId',
      scopes: 'auth:delete-role:<roleId>',
      handler: (request) => {
        roles.delete(request.param('roleId'));
        return { status: 204 };
      },
    }),
  ];
}

function checkStars(scopes: readonly string[]): void {
  if (!scopes.some((scope) => scope.endsWith('**'))) return;
  throw new ApiError('InputError', 'scopes must not end with `**`');
}
