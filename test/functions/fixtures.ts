import { encode } from 'slugid';
import * as fc from 'fast-check';
import type { ItemOutcome } from '../../functions/actions/outcome.ts';
import type { ActionPayload } from '../../functions/actions/payload.generated.js';
import type { Action } from '../../functions/actions/plan.ts';
import { TaskclusterError } from '../../functions/ports/error.ts';
import type { TaskDefinition, TaskState, TaskStatus } from '../../functions/tasks/definition.ts';
import { parseInTreeHook, type InTreeHook } from '../../functions/tasks/hook-name.ts';

/** A valid taskId that contains a name of at most 8 letters: `build___Q_C__________A`. */
export function id(name: string): string {
  return `${name.padEnd(8, '_')}Q_C__________A`;
}

export const DECISION = id('decision');
/** When the tasks of the push were created, and when the user makes the request. */
export const CREATED = '2026-05-01T10:00:00.000Z';
export const NOW = new Date('2026-05-01T12:30:00.250Z');

/** The outcome of a task that was cloned. */
export const CLONED = {
  label: 'a',
  taskId: id('a'),
  newTaskId: id('copy'),
  copy: 1,
  result: 'created',
  reason: 'r',
} satisfies ItemOutcome;

export const HOOK = inTreeHook('project-gecko', 'in-tree-action-1-generic/0123456789');

export function inTreeHook(hookGroupId: string, hookId: string): InTreeHook {
  const hook = parseInTreeHook({ hookGroupId, hookId });
  if (!hook) throw new Error(`${hookGroupId}/${hookId} is no in-tree hook`);
  return hook;
}

/** A test task like Firefox's: cloneable, of the push, on a worker pool of level 1. */
export function definition(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    taskQueueId: 'gecko-1/t-linux',
    provisionerId: 'gecko-1',
    workerType: 't-linux',
    schedulerId: 'gecko-level-1',
    taskGroupId: DECISION,
    projectId: 'none',
    priority: 'low',
    retries: 5,
    dependencies: [DECISION],
    requires: 'all-completed',
    routes: ['tc-treeherder.v2.try.0123456789abcdef.1'],
    scopes: [],
    created: CREATED,
    deadline: '2026-05-02T10:00:00.000Z',
    expires: '2026-05-29T10:00:00.000Z',
    payload: { command: ['run'], maxRunTime: 3600 },
    metadata: {
      name: 'test-linux/opt',
      description: 'A test',
      owner: 'dev@example.com',
      source: 'https://hg.example.com/try',
    },
    tags: { kind: 'test', retrigger: 'true' },
    extra: { parent: DECISION },
    ...changes,
  };
}

/** The definition's metadata with another label. */
export function named(name: string): TaskDefinition['metadata'] {
  return { ...definition().metadata, name };
}

export function status(
  taskId: string,
  state: TaskState = 'completed',
  changes: Partial<TaskStatus> = {},
): TaskStatus {
  const { taskGroupId, schedulerId, deadline } = definition();
  const runs = [{ runId: 0, state, reasonCreated: 'scheduled', scheduled: CREATED }];
  return {
    taskId,
    taskGroupId,
    schedulerId,
    state,
    deadline,
    expires: '2026-05-29T10:00:00.000Z',
    runs,
    ...changes,
  };
}

/** What Treeherder sends for an action. */
export function payload(
  callback: string,
  input: unknown = null,
  taskId: string | null = null,
  others: Partial<ActionPayload> = {},
): ActionPayload {
  return {
    decision: {
      action: {
        name: callback,
        title: 'Retrigger',
        description: 'Runs it again',
        taskGroupId: DECISION,
        cb_name: callback,
        symbol: 'rt',
      },
      push: { owner: 'dev@example.com', revision: '0123456789abcdef', pushlog_id: '1' },
      repository: { url: 'https://hg.example.com/try', project: 'try', level: '1' },
    },
    user: { input, taskId, taskGroupId: DECISION },
    ...others,
  };
}

/** An action as planning gets it in the direct way. */
export function action(request: Action['request'], changes: Partial<Action> = {}): Action {
  return {
    id: id('action'),
    repeated: false,
    hook: HOOK,
    taskGroupId: DECISION,
    request,
    requested: NOW.toISOString(),
    now: NOW,
    readsGraph: false,
    rootUrl: 'https://tc.example.com',
    ...changes,
  };
}

/** Any valid taskId, including those with a leading dash. */
export const anyTaskId: fc.Arbitrary<string> = fc.uuid({ version: 4 }).map((uuid) => encode(uuid));

/** An arbitrary creation time of a task. */
export const anyMoment: fc.Arbitrary<Date> = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2035-01-01T00:00:00Z'),
  noInvalidDate: true,
});

/** How a call can fail. */
export type Status = number | 'no answer';

/** A failed call as the client reports it. */
export function failedCall(method: string, how: Status): TaskclusterError {
  const outcome = how === 'no answer' ? { kind: 'no-answer' as const } : { statusCode: how };
  return new TaskclusterError({ method, ...outcome, code: 'X', message: String(how) });
}
