import { STATES, type Job, type State } from './job.ts';

/** What to show: jobs in these states (all states if it names none) that match these words. */
export interface Filter {
  text: string;
  states: ReadonlySet<State>;
}

const IN_PROGRESS: readonly State[] = ['running', 'pending', 'unscheduled'];
const FAILURES: readonly State[] = ['failed', 'exception'];

/**
 * Whether a job passes. Words that name a state are alternatives, since a job has only one state. Each other word must
 * occur in its label, platform or symbols.
 */
export function matcher({ text, states }: Filter): (job: Job) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const named = STATES.filter((state) => words.includes(state));
  const others = words.filter((word) => !named.some((state) => state === word));
  return (job) => {
    if (states.size > 0 && !states.has(job.state)) return false;
    if (named.length > 0 && !named.includes(job.state)) return false;
    if (others.length === 0) return true;
    const searched = searchedText(job);
    return others.every((word) => searched.includes(word));
  };
}

const texts = new WeakMap<Job, string>();

function searchedText(job: Job): string {
  const known = texts.get(job);
  if (known !== undefined) return known;
  const text = `${job.label} ${job.platform} ${job.groupSymbol}(${job.symbol})`.toLowerCase();
  texts.set(job, text);
  return text;
}

/** The key `i`: hides the jobs in progress, or shows them again. */
export function toggleInProgress(states: ReadonlySet<State>): Set<State> {
  const shown = new Set(states.size === 0 ? STATES : states);
  const hide = IN_PROGRESS.some((state) => shown.has(state));
  for (const state of IN_PROGRESS) {
    if (hide) shown.delete(state);
    else shown.add(state);
  }
  return normalized(shown);
}

/** The key `u`: shows failures only, or everything. */
export function toggleFailures(states: ReadonlySet<State>): Set<State> {
  const only = states.size === FAILURES.length && FAILURES.every((state) => states.has(state));
  return new Set(only ? [] : FAILURES);
}

export function toggleState(states: ReadonlySet<State>, state: State): Set<State> {
  const shown = new Set(states);
  if (!shown.delete(state)) shown.add(state);
  return normalized(shown);
}

/** All states together are no restriction. */
function normalized(states: Set<State>): Set<State> {
  return states.size === STATES.length ? new Set() : states;
}

/** The filter in words, for the message that no job matches. */
export function describeFilter({ text, states }: Filter): string {
  const parts = [
    ...(text.trim() === '' ? [] : [`“${text.trim()}”`]),
    ...(states.size === 0 ? [] : [STATES.filter((state) => states.has(state)).join(' or ')]),
  ];
  return parts.join(', ');
}
