import type { LOG_EVENTS, LogEvent } from './log-events.ts';

/** CloudWatch's namespace of all metrics below; each has the dimensions `service` (the function) and `stage`. */
export const METRIC_NAMESPACE = 'RetriggerHooks';

type Fields = { [E in LogEvent]: keyof (typeof LOG_EVENTS)[E]['fields'] };

/** Counts an event, or takes a number out of one of its fields. */
type Source = {
  [E in LogEvent]: {
    event: E;
    /** The number; without it, each event counts as one. */
    field?: Fields[E];
    /** A dimension besides those that all metrics have: its name, and the field with its value. */
    dimension?: { name: string; field: Fields[E] };
  };
}[LogEvent];

export interface MetricDeclaration {
  unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** How it is to be read. Of a `Sum`, noughts are not sent. */
  statistic: 'Sum' | 'Maximum' | 'p90';
  /** Which functions emit it. */
  functions: readonly ('trigger' | 'worker')[];
  /** It is made of what is logged, so that a number and the lines behind it cannot tell different stories. */
  sources: readonly Source[];
  description: string;
}

const BOTH = ['trigger', 'worker'] as const;

/** Every metric of ours. docs/metrics.md, the dashboard and the alarms are made of this table. */
export const METRICS = {
  ClickToPending: {
    unit: 'Milliseconds',
    statistic: 'p90',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'sinceClickMs' }],
    description:
      'From the trigger of the hook to the moment when all that the action makes run again is created. Direct: since ' +
      'the request came in. Queued: since the hook made the action task. Actions that make nothing run, and forwarded ' +
      'ones, do not count.',
  },
  Clones: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'created' }],
    description: 'Tasks created.',
  },
  Reruns: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'reruns' }],
    description: 'Tasks rerun.',
  },
  Canceled: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'canceled' }],
    description: 'Tasks canceled.',
  },
  Noops: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'noops' }],
    description: 'Items of actions for which nothing was to be done.',
  },
  RefusedItems: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [
      { event: 'action-done', field: 'refused' },
      { event: 'action-done', field: 'unknown' },
    ],
    description: 'Items of actions that were not done, or may not have been; the user was told why.',
  },
  Forwards: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-forwarded', dimension: { name: 'reason', field: 'because' } }],
    description: 'Actions handed to the full hook, by reason.',
  },
  Failures: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [
      { event: 'unexpected-error' },
      { event: 'claim-failed' },
      { event: 'forward-in-doubt' },
      { event: 'taskcluster-failed' },
    ],
    description:
      'Errors that are no user’s: unexpected ones, claims that had to be given back, and Taskcluster itself failing.',
  },
  PollHeartbeat: {
    unit: 'Count',
    statistic: 'Sum',
    functions: ['worker'],
    sources: [{ event: 'polled' }],
    description: 'Long polls that Taskcluster has answered, with or without work.',
  },
  OldestPendingActionTask: {
    unit: 'Seconds',
    statistic: 'Maximum',
    functions: ['worker'],
    sources: [{ event: 'polled', field: 'oldestSeconds' }],
    description:
      'How long the oldest of the action tasks that a poll has claimed had waited. Costs no call of its own.',
  },
  ApiCallsPerAction: {
    unit: 'Count',
    statistic: 'p90',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'apiCalls' }],
    description: 'Requests to Taskcluster’s services that one action took, further tries included.',
  },
  ColdStarts: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'cold-start' }],
    description: 'New instances of a function.',
  },
} as const satisfies Record<string, MetricDeclaration>;

export type MetricName = keyof typeof METRICS;
