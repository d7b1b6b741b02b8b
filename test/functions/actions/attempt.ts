import { act } from '../../../functions/actions/act.ts';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import type { Action, Refusal, Work } from '../../../functions/actions/plan.ts';
import { NO_DEADLINES } from '../../../functions/platform/deadline.ts';
import type { Writer } from '../../../functions/ports/writer.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { action, id, status } from '../fixtures.ts';
import { readerOf, smallPush, work, type MemoryPush } from './memory-push.ts';

const LABELS = ['test-linux/opt-1', 'source-lint', 'upload-symbols', 'upload-docs'];
const refusal: Refusal = { label: 'cut', reason: 'several labels of this push start like this one' };
const request = {
  kind: 'labels',
  requests: [{ labels: LABELS, times: 2 }],
} as const satisfies Action['request'];
export const [test1, lint] = [id('test1'), id('lint')];
export const ofTest1 = (copy: number) => cloneTaskId(id('action'), test1, copy);
export const ofLint = (copy: number) => cloneTaskId(id('action'), lint, copy);

export const forbidden = new TaskclusterError({
  method: 'createTask',
  statusCode: 403,
  code: 'InsufficientScopes',
  message: 'no scopes\n\n---\n\n* block',
});
export const conflict = new TaskclusterError({
  method: 'createTask',
  statusCode: 409,
  code: 'RequestConflict',
  message: 'taskId already used',
});

export const lost = new TaskclusterError({
  method: 'createTask',
  kind: 'no-answer',
  code: 'ECONNRESET',
  message: 'lost',
});
export const broken = new TaskclusterError({
  method: 'createTask',
  statusCode: 500,
  code: 'InternalServerError',
  message: 'broken',
});

/** The result of writing a task: an error, nothing for success, or the result of a function. */
export type Failures = Record<string, Error | (() => void)>;

interface Attempt {
  push?: MemoryPush;
  /** Four labels, twice each, by default. */
  asked?: Action['request'];
  failures?: Failures;
  changes?: Partial<Action>;
  planned?: (work: Work) => Work;
  /** Whether what was written can be read. */
  readable?: boolean;
  /** Whether writes that fail take effect nevertheless. */
  arrives?: boolean;
}

async function unreadable(): Promise<never> {
  throw new TaskclusterError({
    method: 'tasks',
    statusCode: 503,
    code: 'InternalServerError',
    message: 'down',
  });
}

/** Plans the request on a small push, acts, and returns what was written and reported. */
export async function attempt({
  push = smallPush(),
  asked: asks = request,
  failures = {},
  changes = {},
  planned,
  readable = true,
  arrives = false,
}: Attempt) {
  const asked = action(asks, changes);
  const found = { ...(await work(push, asked)), refused: [refusal] };
  const plan = planned ? planned(found) : found;
  const written: string[] = [];
  const fail = (taskId: string) => {
    const failure = failures[taskId];
    if (typeof failure === 'function') failure();
    else if (failure) throw failure;
  };
  const create = (taskId: string, task: TaskDefinition) => {
    push.tasks.set(taskId, task);
    push.statuses.set(taskId, status(taskId, 'pending'));
  };
  const addRun = (taskId: string) => {
    const { runs, ...rest } = push.statuses.get(taskId) ?? status(taskId, 'failed');
    const next = { runId: runs.length, state: 'pending', reasonCreated: 'rerun', scheduled: '' } as const;
    push.statuses.set(taskId, { ...rest, state: 'pending', runs: [...runs, next] });
  };
  const writer: Writer = {
    createTask: async (taskId, task) => {
      written.push(`createTask ${taskId}`);
      if (arrives) create(taskId, task);
      fail(taskId);
      create(taskId, task);
    },
    cancelTask: () => Promise.reject(new Error('nothing here is canceled')),
    rerunTask: async (taskId, knownRuns) => {
      written.push(`rerunTask ${taskId} ${knownRuns}`);
      if (arrives) addRun(taskId);
      fail(taskId);
    },
  };
  const reader = readerOf(push);
  const said: [ItemOutcome, unknown][] = [];
  const outcome = await act({
    action: asked,
    work: plan,
    reader: readable ? reader : { ...reader, tasks: unreadable, statuses: unreadable },
    writer,
    onDone: (...item) => said.push([item[0], item[1]]),
    deadlines: NO_DEADLINES,
  });
  return { plan, outcome, written, said, push, reads: reader.reads.filter((read) => read !== 'tasks ') };
}
