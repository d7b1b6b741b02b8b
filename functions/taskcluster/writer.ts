import type { HookAnswer, HookTrigger, Writer } from '../actions/ports.ts';
import type { ActionPayload } from '../actions/payload.generated.js';
import type { TaskDefinition } from '../tasks/definition.ts';
import { fields, optionalText, text } from './answers.ts';
import type { TaskclusterClient } from './client.ts';
import { isTaskclusterError } from './error.ts';
import type { TaskclusterReader } from './reader.ts';
import type { Pace } from './pace.ts';
import { isRetryable, pauseBefore, withRetries, WRITE_POLICY, type RetryPolicy } from './retry.ts';

const ONCE: RetryPolicy = { tries: 1, firstDelayMs: 0 };

/** Creates and reruns tasks with the credentials of its client, at the pace that the queue bears. */
export class TaskclusterWriter implements Writer {
  readonly #client: TaskclusterClient;
  readonly #reader: TaskclusterReader;
  readonly #pace: Pace;

  /**
   * @param reader to find out what a lost answer has left behind
   * @param pace shared by all writers of this process
   */
  constructor(client: TaskclusterClient, reader: TaskclusterReader, pace: Pace) {
    this.#client = client;
    this.#reader = reader;
    this.#pace = pace;
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
    return this.#pace.run(() => this.#client.call('Queue', method, args, ONCE));
  }
}

/** Triggers hooks with the credentials of its client. */
export class TaskclusterHooks implements HookTrigger {
  readonly #client: TaskclusterClient;

  constructor(client: TaskclusterClient) {
    this.#client = client;
  }

  /** Whether there is such a hook; taken for granted where we lack `hooks:get:<hook>`, which the public usually has. */
  async exists(hookGroupId: string, hookId: string): Promise<boolean> {
    try {
      await this.#client.call('Hooks', 'hook', [hookGroupId, hookId]);
      return true;
    } catch (error) {
      if (isTaskclusterError(error) && error.statusCode === 404) return false;
      if (isTaskclusterError(error) && error.statusCode === 403) return true;
      throw error;
    }
  }

  async triggerHook(
    hookGroupId: string,
    hookId: string,
    payload: ActionPayload,
  ): Promise<HookAnswer | undefined> {
    const method = 'triggerHook';
    try {
      // One try: hooks.triggerHook makes a new task each time, so a lost answer must not be asked for again here.
      const args = [hookGroupId, hookId, payload];
      const answer = fields(method, await this.#client.call('Hooks', method, args, ONCE));
      const taskId = optionalText(method, answer['taskId']);
      return taskId === undefined ? {} : { taskId, status: { taskId: text(method, taskId) } };
    } catch (error) {
      if (isTaskclusterError(error) && error.statusCode === 404) return undefined;
      throw error;
    }
  }
}
