import { inputSchema } from '../http/input-schema.ts';
import { SLUGID } from '../slugid.ts';
import { PRIORITIES, type TaskDefinition } from './task.ts';

/** A body of createTask with its defaults filled in. */
export type CreateTaskBody = Omit<
  TaskDefinition,
  'provisionerId' | 'workerType' | 'taskQueueId' | 'taskGroupId' | 'expires'
> &
  Partial<Pick<TaskDefinition, 'provisionerId' | 'workerType' | 'taskQueueId' | 'taskGroupId' | 'expires'>>;

const dateTime = { type: 'string', format: 'date-time' };
const taskId = { type: 'string', pattern: SLUGID.source };
const identifier = { type: 'string', pattern: '^([a-zA-Z0-9-_]*)$', minLength: 1, maxLength: 38 };

export const createTaskInput = inputSchema<CreateTaskBody>('queue/v1/create-task-request', {
  type: 'object',
  additionalProperties: false,
  required: ['created', 'deadline', 'payload', 'metadata'],
  properties: {
    provisionerId: { type: 'string', pattern: '^[a-zA-Z0-9-_]{1,38}$' },
    workerType: { type: 'string', pattern: '^[a-z]([-a-z0-9]{0,36}[a-z0-9])?$' },
    taskQueueId: { type: 'string', pattern: '^[a-zA-Z0-9-_]{1,38}/[a-z]([-a-z0-9]{0,36}[a-z0-9])?$' },
    schedulerId: { ...identifier, default: '-' },
    projectId: {
      type: 'string',
      pattern: '^[a-zA-Z0-9._/-]*$',
      minLength: 1,
      maxLength: 500,
      default: 'none',
    },
    taskGroupId: taskId,
    dependencies: { type: 'array', items: taskId, maxItems: 10_000, uniqueItems: true, default: [] },
    requires: { enum: ['all-completed', 'all-resolved'], default: 'all-completed' },
    routes: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 249 },
      maxItems: 64,
      uniqueItems: true,
      default: [],
    },
    priority: { enum: PRIORITIES, default: 'lowest' },
    retries: { type: 'integer', minimum: 0, maximum: 49, default: 5 },
    created: dateTime,
    deadline: dateTime,
    expires: dateTime,
    scopes: { type: 'array', items: { type: 'string', pattern: '^[ -~]*$' }, default: [] },
    // The published default is a list, which is then refused because it is not an object.
    payload: { type: 'object', default: [] },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'description', 'owner', 'source'],
      properties: {
        name: { type: 'string', maxLength: 255 },
        description: { type: 'string', maxLength: 32_768 },
        owner: { type: 'string', maxLength: 255 },
        source: {
          type: 'string',
          maxLength: 4096,
          pattern: '^(https?://|ssh://|git@)',
          anyOf: [{ format: 'uri' }, { format: 'regex' }],
        },
      },
    },
    tags: { type: 'object', additionalProperties: { type: 'string', maxLength: 4096 }, default: {} },
    extra: { type: 'object', default: {} },
  },
});

export const taskIdsInput = inputSchema<{ taskIds: string[] }>('queue/v1/tasks-request', {
  type: 'object',
  additionalProperties: false,
  properties: { taskIds: { type: 'array', items: { type: 'string' }, default: [] } },
});

export interface ClaimWorkBody {
  workerGroup: string;
  workerId: string;
  tasks: number;
}

export const claimWorkInput = inputSchema<ClaimWorkBody>('queue/v1/claim-work-request', {
  type: 'object',
  additionalProperties: false,
  required: ['workerGroup', 'workerId', 'tasks'],
  properties: {
    workerGroup: identifier,
    workerId: identifier,
    tasks: { type: 'integer', minimum: 1, maximum: 32, default: 1 },
  },
});

export const exceptionInput = inputSchema<{ reason: string }>('queue/v1/task-exception-request', {
  type: 'object',
  additionalProperties: false,
  required: ['reason'],
  properties: {
    reason: {
      enum: [
        'worker-shutdown',
        'malformed-payload',
        'resource-unavailable',
        'internal-error',
        'intermittent-task',
      ],
    },
  },
});
