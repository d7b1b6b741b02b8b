/**
 * Every event that the functions log. The types of `Log.event`, docs/events.md and the metrics come from this table.
 * A field that changes its meaning or goes away makes a new version; a new field does not.
 */
interface EventDeclaration {
  level: LogLevel;
  v: number;
  /** What happened, for the person who reads the log. */
  description: string;
  fields: Record<string, FieldDeclaration>;
}

export type LogLevel = 'info' | 'warn' | 'error';

/** `?`: the field may be absent. */
type FieldType = 'string' | 'string?' | 'integer' | 'integer?';
type FieldDeclaration = readonly [type: FieldType, description: string];

const actionId = [
  'string',
  'identifies the action in all its lines: the action task’s taskId; in the direct way `payload.taskId`, or an id of the signed request',
] as const;
const runId = ['integer', 'the action task’s run'] as const;
const taskQueueId = ['string', '`<trust domain>-<level>/<name>`'] as const;
const method = ['string', 'API method, as in taskcluster-client'] as const;
const statusCode = ['integer?', 'HTTP status of the answer, if one came'] as const;
const code = ['string', 'Taskcluster’s error code, or the network’s'] as const;
const incidentId = ['string', 'the id in the caller’s error message, to find this line'] as const;

export const LOG_EVENTS = {
  'cold-start': {
    level: 'info',
    v: 1,
    description: 'A new instance of the function received its first event.',
    fields: { sinceStartMs: ['integer', 'since the process was started'] },
  },
  'action-received': {
    level: 'info',
    v: 1,
    description: 'An action was requested and accepted.',
    fields: {
      actionId,
      clientId: ['string', 'who requested it'],
      hook: ['string', '`<hookGroupId>/<hookId>` that was triggered'],
      callback: ['string', 'the action’s `cb_name`'],
      taskGroupId: ['string', 'the push'],
    },
  },
  'action-forwarded': {
    level: 'info',
    v: 1,
    description: 'The whole action went to the full hook.',
    fields: {
      actionId,
      because: ['string', 'one word, as in the metric Forwards'],
      reason: ['string', 'the reason in full, with the task'],
      taskId: ['string?', 'the action task that the full hook created'],
    },
  },
  'fast-actions-differ': {
    level: 'warn',
    v: 1,
    description:
      'A wrapped hook gave the worker an action that the worker’s own setting FAST_ACTIONS does not list. It was ' +
      'forwarded, which takes a second longer. Make the hooks’ `fastActions` the same list.',
    fields: {
      actionId,
      hook: ['string', '`<hookGroupId>/<hookId>` that was triggered'],
      callback: ['string', 'the action’s `cb_name`'],
      reason: ['string', 'what is not listed'],
    },
  },
  'begun-before': {
    level: 'info',
    v: 1,
    description:
      'The settings would forward this action now, but an earlier attempt at it has begun, so it is finished here.',
    fields: {
      actionId,
      because: ['string', 'one word, why it would be forwarded, as in the metric Forwards'],
      reason: ['string', 'the same in full'],
    },
  },
  'forward-in-doubt': {
    level: 'warn',
    v: 1,
    description:
      'The full hook was triggered, but it is not known whether its task exists. The user was told to check; the ' +
      'queued way tries again with the same taskId.',
    fields: { actionId, reason: ['string', 'the user’s error message: the taskId, and the error'] },
  },
  'action-warning': {
    level: 'warn',
    v: 1,
    description: 'Nothing was refused, but what was created may run later than the user expects.',
    fields: { actionId, warning: ['string', 'the same text that the user sees'] },
  },
  'item-done': {
    level: 'info',
    v: 1,
    description: 'One item of an action was done, or refused.',
    fields: {
      actionId,
      label: ['string', 'of the task to run again; its taskId if the label was not read'],
      taskId: ['string?', 'of that task; absent for a label that the push does not have'],
      result: ['string', '`created`, `rerun`, `canceled`, `noop`, `refused` or `unknown`'],
      newTaskId: ['string?', 'the clone'],
      reason: ['string', 'why this was done, or refused'],
    },
  },
  'action-done': {
    level: 'info',
    v: 2,
    description: 'An action was performed or forwarded.',
    fields: {
      actionId,
      ms: ['integer', 'from reading the action to its last write'],
      sinceClickMs: ['integer?', 'from the trigger to the last write; absent if nothing runs because of it'],
      apiCalls: ['integer', 'requests to Taskcluster, retries included'],
      created: ['integer', 'clones'],
      reruns: ['integer', 'tasks that were rerun'],
      canceled: ['integer', 'tasks that were canceled'],
      noops: ['integer', 'items with nothing to do'],
      refused: ['integer', 'items that were not done'],
      unknown: ['integer', 'items that may have been done: Taskcluster did not answer'],
    },
  },
  'request-refused': {
    level: 'info',
    v: 1,
    description: 'A request was refused because of a mistake or a missing scope.',
    fields: {
      code,
      statusCode: ['integer', 'HTTP status'],
      message: ['string', 'the caller’s error message'],
    },
  },
  'read-failed': {
    level: 'warn',
    v: 2,
    description: 'Reading failed, so the action was forwarded.',
    fields: { actionId, method, statusCode, code },
  },
  polled: {
    level: 'info',
    v: 1,
    description: 'A long poll was answered.',
    fields: {
      taskQueueId,
      claimed: ['integer', 'action tasks that it claimed'],
      oldestSeconds: ['integer', 'how long the oldest of them waited; 0 if there is none'],
    },
  },
  'poll-failed': {
    level: 'warn',
    v: 2,
    description: 'A poll failed; the next one follows after a pause.',
    fields: { taskQueueId, method, statusCode, code },
  },
  'scaled-out': {
    level: 'info',
    v: 1,
    description: 'A queue had more work than one run can take, so another run was started.',
    fields: { started: ['integer', 'by this run so far'] },
  },
  'scale-out-failed': {
    level: 'warn',
    v: 1,
    description: 'Starting another run failed; this one continues alone.',
    fields: { reason: ['string', 'the error'] },
  },
  'poll-ended': {
    level: 'info',
    v: 1,
    description: 'A run of the worker has ended.',
    fields: {
      mode: ['string', '`poll` (scheduled) or `drain` (started by another run)'],
      completed: ['integer', 'action tasks resolved as completed'],
      failed: ['integer', 'resolved as failed'],
      malformed: ['integer', 'resolved as malformed: not one of our action tasks'],
      shutdown: ['integer', 'given back to the queue'],
      lost: ['integer', 'canceled, expired or past their deadline in the meantime'],
    },
  },
  claimed: {
    level: 'info',
    v: 1,
    description: 'An action task was claimed.',
    fields: { actionId, runId, taskQueueId },
  },
  resolved: {
    level: 'info',
    v: 1,
    description: 'An action task was resolved, given back, or lost.',
    fields: {
      actionId,
      runId,
      resolution: ['string', '`completed`, `failed`, `malformed`, `shutdown` or `lost`'],
      ms: ['integer', 'since it was claimed'],
    },
  },
  'claim-failed': {
    level: 'warn',
    v: 1,
    description: 'A claimed task could not be processed. It was given back, and its next run continues.',
    fields: { actionId, runId, reason: ['string', 'the error'] },
  },
  'credentials-renewed': {
    level: 'info',
    v: 1,
    description: 'Taskcluster refused our credentials, and the access token was read again.',
    fields: { changed: ['string', '`yes` or `no`: whether the stored token had changed'] },
  },
  'taskcluster-failed': {
    level: 'warn',
    v: 2,
    description:
      'A call failed that the request needed. The request was answered with 500, before anything was written.',
    fields: { method, statusCode, code, incidentId },
  },
  serving: {
    level: 'info',
    v: 1,
    description: '`serve` is ready: it accepts requests and polls.',
    fields: {
      address: ['string', 'where it listens'],
      ways: ['string', '`trigger`, `worker` or both'],
      rootUrl: ['string', 'the Taskcluster deployment'],
    },
  },
  stopping: {
    level: 'info',
    v: 1,
    description:
      '`serve` was asked to stop. It claims nothing more; what is under way is finished or given back.',
    fields: {},
  },
  stopped: {
    level: 'info',
    v: 1,
    description: '`serve` ended cleanly.',
    fields: {},
  },
  'log-lost': {
    level: 'error',
    v: 1,
    description:
      '`serve` could not write a log line: the disk is full, or the reader is gone. Work continues; /metrics counts ' +
      'the lines lost from here on.',
    fields: { reason: ['string', 'the error'] },
  },
  'taskcluster-unreachable': {
    level: 'warn',
    v: 1,
    description: '`serve` lost contact with Taskcluster and keeps trying.',
    fields: { reason: ['string', 'the error'] },
  },
  'taskcluster-reached': {
    level: 'info',
    v: 1,
    description: '`serve` reaches Taskcluster again.',
    fields: {},
  },
  'clock-differs': {
    level: 'warn',
    v: 1,
    description:
      'The clocks of this machine and of Taskcluster differ by a minute or more. From 15 minutes on, Taskcluster refuses ' +
      'what we sign. The times of clones are off by the same amount.',
    fields: {
      aheadSeconds: ['integer', 'of our clock; negative if it is behind'],
      problem: ['string', 'the same in words'],
    },
  },
  'unexpected-error': {
    level: 'error',
    v: 1,
    description: 'Something happened that must not happen. Please look into it.',
    fields: {
      error: ['string', 'name and message'],
      stack: ['string?', 'where it came from'],
      incidentId: ['string?', 'the id in the caller’s error message, if there was one'],
    },
  },
} as const satisfies Record<string, EventDeclaration>;

interface TypeOfField {
  string: string;
  'string?': string | undefined;
  integer: number;
  'integer?': number | undefined;
}

export type LogEvent = keyof typeof LOG_EVENTS;

/** The fields of each event. */
export type LogFields<E extends LogEvent> = {
  [F in keyof (typeof LOG_EVENTS)[E]['fields']]: (typeof LOG_EVENTS)[E]['fields'][F] extends readonly [
    infer T extends FieldType,
    string,
  ]
    ? TypeOfField[T]
    : never;
};
