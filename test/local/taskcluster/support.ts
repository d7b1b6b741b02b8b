import taskcluster from 'taskcluster-client';
import { onTestFinished } from 'vitest';

import type {
  Credentials,
  LocalTaskcluster,
  LocalTaskclusterOptions,
} from '../../../local/taskcluster/api.ts';
import { type JsonObject } from '../../../local/taskcluster/json.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** A local Taskcluster that is closed after the test. Waiting claims look for work often, to keep tests short. */
export async function start(options: LocalTaskclusterOptions = {}): Promise<LocalTaskcluster> {
  const local = await startLocalTaskcluster({ claimLookMs: 5, ...options });
  onTestFinished(() => local.close());
  return local;
}

/** Clients that do not retry, signed with these credentials; anonymous with null. */
export function clients(
  local: LocalTaskcluster,
  credentials: Credentials | null = local.credentials,
  authorizedScopes?: string[],
) {
  const options = {
    rootUrl: local.rootUrl,
    credentials: credentials ?? {},
    retries: 0,
    ...(authorizedScopes ? { authorizedScopes } : {}),
  };
  return {
    auth: new taskcluster.Auth(options),
    queue: new taskcluster.Queue(options),
    index: new taskcluster.Index(options),
    hooks: new taskcluster.Hooks(options),
  };
}

export interface Refusal {
  statusCode: unknown;
  code: unknown;
  message: string;
}

/** The refusal of a call; fails if it was not refused. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => {
      throw new Error('the call was not refused');
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) throw error;
  return { statusCode: error.statusCode, code: error.code, message: error.message };
}

/** A valid definition for createTask. */
export function definition(more: JsonObject = {}): JsonObject {
  return {
    taskQueueId: 'gecko-1/retrigger',
    schedulerId: 'gecko-level-1',
    created: fromNow(0),
    deadline: fromNow(DAY_MS),
    payload: {},
    metadata: {
      name: 'a task',
      description: 'for a test',
      owner: 'a@example.com',
      source: 'https://example.com',
    },
    ...more,
  };
}

export function fromNow(ms: number): string {
  return new Date(Date.now() + ms).toJSON();
}

/** Creates a task and returns its id. */
export async function newTask(local: LocalTaskcluster, more: JsonObject = {}): Promise<string> {
  const taskId = taskcluster.slugid();
  await clients(local).queue.createTask(taskId, definition(more));
  return taskId;
}

export interface Claimed {
  taskId: string;
  runId: number;
  credentials: Credentials;
}

/** Claims what is pending on a task queue. */
export async function claim(
  local: LocalTaskcluster,
  tasks = 32,
  taskQueueId = 'gecko-1/retrigger',
): Promise<Claimed[]> {
  const answer = await clients(local).queue.claimWork(taskQueueId, {
    workerGroup: 'g',
    workerId: 'w',
    tasks,
  });
  return list(answer, 'tasks').map((claimed) => {
    const { runId } = claimed;
    const { taskId } = record(claimed['status']);
    if (typeof taskId !== 'string' || typeof runId !== 'number') throw new TypeError('not a claim');
    return { taskId, runId, credentials: credentialsIn(claimed['credentials']) };
  });
}

/** The one claim on the default task queue. */
export async function claimOne(local: LocalTaskcluster): Promise<Claimed> {
  const [claimed] = await claim(local, 1);
  if (!claimed) throw new Error('nothing was pending');
  return claimed;
}

export function credentialsIn(value: unknown): Credentials {
  const { clientId, accessToken, certificate } = record(value);
  if (typeof clientId !== 'string' || typeof accessToken !== 'string') throw new TypeError('not credentials');
  return { clientId, accessToken, ...(typeof certificate === 'string' ? { certificate } : {}) };
}

export async function stateOf(local: LocalTaskcluster, taskId: string): Promise<unknown> {
  return record(record(await clients(local).queue.status(taskId))['status'])['state'];
}

export async function runsOf(local: LocalTaskcluster, taskId: string): Promise<JsonObject[]> {
  return list(record(await clients(local).queue.status(taskId))['status'], 'runs');
}

export function record(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError(`not an object: ${JSON.stringify(value)}`);
  return value;
}

/** The objects in an array property. */
export function list(value: unknown, key: string): JsonObject[] {
  const items = record(value)[key];
  if (!Array.isArray(items)) throw new TypeError(`${key} is not an array`);
  return items.map(record);
}
