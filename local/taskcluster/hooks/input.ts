import { inputSchema } from '../http/input-schema.ts';
import type { JsonObject } from '../json.ts';

/** A hook as its definition is read and written. */
export interface HookDefinition {
  hookGroupId: string;
  hookId: string;
  metadata: JsonObject;
  /** JSON-e template of the task. */
  task: JsonObject;
  bindings: unknown[];
  schedule: string[];
  triggerSchema: JsonObject;
}

export type HookBody = Omit<HookDefinition, 'hookGroupId' | 'hookId' | 'bindings'> &
  Partial<Pick<HookDefinition, 'hookGroupId' | 'hookId' | 'bindings'>>;

export const hookInput = inputSchema<HookBody>('hooks/v1/create-hook-request', {
  type: 'object',
  additionalProperties: false,
  required: ['metadata', 'task'],
  properties: {
    hookGroupId: { type: 'string', pattern: '^[a-zA-Z0-9-_]*$', minLength: 1, maxLength: 1000 },
    hookId: { type: 'string', pattern: '^[a-zA-Z0-9-_/]*$', minLength: 1, maxLength: 1000 },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'description', 'owner'],
      properties: {
        name: { type: 'string', maxLength: 255 },
        description: { type: 'string', maxLength: 32_768 },
        owner: { type: 'string', format: 'email', maxLength: 255 },
        emailOnError: { type: 'boolean' },
      },
    },
    task: { type: 'object' },
    bindings: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['exchange', 'routingKeyPattern'],
        properties: {
          exchange: { type: 'string', minLength: 1 },
          routingKeyPattern: { type: 'string', minLength: 1 },
        },
      },
    },
    schedule: { type: 'array', items: { type: 'string' }, uniqueItems: true, default: [] },
    triggerSchema: { type: 'object', default: { type: 'object', additionalProperties: false } },
  },
});

/** What every hook accepts; the rest is up to its own schema. */
export const payloadInput = inputSchema<JsonObject>('hooks/v1/trigger-hook', { type: 'object' });
