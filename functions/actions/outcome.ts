import type { Label, TaskId } from '../tasks/names.ts';

/** The outcome of one item of an action, for the answer, the log and `public/retrigger.json`. */
export interface ItemOutcome {
  /** The taskId where the label was not read. */
  label: Label | TaskId;
  /** The task to run again or to cancel; absent for a label that the push does not have. */
  taskId?: TaskId;
  /**
   * `created`: a task was created. `rerun`: the task has a new run. `canceled`: it was canceled. `noop`: there was
   * nothing to do. `refused`: it was not done and will not be; `reason` says why. `unknown`: it was started, but its
   * result is not known; `reason` is the last error.
   */
  result: 'created' | 'rerun' | 'canceled' | 'noop' | 'refused' | 'unknown';
  /** taskId of the new task; if `unknown`, the taskId that it has if it exists. */
  newTaskId?: TaskId;
  /** 1-based number of the copy. */
  copy?: number;
  /** Written by an earlier attempt at the same action. */
  earlier?: true;
  reason: string;
}

/** What an outcome says about which item it is. */
export function identityOf({
  label,
  taskId,
  copy,
}: Pick<ItemOutcome, 'label' | 'taskId' | 'copy'>): Pick<ItemOutcome, 'label' | 'taskId' | 'copy'> {
  return { label, ...(taskId === undefined ? {} : { taskId }), ...(copy === undefined ? {} : { copy }) };
}

export interface Outcome {
  items: ItemOutcome[];
  warnings: string[];
}

/** The first task that runs because of the action, or that it canceled. The caller is shown this one. */
export function firstTaskId({ items }: Outcome): TaskId | undefined {
  const done = items.find(
    ({ result }) => result === 'created' || result === 'rerun' || result === 'canceled',
  );
  return done?.newTaskId ?? done?.taskId;
}

/** The items that the caller must be told about, besides those that succeeded. */
export function unfinishedItems({ items }: Pick<Outcome, 'items'>): ItemOutcome[] {
  return items.filter(({ result }) => result === 'refused' || result === 'unknown');
}
