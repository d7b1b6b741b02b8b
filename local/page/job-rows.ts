/**
 * `jobs.json`: the jobs of a push as the page asks for them. Like Treeherder's backend, it returns names and states;
 * the page reads definitions and logs from the queue when somebody opens them.
 */
import { isObject } from '../../functions/tasks/shapes.ts';
import { STATES, type Job, type State } from './job.ts';

const FIELDS = ['taskId', 'label', 'platform', 'groupSymbol', 'groupName', 'symbol'] as const;

export interface JobRows {
  /** Jobs from a given index on; each row holds the values of FIELDS. */
  rows: string[][];
  /** The state of every job, from the first: one digit each, its index in STATES. */
  states: string;
}

export function jobRows(jobs: readonly Job[], from: number): JobRows {
  return {
    rows: jobs.slice(from).map((job) => FIELDS.map((field) => job[field])),
    states: jobs.map(({ state }) => STATES.indexOf(state)).join(''),
  };
}

/** @throws Error if `jobRows` did not make it */
export function readJobRows(value: unknown, from: number): { added: Job[]; states: State[] } {
  if (!isObject(value) || !Array.isArray(value['rows']) || typeof value['states'] !== 'string')
    throw new Error('jobs.json is not a list of jobs');
  const states = Array.from(value['states'], (digit) => {
    const state = STATES[Number(digit)];
    if (state === undefined) throw new Error(`jobs.json has an unknown state ${digit}`);
    return state;
  });
  const added = value['rows'].map((row: unknown, at): Job => {
    const state = states[from + at];
    if (!Array.isArray(row) || row.length !== FIELDS.length || state === undefined)
      throw new Error('jobs.json has a job of another shape');
    const [taskId, label, platform, groupSymbol, groupName, symbol] = row.map(String);
    return {
      taskId: taskId ?? '',
      label: label ?? '',
      state,
      platform: platform ?? '',
      groupSymbol: groupSymbol ?? '',
      groupName: groupName ?? '',
      symbol: symbol ?? '',
    };
  });
  return { added, states };
}
