/**
 * Every event that the functions log. The types of `Log.event`, docs/events.md and the metrics come from this table.
 * A field that changes its meaning or goes away makes a new version; a new field does not.
 */
interface EventDeclaration {
  level: LogLevel;
  v: number;
  /** What has happened, for whoever reads the log at night. */
  description: string;
  fields: Record<string, FieldDeclaration>;
}

export type LogLevel = 'info' | 'warn' | 'error';

/** `?`: the field may be absent. */
type FieldType = 'string' | 'string?' | 'integer' | 'integer?';
type FieldDeclaration = readonly [type: FieldType, description: string];

const actionId = [
  'string',
  'names the action in all its lines: the action task’s taskId; the direct way: `payload.taskId` or a random id',
] as const;
const runId = ['integer', 'the action task’s run'] as const;
const taskQueueId = ['string', '`<trust domain>-<level>/<name>`'] as const;
const method = ['string', 'API method, as in taskcluster-client'] as const;
const statusCode = ['integer?', 'HTTP status of the answer, if one came'] as const;
const code = ['string', 'Taskcluster’s error code, or the network’s'] as const;
const incidentId = ['string', 'what the caller was told, to find this line by'] as const;

export const LOG_EVENTS = {
  'cold-start': {
    level: 'info',
    v: 1,
    description: 'A new instance of the function has got its first event.',
    fields: { sinceStartMs: ['integer', 'since the process was started'] },
  },
  'action-received': {
    level: 'info',
    v: 1,
    description: 'One action was asked for and let in.',
    fields: {
      actionId,
      clientId: ['string', 'who asked for it'],
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
      reason: ['string', 'the same for people, naming the task'],
      taskId: ['string?', 'the action task that the full hook has created'],
    },
  },
  'fast-actions-differ': {
    level: 'warn',
    v: 1,
    description:
      'A wrapped hook has handed the worker an action that the worker’s own setting FAST_ACTIONS does not list. It was ' +
      'forwarded, which costs its user a second: the hooks’ `fastActions` should be the same list.',
    fields: {
      actionId,
      hook: ['string', '`<hookGroupId>/<hookId>` that was triggered'],
      callback: ['string', 'the action’s `cb_name`'],
      reason: ['string', 'what is not listed'],
    },
  },
  'forward-in-doubt': {
    level: 'warn',
    v: 1,
    description:
      'The full hook was triggered, and nobody has told whether its task exists. The user was told to look; the queued ' +
      'way tries again with the same taskId.',
    fields: { actionId, reason: ['string', 'what the user was told: the taskId, and the error'] },
  },
  'action-warning': {
    level: 'warn',
    v: 1,
    description: 'Nothing was refused, but what was created may not run as soon as the user thinks.',
    fields: { actionId, warning: ['string', 'what the user is told as well'] },
  },
  'item-done': {
    level: 'info',
    v: 1,
    description: 'One item of an action was decided and done, or refused.',
    fields: {
      actionId,
      label: ['string', 'of the task that was to run again; its taskId where the label was not read'],
      taskId: ['string?', 'of that task; absent for a label that the push does not have'],
      result: ['string', '`created`, `rerun`, `canceled`, `noop`, `refused` or `unknown`'],
      newTaskId: ['string?', 'the clone'],
      reason: ['string', 'why it was decided so, or refused'],
    },
  },
  'action-done': {
    level: 'info',
    v: 2,
    description: 'One action has been performed or forwarded.',
    fields: {
      actionId,
      ms: ['integer', 'from reading the action to its last write'],
      sinceClickMs: ['integer?', 'from the trigger to the last write; absent if nothing runs because of it'],
      apiCalls: ['integer', 'requests to Taskcluster, further tries included'],
      created: ['integer', 'clones'],
      reruns: ['integer', 'tasks that were rerun'],
      canceled: ['integer', 'tasks that were canceled'],
      noops: ['integer', 'items with nothing to do'],
      refused: ['integer', 'items that were not done'],
      unknown: ['integer', 'items that may have been done, which Taskcluster has not answered'],
    },
  },
  'request-refused': {
    level: 'info',
    v: 1,
    description: 'A request was refused: a mistake of the caller’s, or a right that is missing.',
    fields: { code, statusCode: ['integer', 'HTTP status'], message: ['string', 'what the caller was told'] },
  },
  'read-failed': {
    level: 'warn',
    v: 2,
    description: 'Reading failed, so the action goes the slow way.',
    fields: { actionId, method, statusCode, code },
  },
  polled: {
    level: 'info',
    v: 1,
    description: 'One long poll has been answered.',
    fields: {
      taskQueueId,
      claimed: ['integer', 'action tasks that it claimed'],
      oldestSeconds: ['integer', 'how long the oldest of them has waited; 0 if there is none'],
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
    description: 'A queue has more work than one run can take, so another one was started.',
    fields: { started: ['integer', 'by this run so far'] },
  },
  'scale-out-failed': {
    level: 'warn',
    v: 1,
    description: 'Starting another run failed; this one goes on alone.',
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
      malformed: ['integer', 'resolved as malformed: no action task of ours'],
      shutdown: ['integer', 'given back to the queue'],
      lost: ['integer', 'canceled, expired or past their deadline meanwhile'],
    },
  },
  claimed: {
    level: 'info',
    v: 1,
    description: 'An action task is ours.',
    fields: { actionId, runId, taskQueueId },
  },
  resolved: {
    level: 'info',
    v: 1,
    description: 'An action task has been resolved, given back, or lost.',
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
    description: 'A claim could not be worked; it was given back, and its next run goes on.',
    fields: { actionId, runId, reason: ['string', 'the error'] },
  },
  'credentials-renewed': {
    level: 'info',
    v: 1,
    description: 'Taskcluster refused our credentials, and the access token was read again.',
    fields: { changed: ['string', '`yes` or `no`: whether the stored token was another one'] },
  },
  'taskcluster-failed': {
    level: 'warn',
    v: 2,
    description:
      'A call failed without which a request cannot be answered. It was answered with 500, before anything was written.',
    fields: { method, statusCode, code, incidentId },
  },
  serving: {
    level: 'info',
    v: 1,
    description: '`serve` takes requests and polls.',
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
      '`serve` was told to end. It claims nothing more; what is under way is finished or given back.',
    fields: {},
  },
  stopped: {
    level: 'info',
    v: 1,
    description: '`serve` has ended in order.',
    fields: {},
  },
  'log-lost': {
    level: 'error',
    v: 1,
    description:
      '`serve` could not write a line of its log: a full disk, or nobody reads it. Work goes on; /metrics counts the ' +
      'lines that are lost from here on.',
    fields: { reason: ['string', 'the error'] },
  },
  'taskcluster-unreachable': {
    level: 'warn',
    v: 1,
    description: '`serve` cannot reach Taskcluster any more. It goes on trying.',
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
      'what we sign; the times of clones are wrong by as much.',
    fields: {
      aheadSeconds: ['integer', 'of our clock; negative if it is behind'],
      problem: ['string', 'the same in words'],
    },
  },
  'unexpected-error': {
    level: 'error',
    v: 1,
    description: 'Something that must not happen; somebody has to look.',
    fields: {
      error: ['string', 'name and message'],
      stack: ['string?', 'where it came from'],
      incidentId: ['string?', 'what the caller was told, if one was'],
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
