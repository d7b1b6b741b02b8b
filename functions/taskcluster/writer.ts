import type { Writer } from '../ports/writer.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { TaskclusterClient } from './client.ts';
import type { TaskclusterReader } from './reader.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { isRetryable, ONCE, pauseBefore, withRetries, WRITE_POLICY } from './retry.ts';

/** Creates and reruns tasks with the credentials of its client, as many at once as the queue bears. */
export class TaskclusterWriter implements Writer {
  readonly #client: TaskclusterClient;
  readonly #reader: TaskclusterReader;
  readonly #limit: ConcurrencyLimit;

  /**
   * @param reader to find out what a lost answer has left behind
   * @param limit shared by all writers of this process
   */
  constructor(client: TaskclusterClient, reader: TaskclusterReader, limit: ConcurrencyLimit) {
    this.#client = client;
    this.#reader = reader;
    this.#limit = limit;
  }

  async createTask(taskId: string, definition: TaskDefinition): Promise<void> {
    // While it waits for another try a task takes no place from others.
    await withRetries(WRITE_POLICY, () => this.#once('createTask', [taskId, definition]));
  }

  async rerunTask(taskId: string, knownRuns: number): Promise<void> {
    // Not idempotent once the new run has ended, so before every further try we look whether an earlier one has
    // arrived.
    for (let failed = 0; ; failed++) {
      try {
        await this.#once('rerunTask', [taskId]);
        return;
      } catch (error) {
        if (!isRetryable(error) || failed + 1 >= WRITE_POLICY.tries) throw error;
        await pauseBefore(failed + 2, WRITE_POLICY);
        const status = (await this.#reader.statuses([taskId])).get(taskId);
        if (status && status.runs.length > knownRuns) return;
      }
    }
  }

  #once(method: string, args: unknown[]): Promise<unknown> {
    return this.#limit.run(() => this.#client.call('Queue', method, args, ONCE));
  }
}
