import type { MetricName } from '../functions/platform/metric-declarations.ts';

/** Lambda's own metrics of each function, in the namespace AWS/Lambda. */
export const LAMBDA_METRICS = [
  'Invocations',
  'Errors',
  'Throttles',
  'Duration',
  'ConcurrentExecutions',
] as const;

export const SERVICES = ['trigger', 'worker'] as const;
export type Service = (typeof SERVICES)[number];

/** One of our metrics, with a value for its own dimension if it has one; or one of Lambda's. */
export type MetricReference =
  { ours: MetricName; dimension?: Record<string, string> } | { lambda: (typeof LAMBDA_METRICS)[number] };

export interface AlarmDeclaration {
  metric: MetricReference;
  services: readonly Service[];
  statistic: 'Sum' | 'Maximum' | 'p90';
  comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  threshold: number;
  periodSeconds: number;
  /** How many consecutive periods must be bad. */
  periods: number;
  /** What missing data means. */
  missing: 'breaching' | 'notBreaching';
  /** One sentence; docs/runbook.md has the rest under the alarm's name. */
  description: string;
}

/** Everything that pages someone. docs/runbook.md says what each alarm means and what to do. */
export const ALARMS = {
  WorkerSilent: {
    metric: { ours: 'PollHeartbeat' },
    services: ['worker'],
    statistic: 'Sum',
    comparison: 'LessThanThreshold',
    threshold: 1,
    periodSeconds: 60,
    periods: 5,
    missing: 'breaching',
    description: 'No long poll has been answered for five minutes: action tasks are not picked up.',
  },
  PollsFail: {
    metric: { ours: 'FailedPolls' },
    services: ['worker'],
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    // A queue whose polls are all refused is polled about 11 times a minute; a connection that was lost fails one.
    threshold: 6,
    periodSeconds: 60,
    periods: 5,
    missing: 'notBreaching',
    description: 'Long polls have failed for five minutes: at least one queue is not served.',
  },
  ActionTasksWait: {
    metric: { ours: 'OldestPendingActionTask' },
    services: ['worker'],
    statistic: 'Maximum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 60,
    periodSeconds: 60,
    periods: 3,
    missing: 'notBreaching',
    description: 'An action task waited for a minute or more, three minutes in a row.',
  },
  Failures: {
    metric: { ours: 'Failures' },
    services: SERVICES,
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    periodSeconds: 300,
    periods: 1,
    missing: 'notBreaching',
    description: 'Something happened that must not happen.',
  },
  Unreadable: {
    metric: { ours: 'Forwards', dimension: { reason: 'unreadable' } },
    services: SERVICES,
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 5,
    periodSeconds: 300,
    periods: 2,
    missing: 'notBreaching',
    description: 'Reading from Taskcluster fails, so retriggers are forwarded.',
  },
  Refused: {
    metric: { ours: 'RefusedItems' },
    services: SERVICES,
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 20,
    periodSeconds: 300,
    periods: 2,
    missing: 'notBreaching',
    description: 'Taskcluster refuses many user requests.',
  },
  Slow: {
    metric: { ours: 'ClickToPending' },
    services: SERVICES,
    statistic: 'p90',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 10_000,
    periodSeconds: 300,
    periods: 3,
    missing: 'notBreaching',
    description: 'One retrigger in ten takes 10 s or more.',
  },
  Crashes: {
    metric: { lambda: 'Errors' },
    services: SERVICES,
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 3,
    periodSeconds: 300,
    periods: 1,
    missing: 'notBreaching',
    description: 'The function does not start, runs out of time or memory, or cannot get its access token.',
  },
  Throttled: {
    metric: { lambda: 'Throttles' },
    services: SERVICES,
    statistic: 'Sum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    periodSeconds: 300,
    periods: 2,
    missing: 'notBreaching',
    description: 'Lambda does not start more instances of the function.',
  },
} as const satisfies Record<string, AlarmDeclaration>;
