import type { Ask } from './ask.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** The number of a label that the push does not have. */
export const UNKNOWN = 9;
/** The number of the decision task. */
export const DECISION = 9;

/** An action that is made concrete for the push when it is requested. */
export interface Wish {
  callback: Ask['callback'];
  /** Numbers of labels, or UNKNOWN. */
  labels: number[];
  /** Number of a task among those of the first label, or DECISION. */
  task: number;
  times: number;
  downstream: boolean;
  force: boolean;
}

/** @returns undefined if there is nothing that it could affect */
export function askFor(wish: Wish, { seen }: Model, world: World): Ask | undefined {
  const { callback, times, downstream, force } = wish;
  const names = [...world.labels.keys()];
  const labels = wish.labels.map((number) =>
    number === UNKNOWN ? 'unknown' : (names[number % names.length] ?? ''),
  );
  if (callback === 'cancel-all') return { callback };
  if (callback === 'retrigger-multiple' || callback === 'add-new-jobs') return { callback, labels, times };
  const tasks = seen.filter(({ kind, label }) => kind === 'job' && label === labels[0]);
  const found = tasks[wish.task % Math.max(1, tasks.length)];
  const isDecision = wish.task === DECISION || callback === 'retrigger-decision';
  if (!isDecision && !found) return undefined;
  const task = isDecision || !found ? undefined : { taskId: found.taskId, label: found.label, own: true };
  if (callback === 'retrigger' || callback === 'retrigger-disabled')
    return { callback, task, times, downstream: downstream && task !== undefined, force };
  return { callback, task };
}
