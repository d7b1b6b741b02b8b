import type { Writer } from '../ports/writer.ts';
import type { TaskDefinition, TaskStatus } from '../tasks/definition.ts';
import { fields, status } from './answers.ts';
import type { MethodOf, TaskclusterClient } from './client.ts';
import type { TaskclusterReader } from './reader.ts';
import type { ConcurrencyLimit, WriteLimits } from './concurrency-limit.ts';
import { ifReadable, isTaskclusterError } from '../ports/error.ts';
import { goesOn, ONE_OF_SEVERAL, pauseBefore, withRetries, WRITE_POLICY } from './retry.ts';
import type { TaskId } from '../tasks/names.ts';

/** Creates and reruns tasks with the credentials of its client, as many at once as the queue can take. */
export class TaskclusterWriter implements Writer {
  readonly #client: TaskclusterClient;
  readonly #reader: TaskclusterReader;
  readonly #limits: WriteLimits;

  /**
   * @param reader to find out whether a call with a lost answer took effect
   * @param limits shared by all writers of this process
   */
  constructor(client: TaskclusterClient, reader: TaskclusterReader, limits: WriteLimits) {
    this.#client = client;
    this.#reader = reader;
    this.#limits = limits;
  }

  async createTask(taskId: TaskId, definition: TaskDefinition): Promise<void> {
    // While a task waits for a retry, it takes no slot from others.
    await withRetries(WRITE_POLICY, () => this.#once('createTask', [taskId, definition]));
  }

  async rerunTask(taskId: TaskId, knownRuns: number): Promise<void> {
    // Not idempotent once the new run has ended, so it is only sent again after the status shows no new run.
    let unanswered = false;
    for (let failed = 1; ; failed++) {
      try {
        await this.#once('rerunTask', [taskId]);
        return;
      } catch (error) {
        if (!isTaskclusterError(error)) throw error;
        unanswered ||= error.unanswered;
        if (!goesOn(error, failed, WRITE_POLICY)) throw unanswered ? error.afterUnanswered() : error;
        await pauseBefore(failed + 1, WRITE_POLICY);
        const runs = await this.#countRuns(taskId);
        if (runs === undefined) throw error.afterUnanswered();
        if (runs > knownRuns) return;
      }
    }
  }

  async cancelTask(taskId: TaskId): Promise<TaskStatus> {
    const method = 'cancelTask';
    const answer = fields(
      method,
      await withRetries(WRITE_POLICY, () => this.#once(method, [taskId], this.#limits.cancellations)),
    );
    return status(method, answer['status']);
  }

  /** Undefined if the status cannot be read. */
  async #countRuns(taskId: TaskId): Promise<number | undefined> {
    return (await ifReadable(this.#reader.statuses([taskId])))?.get(taskId)?.runs.length;
  }

  #once(
    method: MethodOf<'Queue'>,
    args: unknown[],
    limit: ConcurrencyLimit = this.#limits.runs,
  ): Promise<unknown> {
    return limit.run(() => this.#client.call('Queue', method, args, ONE_OF_SEVERAL));
  }
}
