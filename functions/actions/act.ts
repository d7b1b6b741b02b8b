import pLimit from 'p-limit';
import { cloneDefinition } from '../tasks/clone.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { isTaskclusterError } from '../ports/error.ts';
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
  /** Called after each item, in order of completion, with the error that had it refused. */
  onDone: (item: ItemOutcome, cause?: unknown) => void;
  /** Resolves when an answer is due, whatever is still under way; never rejects. */
  outOfTime: Promise<void>;
}

/**
 * Writes what was planned, reruns first (as taskgraph does), and says of every item what became of it. One refused
 * item does not stop the others, and an item that an earlier attempt has done is not done again.
 */
export async function act({ action, work, reader, writer, onDone, outOfTime }: Acting): Promise<Outcome> {
  let over = false;
  const late = outOfTime.then(() => {
    over = true;
    throw new LateError();
  });
  // Nobody may be waiting for it when it comes.
  late.catch(() => undefined);
  const limit = pLimit(CONCURRENCY);
  const attempt = async (item: Rerun | Clone, perform: () => Promise<ItemOutcome>): Promise<ItemOutcome> => {
    try {
      const outcome = await (over ? late : Promise.race([perform(), late]));
      onDone(outcome);
      return outcome;
    } catch (error) {
      const { label, taskId } = item;
      const copy = 'copy' in item ? { copy: item.copy } : {};
      const outcome: ItemOutcome = { label, taskId, ...copy, result: 'refused', reason: whyRefused(error) };
      onDone(outcome, error);
      return outcome;
    }
  };
  const settled = [
    ...work.refused.map((refusal): ItemOutcome => ({ ...refusal, result: 'refused' })),
    ...work.noops.map((noop): ItemOutcome => ({ ...noop, result: 'noop' })),
  ];
  for (const item of settled) onDone(item);
  const reruns = await limit.map(work.reruns, (item) => attempt(item, () => rerun(item, writer)));
  const existing = await findTasks(
    work.clones.filter(({ exists }) => exists).map(({ newTaskId }) => newTaskId),
    reader,
  );
  const clones = await limit.map(work.clones, (item) =>
    attempt(item, () => create(action, item, existing.get(item.newTaskId), reader, writer)),
  );
  return { items: [...clones, ...reruns, ...settled], warnings: work.warnings };
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
  reader: Reader,
  writer: Writer,
): Promise<ItemOutcome> {
  const { label, taskId, newTaskId, copy, reason } = item;
  const outcome = { label, taskId, copy };
  const clone = cloneOf(action, item);
  const recognised = (found: TaskDefinition): ItemOutcome =>
    isSameClone(found, clone)
      ? { ...outcome, newTaskId, result: 'created', earlier: true, reason }
      : { ...outcome, result: 'refused', reason: `the taskId ${newTaskId} is taken by another task` };
  if (existing) return recognised(existing);
  try {
    await writer.createTask(newTaskId, clone);
    return { ...outcome, newTaskId, result: 'created', reason };
  } catch (error) {
    // Another attempt at this action may have been faster; its clone differs from ours in its times alone.
    // (A sealed task group conflicts as well, whether the task exists or not.)
    if (isTaskclusterError(error) && error.statusCode === 409) {
      const found = (await findTasks([newTaskId], reader)).get(newTaskId);
      if (found) return recognised(found);
    }
    throw error;
  }
}

/**
 * The tasks that stand under these ids, as far as they can be read. Writing has begun, so a failure must not end it:
 * createTask then finds out by itself that an id is taken.
 */
async function findTasks(taskIds: string[], reader: Reader): Promise<ReadonlyMap<string, TaskDefinition>> {
  try {
    return await reader.tasks(taskIds);
  } catch (error) {
    if (isTaskclusterError(error)) return new Map();
    throw error;
  }
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

/** No answer came while there was time to wait for it. */
export class LateError extends Error {}

function whyRefused(error: unknown): string {
  if (error instanceof LateError) {
    return 'it was not done in time, or its answer did not come; look at the push before you ask for it again';
  }
  if (isTaskclusterError(error)) return `${error.method}: ${error.summary}`;
  return 'an unexpected error on our side; it has been logged';
}
