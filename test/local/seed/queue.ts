// @ts-ignore -- the package ships no types
import library from 'taskcluster-client';
import type { ClientOptions } from '../../../local/treeherder/client.ts';

/** What the tests of the seed do with the queue, as a hook at work or as a worker. */
interface QueueClient {
  createTask(taskId: string, task: Record<string, unknown>): Promise<unknown>;
  rerunTask(taskId: string): Promise<unknown>;
  claimWork(taskQueueId: string, payload: Record<string, unknown>): Promise<unknown>;
}

const constructors: { Queue: new (options: ClientOptions & { authorizedScopes?: string[] }) => QueueClient } =
  library;

export const { Queue } = constructors;
