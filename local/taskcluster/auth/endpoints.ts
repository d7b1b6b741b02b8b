import { isDeepStrictEqual } from 'node:util';

import { endpoint, endpointWithInput, PAGING, type Endpoint } from '../http/endpoint.ts';
import { ApiError } from '../http/api-error.ts';
import { continuation, paginate } from '../http/pagination.ts';
import type { Authenticator } from './authenticate.ts';
import type { Client, Clients } from './clients.ts';
import { hawkInput, newClientInput, scopesInput } from './input.ts';
import type { Roles } from './roles.ts';
import { roleEndpoints } from './role-endpoints.ts';
import { compareScopes } from './scopes.ts';

export interface AuthContext {
  clients: Clients;
  roles: Roles;
  authenticator: Authenticator;
  now: () => number;
}

const CLIENT_ID = /^[A-Za-z0-9!@/:.+|_-]+$/;
const service = 'auth';

export function authEndpoints(context: AuthContext): Endpoint[] {
  const { clients, roles, authenticator } = context;
  const toJson = (client: Client): object => ({
    clientId: client.clientId,
    description: client.description,
    expires: client.expires,
    created: client.created,
    lastModified: client.lastModified,
    lastDateUsed: client.lastDateUsed,
    lastRotated: client.lastRotated,
    deleteOnExpiration: client.deleteOnExpiration,
    scopes: client.scopes,
    expandedScopes: roles.expand(client.scopes),
    disabled: client.disabled,
  });
  return [
    endpointWithInput({
      service,
      name: 'authenticateHawk',
      method: 'post',
      route: '/authenticate-hawk',
      input: hawkInput,
      handler: ({ body }) => ({ json: authenticator.authenticate(body) }),
    }),
    endpointWithInput({
      service,
      name: 'expandScopes',
      method: 'post',
      route: '/scopes/expand',
      scopes: 'auth:expand-scopes',
      input: scopesInput,
      handler: ({ body }) => ({ json: { scopes: roles.expand(body.scopes) } }),
    }),
    endpoint({
      service,
      name: 'currentScopes',
      method: 'get',
      route: '/scopes/current',
      scopes: 'auth:current-scopes',
      handler: (request) => ({ json: { scopes: request.scopes() } }),
    }),
    endpoint({
      service,
      name: 'listClients',
      method: 'get',
      route: '/clients/',
      query: { prefix: CLIENT_ID, ...PAGING },
      scopes: 'auth:list-clients',
      handler: ({ query }) => {
        const page = paginate(clients.list(query['prefix']), query);
        return { json: { clients: page.rows.map(toJson), ...continuation(page) } };
      },
    }),
    endpoint({
      service,
      name: 'client',
      method: 'get',
      route: '/clients/:clientId',
      scopes: 'auth:get-client:<clientId>',
      handler: (request) => {
        const client = clients.get(request.param('clientId'));
        if (!client) throw new ApiError('ResourceNotFound', 'Client not found');
        return { json: toJson(client) };
      },
    }),
    endpointWithInput({
      service,
      name: 'createClient',
      method: 'put',
      route: '/clients/:clientId',
      scopes: { AllOf: ['auth:create-client:<clientId>', { for: 'scope', in: 'scopes', each: '<scope>' }] },
      input: newClientInput,
      handler: (request) => {
        const clientId = request.param('clientId');
        const { scopes = [], description, expires, deleteOnExpiration = false } = request.body;
        forbidStatic(clientId);
        if (scopes.some((scope) => scope.endsWith('**'))) {
          throw new ApiError('InputError', 'scopes must not end with `**`');
        }
        request.authorize({ clientId, scopes });
        const wanted = {
          clientId,
          scopes: scopes.toSorted(compareScopes),
          description,
          expires: new Date(expires).toJSON(),
          deleteOnExpiration,
        };
        const existing = clients.get(clientId);
        if (existing && !isDeepStrictEqual({ ...existing, ...wanted }, existing)) {
          throw new ApiError('RequestConflict', 'Client already exists');
        }
        const client = existing ?? clients.create(wanted);
        return { json: { ...toJson(client), accessToken: client.accessToken } };
      },
    }),
    endpoint({
      service,
      name: 'deleteClient',
      method: 'delete',
      route: '/clients/:clientId',
      scopes: 'auth:delete-client:<clientId>',
      handler: (request) => {
        forbidStatic(request.param('clientId'));
        clients.delete(request.param('clientId'));
        return { status: 204 };
      },
    }),
    ...roleEndpoints(context),
  ];
}

function forbidStatic(clientId: string): void {
  if (!clientId.startsWith('static/')) return;
  throw new ApiError(
    'InputError',
    `clientId "${clientId}" starts with "static/" which is reserved for statically configured clients. ` +
      'Contact your administrator to change static clients.',
  );
}
