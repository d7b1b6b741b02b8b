import pLimit from 'p-limit';
import { bounded, TEXT_LIMITS } from '../platform/bounded-text.ts';
import { cloneDefinition } from '../tasks/clone.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { within, type Deadlines } from '../platform/deadline.ts';
import { isTaskclusterError } from '../ports/error.ts';
import { lookFor, type FailedWrite, type Known } from './aftermath.ts';
import type { ItemOutcome, Outcome } from './outcome.ts';
import type { Action, Clone, Rerun, Work } from './plan.ts';
import type { Reader } from '../ports/reader.ts';
import type { Writer } from '../ports/writer.ts';

/** Items in hand at once. The writer decides how many of them are requests under way. */
const CONCURRENCY = 50;

export interface Acting {
  action: Action;
  work: Work;
  reader: Reader;
  writer: Writer;
  /** Called after each item, with the error that had it refused; items that failed come last. */
  onDone: (item: ItemOutcome, cause?: unknown) => void;
  deadlines: Deadlines;
}

/**
 * Writes what was planned, reruns first (as taskgraph does), and says of every item what became of it. One refused
 * item does not stop the others, and an item that an earlier attempt has done is not done again. What has failed is
 * looked for in the end, before anything is said of it.
 */
export async function act({ action, work, reader, writer, onDone, deadlines }: Acting): Promise<Outcome> {
  const settled = [
    ...work.refused.map((refusal): ItemOutcome => ({ ...refusal, result: 'refused' })),
    ...work.noops.map((noop): ItemOutcome => ({ ...noop, result: 'noop' })),
  ];
  for (const item of settled) onDone(item);
  const failed: Failed[] = [];
  const limit = pLimit(CONCURRENCY);
  const attempt = async (item: Rerun | Clone, perform: () => Promise<ItemOutcome>) => {
    try {
      const outcome = await perform();
      onDone(outcome);
      return outcome;
    } catch (error) {
      const failure = { item, error };
      failed.push(failure);
      return failure;
    }
  };
  const written = await within(deadlines.writing, async () => {
    const reruns = await limit.map(work.reruns, (item) => attempt(item, () => rerun(item, writer)));
    const existing = await findExisting(work.clones, reader);
    const clones = await limit.map(work.clones, (item) =>
      attempt(item, () => create(action, item, existing.get(item.newTaskId), writer)),
    );
    return [...clones, ...reruns];
  });
  const seen = await within(deadlines.looking, () => whatBecameOf(failed, action, reader));
  const items = written.map((result) => {
    if (!('error' in result)) return result;
    const outcome = outcomeOf(result, seen.get(result) ?? 'unknown');
    onDone(outcome, result.error);
    return outcome;
  });
  return { items: [...items, ...settled], warnings: work.warnings };
}

interface Failed {
  item: Rerun | Clone;
  error: unknown;
}

async function whatBecameOf(
  failed: readonly Failed[],
  action: Action,
  reader: Reader,
): Promise<ReadonlyMap<Failed, Known>> {
  const writes = new Map(
    failed.map((failure): [FailedWrite, Failed] => {
      const { item, error } = failure;
      return 'newTaskId' in item
        ? [{ taskId: item.newTaskId, error }, failure]
        : [{ taskId: item.taskId, knownRuns: item.knownRuns, error }, failure];
    }),
  );
  const isOurs = (write: FailedWrite, found: TaskDefinition) => {
    const item = writes.get(write)?.item;
    return item !== undefined && 'newTaskId' in item && isSameClone(found, cloneOf(action, item));
  };
  const known = await lookFor([...writes.keys()], reader, isOurs);
  return new Map([...writes].map(([write, failure]) => [failure, known.get(write) ?? 'unknown']));
}

function outcomeOf({ item, error }: Failed, known: Known): ItemOutcome {
  const { label, taskId, reason } = item;
  const copy = 'copy' in item ? { copy: item.copy } : {};
  const made = 'newTaskId' in item ? { newTaskId: item.newTaskId } : {};
  switch (known) {
    case 'done': {
      const result = 'newTaskId' in item ? 'created' : 'rerun';
      // The queue takes the same definition twice; what conflicts was made by another attempt, at another moment.
      const earlier = isTaskclusterError(error) && error.statusCode === 409;
      return { label, taskId, ...copy, ...made, result, ...(earlier ? { earlier } : {}), reason };
    }
    case 'taken':
      return {
        label,
        taskId,
        ...copy,
        result: 'refused',
        reason: takenReason(made.newTaskId ?? taskId),
      };
    case 'not done':
      return { label, taskId, ...copy, result: 'refused', reason: whyRefused(error) };
    case 'unknown':
      return { label, taskId, ...copy, ...made, result: 'unknown', reason: whyRefused(error) };
  }
}

async function rerun(item: Rerun, writer: Writer): Promise<ItemOutcome> {
  const { label, taskId, reason } = item;
  if (item.done) return { label, taskId, result: 'rerun', earlier: true, reason };
  await writer.rerunTask(taskId, item.knownRuns);
  return { label, taskId, result: 'rerun', reason };
}

/** The definition of one planned clone. */
export function cloneOf({ now, parent }: Action, item: Clone): TaskDefinition {
  const { definition, taskId, newTaskId, replacements } = item;
  return cloneDefinition({
    definition,
    taskId,
    newTaskId,
    now,
    replacements,
    ...(parent === undefined ? {} : { parent }),
  });
}

async function create(
  action: Action,
  item: Clone,
  existing: TaskDefinition | undefined,
  writer: Writer,
): Promise<ItemOutcome> {
  const { label, taskId, newTaskId, copy, reason } = item;
  const outcome = { label, taskId, copy };
  const clone = cloneOf(action, item);
  if (!existing) {
    await writer.createTask(newTaskId, clone);
    return { ...outcome, newTaskId, result: 'created', reason };
  }
  return isSameClone(existing, clone)
    ? { ...outcome, newTaskId, result: 'created', earlier: true, reason }
    : { ...outcome, result: 'refused', reason: takenReason(newTaskId) };
}

/**
 * The tasks that the plan has found under the clones' ids, as far as they can be read: createTask finds out by itself
 * that an id is taken.
 */
async function findExisting(
  clones: readonly Clone[],
  reader: Reader,
): Promise<ReadonlyMap<string, TaskDefinition>> {
  const taskIds = clones.filter(({ exists }) => exists).map(({ newTaskId }) => newTaskId);
  try {
    return await reader.tasks(taskIds);
  } catch (error) {
    if (isTaskclusterError(error)) return new Map();
    throw error;
  }
}

function takenReason(taskId: string): string {
  return `the taskId ${taskId} is taken by another task`;
}

/** Whether a task that has a derived taskId is that clone. Its times may differ: an earlier attempt had its own now. */
function isSameClone(found: TaskDefinition, clone: TaskDefinition): boolean {
  return (
    found.taskGroupId === clone.taskGroupId &&
    found.schedulerId === clone.schedulerId &&
    found.metadata.name === clone.metadata.name &&
    found.extra?.['parent'] === clone.extra?.['parent']
  );
}

function whyRefused(error: unknown): string {
  if (isTaskclusterError(error)) return bounded(`${error.method}: ${error.summary}`, TEXT_LIMITS.reason);
  return 'an unexpected error on our side; it has been logged';
}
