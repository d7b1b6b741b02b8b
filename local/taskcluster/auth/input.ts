import { inputSchema } from '../http/input-schema.ts';
import type { RequestToAuthenticate } from './authenticate.ts';

const scopes = { type: 'array', uniqueItems: true, items: { type: 'string', pattern: '^[ -~]*$' } };
const description = { type: 'string', maxLength: 10_240 };

export const hawkInput = inputSchema<RequestToAuthenticate>('auth/v1/authenticate-hawk-request', {
  type: 'object',
  additionalProperties: false,
  required: ['method', 'resource', 'host', 'port'],
  properties: {
    method: { enum: ['get', 'post', 'put', 'head', 'delete', 'options', 'trace', 'patch', 'connect'] },
    resource: { type: 'string' },
    host: { type: 'string', format: 'hostname' },
    port: { type: 'integer', minimum: 0, maximum: 65_535 },
    authorization: { type: 'string' },
    sourceIp: { type: 'string', oneOf: [{ format: 'ipv6' }, { format: 'ipv4' }] },
  },
});

export const scopesInput = inputSchema<{ scopes: string[] }>('auth/v1/scopeset', {
  type: 'object',
  additionalProperties: false,
  required: ['scopes'],
  properties: { scopes },
});

export interface NewClientBody {
  scopes?: string[];
  description: string;
  expires: string;
  deleteOnExpiration?: boolean;
}

export const newClientInput = inputSchema<NewClientBody>('auth/v1/create-client-request', {
  type: 'object',
  additionalProperties: false,
  required: ['expires', 'description'],
  properties: {
    scopes,
    description,
    expires: { type: 'string', format: 'date-time' },
    deleteOnExpiration: { type: 'boolean' },
  },
});

export const roleInput = inputSchema<{ scopes: string[]; description: string }>(
  'auth/v1/create-role-request',
  {
    type: 'object',
    additionalProperties: false,
    required: ['scopes', 'description'],
    properties: { scopes, description },
  },
);
