import pLimit from 'p-limit';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { within, type Deadlines } from '../platform/deadline.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { lookFor, type FailedWrite, type Known } from './aftermath.ts';
import { create, findExisting, finishCreation, isSame, takenReason, taskOf, type ToMake } from './create.ts';
import { inOrder } from './in-order.ts';
import { identityOf, type ItemOutcome, type Outcome } from './outcome.ts';
import type { Action, Creation, Rerun, Work } from './plan.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';

/** Items handled at once. The writer decides how many of them may have a request under way. */
const CONCURRENCY = 50;

export interface Acting {
  action: Action;
  work: Work;
  reader: Reader;
  writer: Writer;
  /** Called after each item, with the error if it was refused; items that failed come last. */
  onDone: (item: ItemOutcome, cause?: unknown) => void;
  deadlines: Deadlines;
}

/**
 * Writes what was planned, reruns first (as taskgraph does), and returns the outcome of every item. A refused item
 * stops only the items that depend on it. An item that an earlier attempt has done is not done again. Writes that
 * failed are looked up at the end, before their outcome is reported.
 */
export async function act({ action, work, reader, writer, onDone, deadlines }: Acting): Promise<Outcome> {
  const settled = [
    ...work.refused.map((refusal): ItemOutcome => ({ ...refusal, result: 'refused' })),
    ...work.noops.map((noop): ItemOutcome => ({ ...noop, result: 'noop' })),
  ];
  for (const item of settled) onDone(item);
  const failed: Failed[] = [];
  const limit = pLimit(CONCURRENCY);
  const attempt = async (item: Item, perform: () => Promise<ItemOutcome>) => {
    try {
      const outcome = await perform();
      onDone(outcome);
      return outcome;
    } catch (error) {
      const failure: Failed =
        'newTaskId' in item
          ? { item, taskId: item.newTaskId, error }
          : { item, taskId: item.taskId, knownRuns: item.knownRuns, error };
      failed.push(failure);
      return failure;
    }
  };
  /** If others wait for a failed item, look it up now, before giving those up. */
  const settleNow = async (failure: Failed): Promise<ItemOutcome | Failed> => {
    const known = (await whatBecameOf([failure], action, { reader, writer }))(failure);
    if (known === 'unknown') return failure;
    failed.splice(failed.indexOf(failure), 1);
    const outcome = outcomeOf(failure, known);
    onDone(outcome, failure.error);
    return outcome;
  };
  const written = await within(deadlines.writing, async () => {
    const reruns = await limit.map(work.reruns, (item) => attempt(item, () => rerun(item, writer)));
    const existing = await findExisting([...work.clones, ...work.creations], reader);
    const items: ToMake[] = [...work.clones, ...work.creations];
    const awaited = new Set(items.flatMap(({ after }) => after));
    const made = await inOrder(
      items,
      async (item) => {
        const result = await limit(() =>
          attempt(item, () => create(action, item, existing.get(item.newTaskId), writer)),
        );
        return 'error' in result && awaited.has(item.newTaskId) ? settleNow(result) : result;
      },
      whyOthersStop,
      (item, reason) => {
        const outcome: ItemOutcome = { ...identityOf(item), result: 'refused', reason };
        onDone(outcome);
        return outcome;
      },
    );
    const clones = made.slice(0, work.clones.length);
    // mutant stays: a plan has either clones or creations
    const creations = made.slice(work.clones.length);
    return [...requestedFirst(work.creations, creations), ...clones, ...reruns];
  });
  const seen = await within(deadlines.looking, () => whatBecameOf(failed, action, { reader, writer }));
  const items = written.map((result) => {
    if (!('error' in result)) return result;
    const outcome = outcomeOf(result, seen(result));
    onDone(outcome, result.error);
    return outcome;
  });
  return { items: [...items, ...settled], warnings: work.warnings };
}

type Item = Rerun | ToMake;

interface Failed extends FailedWrite {
  item: Item;
}

async function whatBecameOf(
  failed: readonly Failed[],
  action: Action,
  { reader, writer }: Pick<Acting, 'reader' | 'writer'>,
): Promise<(failure: Failed) => Known> {
  const known = await lookFor(
    failed,
    reader,
    // mutant stays: a rerun has no taskId that another task could have taken
    ({ item }, found) => 'newTaskId' in item && isSame(found, taskOf(action, item)),
    async ({ taskId }, found) => {
      try {
        await finishCreation(taskId, found, writer);
        return 'done';
        // mutant stays: without a result it is unknown as well
      } catch (error) {
        if (isTaskclusterError(error)) return 'unknown';
        throw error;
      }
    },
  );
  // mutant stays: each of them was looked for
  return (failure) => known.get(failure) ?? 'unknown';
}

/** Why the tasks that depend on this one are not created, if they can't be. */
function whyOthersStop({ label }: ToMake, result: ItemOutcome | Failed): string | undefined {
  if ('error' in result) return `skipped, because it is not known whether ${label} was created`;
  return result.result === 'created' ? undefined : `skipped, because ${label} was refused`;
}

/** Puts what the user asked for before what it needs. */
function requestedFirst<T>(creations: readonly Creation[], results: readonly T[]): T[] {
  const those = (requested: boolean) =>
    // mutant stays: each result is that of a creation
    results.filter((_, index) => creations[index]?.requested === requested);
  return [...those(true), ...those(false)];
}

function outcomeOf({ item, taskId: written, error }: Failed, known: Known): ItemOutcome {
  const { reason } = item;
  const made = 'newTaskId' in item ? { newTaskId: item.newTaskId } : {};
  const whole = identityOf(item);
  switch (known) {
    case 'done': {
      const result = 'newTaskId' in item ? 'created' : 'rerun';
      // The queue accepts the same definition twice, so a conflict means that an attempt at another moment created it.
      const earlier = isTaskclusterError(error) && error.statusCode === 409;
      return { ...whole, ...made, result, ...(earlier ? { earlier } : {}), reason };
    }
    case 'taken':
      return { ...whole, result: 'refused', reason: takenReason(written) };
    case 'not done':
      return { ...whole, result: 'refused', reason: whyRefused(error) };
    case 'unknown':
      return { ...whole, ...made, result: 'unknown', reason: whyRefused(error) };
  }
}

async function rerun(item: Rerun, writer: Writer): Promise<ItemOutcome> {
  const { label, taskId, reason } = item;
  if (item.done) return { label, taskId, result: 'rerun', earlier: true, reason };
  await writer.rerunTask(taskId, item.knownRuns);
  return { label, taskId, result: 'rerun', reason };
}

function whyRefused(error: unknown): string {
  if (isTaskclusterError(error)) return bounded(`${error.method}: ${error.summary}`, TEXT_LIMITS.reason);
  return 'an unexpected error on our side; it has been logged';
}
