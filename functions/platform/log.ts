/** Every event that the functions log, with its fields. A changed meaning is a new version. */
export interface LogEvents {
  /** One action was asked for and let in. */
  'action-received': {
    v: 1;
    actionId: string;
    clientId: string;
    hook: string;
    callback: string;
    taskGroupId: string;
  };
  /** The whole action goes to the full hook. */
  'action-forwarded': { v: 1; actionId: string; because: string; reason: string; taskId: string | undefined };
  /** Nothing was refused, but what was created may not run as soon as the user thinks. */
  'action-warning': { v: 1; actionId: string; warning: string };
  /** One item of an action was decided and done, or refused. */
  'item-done': {
    v: 1;
    actionId: string;
    label: string;
    taskId: string | undefined;
    result: string;
    newTaskId: string | undefined;
    reason: string;
  };
  /** One action has been answered. */
  'action-done': {
    v: 1;
    actionId: string;
    ms: number;
    created: number;
    reruns: number;
    noops: number;
    refused: number;
  };
  /** A request was refused: a mistake of the caller's, or a right that is missing. */
  'request-refused': { v: 1; code: string; statusCode: number; message: string };
  /** Reading failed, so the action goes the slow way. */
  'read-failed': { v: 1; actionId: string; method: string; statusCode: number; code: string };
  /** One long poll has been answered. */
  polled: { v: 1; taskQueueId: string; claimed: number };
  /** A poll failed; the next one follows. */
  'poll-failed': { v: 1; taskQueueId: string; method: string; statusCode: number; code: string };
  /** A queue has more work than one run can take, so another one was started. */
  'scaled-out': { v: 1; started: number };
  /** Starting another run failed; this one goes on alone. */
  'scale-out-failed': { v: 1; reason: string };
  /** A run of the worker has ended. */
  'poll-ended': { v: 1; mode: string; completed: number; failed: number; shutdown: number; lost: number };
  /** An action task is ours. */
  claimed: { v: 1; actionId: string; runId: number; taskQueueId: string };
  /** An action task has been resolved, given back, or lost. */
  resolved: { v: 1; actionId: string; runId: number; resolution: string; ms: number };
  /** A claim could not be worked; it was given back, and its next run goes on. */
  'claim-failed': { v: 1; actionId: string; runId: number; reason: string };
  /** A call failed without which a request cannot be answered; it was answered with 500 before anything was written. */
  'taskcluster-failed': { v: 1; method: string; statusCode: number; code: string };
  /** Something that must not happen; somebody has to look. */
  'unexpected-error': { v: 1; error: string; stack: string | undefined };
}

export type LogLevel = 'info' | 'warn' | 'error';

const LEVELS: Record<keyof LogEvents, LogLevel> = {
  'action-received': 'info',
  'action-forwarded': 'info',
  'action-warning': 'warn',
  'item-done': 'info',
  'action-done': 'info',
  'request-refused': 'info',
  'read-failed': 'warn',
  polled: 'info',
  'poll-failed': 'warn',
  'scaled-out': 'info',
  'scale-out-failed': 'warn',
  'poll-ended': 'info',
  claimed: 'info',
  resolved: 'info',
  'claim-failed': 'warn',
  'taskcluster-failed': 'warn',
  'unexpected-error': 'error',
};

/** Takes one finished record; the event's name is in `event`. */
export type LogSink = (level: LogLevel, record: { event: string; [field: string]: unknown }) => void;

export class Log {
  readonly #sink: LogSink;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  event<E extends keyof LogEvents>(event: E, fields: Omit<LogEvents[E], 'v'>): void {
    this.#sink(LEVELS[event], { event, v: 1, ...fields });
  }

  unexpected(error: unknown): void {
    const known = error instanceof Error ? error : new Error(String(error));
    this.event('unexpected-error', { error: `${known.name}: ${known.message}`, stack: known.stack });
  }
}

/** One JSON object a line on standard output or error, which is what CloudWatch Logs takes in. */
export const consoleSink: LogSink = (level, record) => {
  const stream = level === 'error' ? process.stderr : process.stdout;
  stream.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...record })}\n`);
};
