import type { Label, TaskId } from '../tasks/names.ts';

/** What became of one item of an action, for the answer, the log and `public/retrigger.json`. */
export interface ItemOutcome {
  /** The taskId where the label was not read. */
  label: Label | TaskId;
  /** The task that was to run again, or to be canceled; absent for a label that the push does not have. */
  taskId?: TaskId;
  /**
   * `created`: a clone was made. `rerun`: the task has a new run. `canceled`: it was canceled. `noop`: nothing was to be
   * done. `refused`: it was not done, and is not going to be; `reason` says why. `unknown`: it was begun, and nobody has
   * told us the end; `reason` is the last that we heard.
   */
  result: 'created' | 'rerun' | 'canceled' | 'noop' | 'refused' | 'unknown';
  /** The clone's taskId; of an unknown one, the taskId that it has if it exists. */
  newTaskId?: TaskId;
  /** 1-based number of the copy. */
  copy?: number;
  /** Written by an earlier attempt at the same action. */
  earlier?: true;
  reason: string;
}

export interface Outcome {
  items: ItemOutcome[];
  warnings: string[];
}

/** The first task that runs because of the action, or was canceled: what the caller is shown. */
export function firstTaskId({ items }: Outcome): TaskId | undefined {
  const done = items.find(
    ({ result }) => result === 'created' || result === 'rerun' || result === 'canceled',
  );
  return done?.newTaskId ?? done?.taskId;
}

/** What the caller must hear of beside what went well. */
export function unfinishedItems({ items }: Pick<Outcome, 'items'>): ItemOutcome[] {
  return items.filter(({ result }) => result === 'refused' || result === 'unknown');
}
