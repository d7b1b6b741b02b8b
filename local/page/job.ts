import { isObject } from '../../functions/tasks/shapes.ts';

export const STATES = ['failed', 'exception', 'running', 'pending', 'unscheduled', 'completed'] as const;
export type State = (typeof STATES)[number];

/** A task as Treeherder shows it. */
export interface Job {
  taskId: string;
  label: string;
  state: State;
  /** Row of the grid: `linux2404-64/opt`. */
  platform: string;
  /** Empty if the job is in no group. */
  groupSymbol: string;
  groupName: string;
  symbol: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const recordOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** @returns undefined for a task without `extra.treeherder`, which Treeherder does not show either */
export function jobOf(taskId: string, task: unknown, state: State): Job | undefined {
  const { metadata, extra } = recordOf(task);
  const { treeherder } = recordOf(extra);
  if (!isObject(treeherder)) return undefined;
  const { symbol, groupSymbol, groupName, machine, collection } = treeherder;
  const option = Object.keys(recordOf(collection))[0] ?? 'opt';
  const group = textOf(groupSymbol);
  return {
    taskId,
    label: textOf(recordOf(metadata)['name']),
    state,
    platform: `${textOf(recordOf(machine)['platform'])}/${option}`,
    groupSymbol: group === '?' ? '' : group,
    groupName: textOf(groupName),
    symbol: textOf(symbol) || '?',
  };
}

export function isFailure({ state }: Job): boolean {
  return state === 'failed' || state === 'exception';
}
