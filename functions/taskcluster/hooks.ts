import { isTaskclusterError } from '../ports/error.ts';
import type { HookAnswer, HookTrigger } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { HookName } from '../tasks/hook-name.ts';
import { fields, optionalText } from './answers.ts';
import type { TaskclusterClient } from './client.ts';
import { isRetryable, ONCE, pauseBefore, WRITE_POLICY } from './retry.ts';

/** Triggers hooks with the credentials of its client. */
export class TaskclusterHooks implements HookTrigger {
  readonly #client: TaskclusterClient;
  readonly #reader: Pick<Reader, 'statuses'>;

  /** @param reader to find out what a lost answer has left behind */
  constructor(client: TaskclusterClient, reader: Pick<Reader, 'statuses'>) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Whether there is such a hook; taken for granted where we lack `hooks:get:<hook>`, which the public usually has. */
  async exists({ hookGroupId, hookId }: HookName): Promise<boolean> {
    try {
      await this.#client.call('Hooks', 'hook', [hookGroupId, hookId]);
      return true;
    } catch (error) {
      if (isTaskclusterError(error) && error.statusCode === 404) return false;
      if (isTaskclusterError(error) && error.statusCode === 403) return true;
      throw error;
    }
  }

  async triggerHook(hook: HookName, payload: object, taskId?: string): Promise<HookAnswer | undefined> {
    if (taskId === undefined) return this.#once(hook, payload);
    for (let failed = 1; ; failed++) {
      try {
        return await this.#once(hook, { ...payload, taskId });
      } catch (error) {
        if (!isTaskclusterError(error) || error.statusCode === 403) throw error;
        // Made by an earlier attempt, or by this one though its answer was lost.
        if ((await this.#reader.statuses([taskId])).has(taskId)) return { taskId, status: { taskId } };
        if (error.statusCode === 400) return this.#once(hook, payload);
        if (!isRetryable(error) || failed >= WRITE_POLICY.tries) throw error;
        await pauseBefore(failed + 1, WRITE_POLICY);
      }
    }
  }

  /** hooks.triggerHook makes a new task each time, so a lost answer must not be asked for again. */
  async #once({ hookGroupId, hookId }: HookName, payload: object): Promise<HookAnswer | undefined> {
    const method = 'triggerHook';
    try {
      const answer = fields(
        method,
        await this.#client.call('Hooks', method, [hookGroupId, hookId, payload], ONCE),
      );
      const taskId = optionalText(method, answer['taskId']);
      return taskId === undefined ? {} : { taskId, status: { taskId } };
    } catch (error) {
      if (isTaskclusterError(error) && error.statusCode === 404) return undefined;
      throw error;
    }
  }
}
