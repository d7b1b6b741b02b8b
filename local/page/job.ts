import { isRecord } from '../taskcluster/json.ts';

export const STATES = ['failed', 'exception', 'running', 'pending', 'unscheduled', 'completed'] as const;
export type State = (typeof STATES)[number];

/** A task as Treeherder shows it. */
export interface Job {
  taskId: string;
  label: string;
  state: State;
  /** Row of the grid: `linux2404-64/opt`. */
  platform: string;
  /** Empty if the job stands by itself. */
  groupSymbol: string;
  groupName: string;
  symbol: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

/** @returns undefined for a task that has no `extra.treeherder`: Treeherder does not show it either */
export function jobOf(taskId: string, task: unknown, state: unknown): Job | undefined {
  const { metadata, extra } = recordOf(task);
  const { treeherder } = recordOf(extra);
  if (!isRecord(treeherder)) return undefined;
  const { symbol, groupSymbol, groupName, machine, collection } = treeherder;
  const option = Object.keys(recordOf(collection))[0] ?? 'opt';
  const group = textOf(groupSymbol);
  return {
    taskId,
    label: textOf(recordOf(metadata)['name']),
    state: stateOf(state),
    platform: `${textOf(recordOf(machine)['platform'])}/${option}`,
    groupSymbol: group === '?' ? '' : group,
    groupName: textOf(groupName),
    symbol: textOf(symbol) || '?',
  };
}

/** @throws Error for a state that the queue does not have */
export function stateOf(value: unknown): State {
  const state = STATES.find((known) => known === value);
  if (state) return state;
  throw new Error(`the queue has no state ${String(value)}`);
}

/** The entries of `listTaskGroup`, as far as they are jobs. */
export function jobsOf(entries: unknown): Job[] {
  return records(entries).flatMap(({ status, task }) => {
    const { taskId, state } = recordOf(status);
    return jobOf(textOf(taskId), task, state) ?? [];
  });
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Whether a job has all words of a filter in its label, platform, symbols or state. */
export function matches(job: Job, filter: string): boolean {
  const text = `${job.label} ${job.platform} ${job.groupSymbol}(${job.symbol}) ${job.state}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
