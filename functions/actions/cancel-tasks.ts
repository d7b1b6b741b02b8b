import pLimit from 'p-limit';
import { timeLeft, within, type Deadlines } from '../platform/deadline.ts';
import { ifReadable, isTaskclusterError } from '../ports/error.ts';
import type { GroupTask, Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';
import type { TaskStatus } from '../tasks/definition.ts';
import {
  canceledAt,
  inOrder,
  isOpen,
  type Cancel,
  type CancelAction,
  type Cancellation,
} from './cancellation.ts';
import type { ItemOutcome, Outcome } from './outcome.ts';
import type { TaskId } from '../tasks/names.ts';

/**
 * Tasks handled at once. The writer, which other actions share, decides how many of them may have a request under way.
 */
const CONCURRENCY = 150;
/** How often the group is read again while new tasks appear in it. */
const LOOKS = 5;

export interface Canceling {
  action: CancelAction;
  plan: Cancellation;
  reader: Reader;
  writer: Pick<Writer, 'cancelTask'>;
  /** Called after each task, with the error if it was refused. */
  onDone: (item: ItemOutcome, cause?: unknown) => void;
  deadlines: Deadlines;
}

/**
 * Cancels what was planned and returns the outcome of every task. A refused one does not stop the others. If the whole
 * group is to be canceled, tasks that appear meanwhile are canceled too, for example those of an action that was still
 * creating tasks.
 */
export async function cancelTasks(canceling: Canceling): Promise<Outcome> {
  const { action, plan, reader, onDone, deadlines } = canceling;
  const session = new Session(canceling);
  const items: ItemOutcome[] = [
    ...plan.refused.map((refusal): ItemOutcome => ({ ...refusal, result: 'refused' })),
    ...plan.noops.map((noop): ItemOutcome => ({ ...noop, result: 'noop' })),
    ...plan.earlier.map(({ label, taskId }): ItemOutcome => ({
      label,
      taskId,
      result: 'canceled',
      earlier: true,
      reason: 'an earlier attempt at this action canceled it',
    })),
  ];
  for (const item of items) onDone(item);
  const doubts = await within(deadlines.writing, async () => {
    await session.cancel(plan.cancels);
    return plan.wholeGroup && plan.refused.length === 0 ? lookAgain(session, action, reader) : [];
  });
  for (const doubt of doubts) onDone(doubt);
  const attempted = await within(deadlines.looking, () => session.finish());
  return { items: [...attempted, ...items, ...doubts], warnings: [] };
}

/**
 * Cancels the tasks that appeared in the group since it was read, until there are no new ones.
 *
 * @returns an outcome for the group, if it is not known whether that succeeded
 */
async function lookAgain(session: Session, action: CancelAction, reader: Reader): Promise<ItemOutcome[]> {
  const { taskGroupId } = action;
  const doubt = (reason: string): ItemOutcome[] => [{ label: taskGroupId, result: 'unknown', reason }];
  const isNew = (task: GroupTask) =>
    isOpen(task) && task.taskId !== action.parent && !session.knows(task.taskId);
  for (let look = 0; look < LOOKS; look++) {
    let found = 0;
    try {
      // The next page is read while the tasks of this one are canceled.
      // mutant stays: what is no promise is not waited for
      const underWay: Promise<void>[] = [];
      for await (const page of reader.listTaskGroup(taskGroupId)) {
        const appeared = page.filter(isNew).toSorted(inOrder);
        // mutant stays: how many makes no difference
        found += appeared.length;
        const canceling = session.cancel(
          appeared.map(({ taskId, state }) => ({ label: taskId, taskId, state })),
        );
        // Awaited below. If reading fails first, that is the failure to report.
        canceling.catch(() => undefined);
        underWay.push(canceling);
      }
      await Promise.all(underWay);
    } catch (error) {
      if (!isTaskclusterError(error) || isGivenUp(error)) throw error;
      return doubt(`tasks that appeared in the meantime may still run: ${error.method}: ${error.summary}`);
    }
    if (found === 0) return [];
  }
  return doubt('new tasks keep appearing in this push; check it and cancel again');
}

/** What this attempt has tried to cancel so far. */
class Session {
  readonly #canceling: Canceling;
  readonly #limit = pLimit(CONCURRENCY);
  readonly #known = new Set<TaskId>();
  readonly #items: ItemOutcome[] = [];
  readonly #failed: Failed[] = [];

  constructor(canceling: Canceling) {
    this.#canceling = canceling;
  }

  knows(taskId: TaskId): boolean {
    return this.#known.has(taskId);
  }

  /** Cancels in this order. @throws TaskclusterError if the claim was given up: another worker continues this action */
  async cancel(cancels: readonly Cancel[]): Promise<void> {
    for (const { taskId } of cancels) this.#known.add(taskId);
    await this.#limit.map(cancels, (cancel) => this.#attempt(cancel));
  }

  /** The outcome of each. Looks up those that failed first, because an answer may have been lost. */
  async finish(): Promise<ItemOutcome[]> {
    const statuses = await this.#lookUp();
    for (const { cancel, error } of this.#failed) {
      const status = statuses.get(cancel.taskId);
      if (status && canceledAt(status.runs) !== undefined) this.#settle(canceled(cancel));
      else this.#settle(failed(cancel, error), error);
    }
    return this.#items;
  }

  async #attempt(cancel: Cancel): Promise<void> {
    try {
      this.#settle(outcomeOf(cancel, await this.#canceling.writer.cancelTask(cancel.taskId)));
    } catch (error) {
      if (isGivenUp(error)) {
        this.#limit.clearQueue();
        throw error;
      }
      if (isTaskclusterError(error) && error.statusCode === 409)
        this.#settle({ ...nameOf(cancel), result: 'noop', reason: `it is past its deadline: ${error.text}` });
      else this.#failed.push({ cancel, error });
    }
  }

  async #lookUp(): Promise<ReadonlyMap<TaskId, TaskStatus>> {
    const inDoubt = this.#failed.filter(
      ({ error }) => isTaskclusterError(error) && (error.unanswered || !error.refused),
    );
    if (inDoubt.length === 0) return new Map();
    const taskIds = inDoubt.map(({ cancel }) => cancel.taskId);
    return (await ifReadable(this.#canceling.reader.statuses(taskIds))) ?? new Map();
  }

  #settle(item: ItemOutcome, cause?: unknown): void {
    this.#items.push(item);
    this.#canceling.onDone(item, cause);
  }
}

interface Failed {
  cancel: Cancel;
  error: unknown;
}

/** Whether the claim that we act with is no longer ours. Running out of time is a different case. */
function isGivenUp(error: unknown): boolean {
  // mutant stays: only a millisecond lies between
  return isTaskclusterError(error) && error.kind === 'closed' && timeLeft() > 0;
}

function nameOf({ label, taskId }: Cancel) {
  return { label, taskId };
}

function canceled(cancel: Cancel): ItemOutcome {
  return { ...nameOf(cancel), result: 'canceled', reason: `it was ${cancel.state}` };
}

/** @param status after the call, which does not change a task that had already ended */
function outcomeOf(cancel: Cancel, { state, runs }: TaskStatus): ItemOutcome {
  if (isOpen(cancel) && canceledAt(runs) !== undefined) return canceled(cancel);
  const reason = canceledAt(runs) === undefined ? `it has already ended: ${state}` : 'it is already canceled';
  return { ...nameOf(cancel), result: 'noop', reason };
}

function failed(cancel: Cancel, error: unknown): ItemOutcome {
  if (!isTaskclusterError(error)) {
    const reason = 'an unexpected error on our side; it has been logged';
    return { ...nameOf(cancel), result: 'refused', reason };
  }
  const result = error.unanswered ? 'unknown' : 'refused';
  return { ...nameOf(cancel), result, reason: `${error.method}: ${error.summary}` };
}
