import { act } from '../../../functions/actions/act.ts';
import type { ItemOutcome } from '../../../functions/actions/outcome.ts';
import type { Action, Work } from '../../../functions/actions/plan.ts';
import type { Writer } from '../../../functions/ports/writer.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { action, id } from '../fixtures.ts';
import { readerOf, smallPush, work, type MemoryPush } from './memory-push.ts';

const LABELS = ['test-linux/opt-1', 'source-lint', 'upload-symbols', 'upload-docs', 'no-such'];
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

/** What the writing of a task comes to: an error; nothing, for success; or any deed of its own. */
export type Failures = Record<string, Error | (() => never)>;

interface Attempt {
  push?: MemoryPush;
  failures?: Failures;
  changes?: Partial<Action>;
  planned?: (work: Work) => Work;
  readable?: boolean;
}

async function unreadable(): Promise<never> {
  throw new TaskclusterError({
    method: 'tasks',
    statusCode: 503,
    code: 'InternalServerError',
    message: 'down',
  });
}

/** Plans the request on a small push, acts, and tells what was written and said. */
export async function attempt({
  push = smallPush(),
  failures = {},
  changes = {},
  planned,
  readable = true,
}: Attempt) {
  const asked = action(request, changes);
  const found = await work(push, asked);
  const plan = planned ? planned(found) : found;
  const written: string[] = [];
  const fail = (taskId: string) => {
    const failure = failures[taskId];
    if (typeof failure === 'function') failure();
    else if (failure) throw failure;
  };
  const writer: Writer = {
    createTask: async (taskId, task) => {
      written.push(`createTask ${taskId}`);
      fail(taskId);
      push.tasks.set(taskId, task);
    },
    rerunTask: async (taskId, knownRuns) => {
      written.push(`rerunTask ${taskId} ${knownRuns}`);
      fail(taskId);
    },
  };
  const reader = readerOf(push);
  const said: [ItemOutcome, unknown][] = [];
  const outcome = await act({
    action: asked,
    work: plan,
    reader: readable ? reader : { ...reader, tasks: unreadable },
    writer,
    onDone: (...item) => said.push([item[0], item[1]]),
    outOfTime: new Promise(() => undefined),
  });
  return { plan, outcome, written, said, push };
}
