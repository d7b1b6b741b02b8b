import { isDeepStrictEqual } from 'node:util';

import { Api, type Endpoint } from '../http/endpoint.ts';
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

const api = new Api('auth');

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
    api.methodWithInput('authenticateHawk', hawkInput, ({ body }) => ({
      json: authenticator.authenticate(body),
    })),
    api.methodWithInput('expandScopes', scopesInput, ({ body }) => ({
      json: { scopes: roles.expand(body.scopes) },
    })),
    api.method('currentScopes', (request) => ({ json: { scopes: request.scopes() } })),
    api.method('listClients', ({ query }) => {
      const page = paginate(clients.list(query['prefix']), query);
      return { json: { clients: page.rows.map(toJson), ...continuation(page) } };
    }),
    api.method('client', (request) => {
      const client = clients.get(request.param('clientId'));
      if (!client) throw new ApiError('ResourceNotFound', 'Client not found');
      return { json: toJson(client) };
    }),
    api.methodWithInput('createClient', newClientInput, (request) => {
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
    }),
    api.method('deleteClient', (request) => {
      forbidStatic(request.param('clientId'));
      clients.delete(request.param('clientId'));
      return { status: 204 };
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
