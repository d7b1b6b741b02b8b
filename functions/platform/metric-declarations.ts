import type { LOG_EVENTS, LogEvent } from './log-events.ts';

/** The CloudWatch namespace of all metrics below; each has the dimensions `service` (the function) and `stage`. */
export const METRIC_NAMESPACE = 'RetriggerHooks';

type Fields = { [E in LogEvent]: keyof (typeof LOG_EVENTS)[E]['fields'] };

/** Counts an event, or takes a number from one of its fields. */
type Source = {
  [E in LogEvent]: {
    event: E;
    /** The number; without it, each event counts as one. */
    field?: Fields[E];
    /** An additional dimension: its name, and the field with its value. */
    dimension?: { name: string; field: Fields[E] };
  };
}[LogEvent];

export interface MetricDeclaration {
  unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** The statistic to read it with. A `Sum` of 0 is not sent. */
  statistic: 'Sum' | 'Maximum' | 'p90';
  /** Which functions emit it. */
  functions: readonly ('trigger' | 'worker')[];
  /** Derived from log events, so that a number and the lines behind it always agree. */
  sources: readonly Source[];
  description: string;
}

const BOTH = ['trigger', 'worker'] as const;

/** All our metrics. docs/metrics.md, the dashboard and the alarms are generated from this table. */
export const METRICS = {
  ClickToPending: {
    unit: 'Milliseconds',
    statistic: 'p90',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'sinceClickMs' }],
    description:
      'From the trigger of the hook until all new jobs of the action exist. Direct: since the request came in. ' +
      'Queued: since the hook created the action task. Forwarded actions, and those that run nothing, do not count.',
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
    description: 'Items of actions with nothing to do.',
  },
  RefusedItems: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [
      { event: 'action-done', field: 'refused' },
      { event: 'action-done', field: 'unknown' },
    ],
    description: 'Items of actions that were not done, or may not have been. The user’s message says why.',
  },
  Forwards: {
    unit: 'Count',
    statistic: 'Sum',
    functions: BOTH,
    sources: [{ event: 'action-forwarded', dimension: { name: 'reason', field: 'because' } }],
    description: 'Actions forwarded to the full hook, by reason.',
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
      'Errors that are not the user’s: unexpected ones, claims that were given back, and failures of Taskcluster.',
  },
  PollHeartbeat: {
    unit: 'Count',
    statistic: 'Sum',
    functions: ['worker'],
    sources: [{ event: 'polled' }],
    description: 'Long polls that Taskcluster answered, with or without work.',
  },
  FailedPolls: {
    unit: 'Count',
    statistic: 'Sum',
    functions: ['worker'],
    sources: [{ event: 'poll-failed' }],
    description: 'Long polls that failed. If they go on for one queue only, PollHeartbeat does not show it.',
  },
  OldestPendingActionTask: {
    unit: 'Seconds',
    statistic: 'Maximum',
    functions: ['worker'],
    sources: [{ event: 'polled', field: 'oldestSeconds' }],
    description: 'How long the oldest action task in a poll’s answer had waited. Needs no extra call.',
  },
  ApiCallsPerAction: {
    unit: 'Count',
    statistic: 'p90',
    functions: BOTH,
    sources: [{ event: 'action-done', field: 'apiCalls' }],
    description: 'Requests to Taskcluster’s services that one action took, retries included.',
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
