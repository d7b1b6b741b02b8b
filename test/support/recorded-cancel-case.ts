import type { Push, PushTask } from '../../local/push/push.ts';
import type { Fault } from '../../local/taskcluster/api.ts';
import { at, objectAt, stringsAt } from './json.ts';
import { recorded, recordedCases, recordedPush } from './recorded.ts';

const CASES = 'taskgraph/cases-more/small';
const STATES: PushTask['state'][] = ['unscheduled', 'pending', 'running', 'completed', 'failed', 'exception'];

/** A recorded cancellation by taskgraph, and its result. */
export interface CancelCase {
  callback: string;
  input: unknown;
  taskId: string | null;
  /** The push with the states from the case. */
  push: Push;
  faults: Fault[];
  /** `<taskId> <status of the answer>` of each cancelTask, sorted. */
  canceled: string[];
}

export async function cancelCases(): Promise<string[]> {
  return (await recordedCases(CASES)).filter((name) => name.startsWith('cancel'));
}

/** @param now the push's newest task is from an hour before */
export async function cancelCase(name: string, now: Date): Promise<CancelCase> {
  const push = await recordedPush('taskgraph/push', now);
  const { callback, input, server_control: control, env } = await recorded(`${CASES}/${name}/input.json`);
  for (const [taskId, state] of Object.entries(objectAt(control, 'state'))) {
    const task = push.tasks[taskId];
    const known = STATES.find((one) => one === state);
    if (!task || !known) throw new Error(`${name}: ${taskId} cannot be ${String(state)}`);
    task.state = known;
  }
  const { otherCalls } = await recorded(`${CASES}/${name}/normalized.json`);
  const taskId: unknown = JSON.parse(String(at(env, 'ACTION_TASK_ID')));
  const forbidden = at(control, 'faults');
  return {
    callback: String(callback),
    input,
    taskId: typeof taskId === 'string' ? taskId : null,
    push,
    faults: [
      ...(Array.isArray(forbidden) ? forbidden : []).map((fault: unknown) => ({
        method: 'cancelTask',
        path: `*${String(at(fault, 'pathContains'))}`,
        status: Number(at(fault, 'status')),
        times: 99,
      })),
      // The local queue would end a task at its deadline before it could be canceled.
      ...stringsAt(control, 'pastDeadline').map((id) => ({
        method: 'cancelTask',
        path: `*/${id}/cancel`,
        status: 409,
        times: 99,
      })),
    ],
    canceled: (Array.isArray(otherCalls) ? otherCalls : [])
      .flatMap((call: unknown) => {
        const id = /\/task\/([^/]+)\/cancel$/.exec(String(at(call, 'path')))?.[1];
        return id === undefined ? [] : [`${id} ${String(at(call, 'status'))}`];
      })
      .toSorted(),
  };
}
