/**
 * `jobs.json`: the jobs of a push as the page asks for them. Like Treeherder's own backend it answers names and states;
 * definitions and logs are read from the queue once somebody wants to see them.
 */
import { isRecord } from '../taskcluster/json.ts';
import { STATES, type Job, type State } from './job.ts';

const FIELDS = ['taskId', 'label', 'platform', 'groupSymbol', 'groupName', 'symbol'] as const;

export interface JobRows {
  /** Jobs from a place in the list on; each is the values of FIELDS. */
  rows: string[][];
  /** The state of every job from the first on: a digit each, its place in STATES. */
  states: string;
}

export function jobRows(jobs: readonly Job[], from: number): JobRows {
  return {
    rows: jobs.slice(from).map((job) => FIELDS.map((field) => job[field])),
    states: jobs.map(({ state }) => STATES.indexOf(state)).join(''),
  };
}

/** @throws Error if it is not what `jobRows` makes */
export function readJobRows(value: unknown, from: number): { added: Job[]; states: State[] } {
  if (!isRecord(value) || !Array.isArray(value['rows']) || typeof value['states'] !== 'string')
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
