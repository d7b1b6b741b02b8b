import { ifReadable, isTaskclusterError, type TaskclusterError } from '../ports/error.ts';
import type { HookAnswer, HookTrigger } from '../ports/hook-trigger.ts';
import type { Reader } from '../ports/reader.ts';
import type { HookName } from '../tasks/hook-name.ts';
import { fields, optionalText } from './answers.ts';
import type { TaskclusterClient } from './client.ts';
import {
  goesOn,
  isRetryable,
  ONCE,
  ONE_OF_SEVERAL,
  pauseBefore,
  WRITE_POLICY,
  type RetryPolicy,
} from './retry.ts';
import type { TaskId } from '../tasks/names.ts';

/** Triggers hooks with the credentials of its client. */
export class TaskclusterHooks implements HookTrigger {
  readonly #client: TaskclusterClient;
  readonly #reader: Pick<Reader, 'statuses'>;

  /** @param reader to find out whether a call with a lost answer took effect */
  constructor(client: TaskclusterClient, reader: Pick<Reader, 'statuses'>) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Whether the hook exists. Assumes so if we lack `hooks:get:<hook>`, which usually everyone has. */
  async exists({ hookGroupId, hookId }: HookName): Promise<boolean> {
    try {
      await this.#client.call('Hooks', 'hook', [hookGroupId, hookId]);
      return true;
    } catch (error) {
      if (isTaskclusterError(error) && error.notFound) return false;
      if (isTaskclusterError(error) && error.statusCode === 403) return true;
      throw error;
    }
  }

  async triggerHook(hook: HookName, payload: object, taskId?: TaskId): Promise<HookAnswer | undefined> {
    if (taskId === undefined) return this.#unnamed(hook, payload);
    let unanswered = false;
    let firstFired: TaskclusterError | undefined;
    for (let failed = 1; ; failed++) {
      try {
        return await this.#once(hook, { ...payload, taskId }, ONE_OF_SEVERAL);
      } catch (error) {
        if (!isTaskclusterError(error)) throw error;
        unanswered ||= error.unanswered;
        // Created by an earlier attempt, or by this one with its answer lost.
        const isThere = error.statusCode !== 403 && (await this.#isThere(taskId));
        if (isThere === true) return { taskId, status: { taskId } };
        const fired = error.statusCode === 400 && hasFired(error);
        if (fired && isThere === undefined) throw error.afterUnanswered();
        // A task without a chosen id cannot be looked up, so no trigger with an id may still be under way.
        if (error.statusCode === 400 && !fired && !unanswered) return this.#unnamed(hook, payload);
        // Perhaps the hooks service could not reach the queue, or got no answer from it. If the queue refused the task,
        // only the first error says why: the second is that this hook has fired with this taskId before.
        const goOn = fired ? !firstFired : goesOn(error, failed, WRITE_POLICY);
        if (fired) firstFired ??= error;
        const shown = firstFired ?? error;
        if (!goOn) throw unanswered ? shown.afterUnanswered() : shown;
        await pauseBefore(failed + 1, WRITE_POLICY);
      }
    }
  }

  /** @returns undefined if that cannot be read */
  async #isThere(taskId: TaskId): Promise<boolean | undefined> {
    return (await ifReadable(this.#reader.statuses([taskId])))?.has(taskId);
  }

  /** The hooks service may fail after it created the task, and then its taskId is unknown. */
  async #unnamed(hook: HookName, payload: object): Promise<HookAnswer | undefined> {
    try {
      return await this.#once(hook, payload, ONCE);
    } catch (error) {
      throw isTaskclusterError(error) && isRetryable(error) && error.statusCode !== 429
        ? error.afterUnanswered()
        : error;
    }
  }

  /** hooks.triggerHook creates a new task each time, so it must not be retried after a lost answer. */
  async #once(
    { hookGroupId, hookId }: HookName,
    payload: object,
    retry: RetryPolicy,
  ): Promise<HookAnswer | undefined> {
    const method = 'triggerHook';
    try {
      const answer = fields(
        method,
        await this.#client.call('Hooks', method, [hookGroupId, hookId, payload], retry),
      );
      const taskId = optionalText(method, answer['taskId']);
      return taskId === undefined ? {} : { taskId, status: { taskId } };
    } catch (error) {
      if (isTaskclusterError(error) && error.notFound) return undefined;
      throw error;
    }
  }
}

/**
 * Whether the hooks service took the payload, with its taskId, and failed afterwards: the taskId may be taken. If the
 * hook's schema has no taskId, it says something else.
 */
function hasFired({ text }: TaskclusterError): boolean {
  return text.startsWith('While firing hook') || text.startsWith('While calling createTask');
}
