import { fields, list, text } from '../../functions/taskcluster/answers.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { Queue } from '../../local/treeherder/client.ts';
import { at } from './json.ts';

/** A task as the queue has it now. */
export interface QueuedTask {
  taskId: string;
  state: string;
  /** The state of each run, in order. */
  runs: { state: string; reasonCreated: string; reasonResolved?: string }[];
  task: Record<string, unknown>;
}

/** All tasks of a task group. */
export async function tasksInGroup(
  { rootUrl }: LocalTaskcluster,
  taskGroupId: string,
): Promise<QueuedTask[]> {
  const queue = new Queue({ rootUrl });
  const found: QueuedTask[] = [];
  let query = {};
  for (;;) {
    const answer = fields('listTaskGroup', await queue.listTaskGroup(taskGroupId, query));
    found.push(...list('listTaskGroup', answer['tasks']).map(readTask));
    if (typeof answer['continuationToken'] !== 'string') return found;
    query = { continuationToken: answer['continuationToken'] };
  }
}

/** The state of a task. */
export async function taskNow({ rootUrl }: LocalTaskcluster, taskId: string): Promise<QueuedTask> {
  const queue = new Queue({ rootUrl });
  const [answer, task] = await Promise.all([queue.status(taskId), queue.task(taskId)]);
  return readTask({ ...fields('status', answer), task });
}

/** The clones that an action task created. */
export async function clonesOf(
  tc: LocalTaskcluster,
  taskGroupId: string,
  action: string,
): Promise<QueuedTask[]> {
  return (await tasksInGroup(tc, taskGroupId)).filter(({ task }) => at(task, 'extra', 'parent') === action);
}

/** Whether a task is a full action task, created by a forward, and not one of our action tasks. */
export function isFullAction({ task }: QueuedTask): boolean {
  return (
    at(task, 'tags', 'kind') === 'action-callback' && !String(task['taskQueueId']).endsWith('/retrigger')
  );
}

/** The text of an artifact of a task's latest run; undefined if there is none. */
export async function artifactText(
  { rootUrl }: LocalTaskcluster,
  taskId: string,
  name: string,
): Promise<string | undefined> {
  const answer = await new Queue({ rootUrl }).getLatestArtifact(taskId, name).catch((error: unknown) => {
    if (at(error, 'statusCode') === 404) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const response = await fetch(text('getLatestArtifact', fields('getLatestArtifact', answer)['url']));
  if (!response.ok) throw new Error(`${name} of ${taskId}: ${response.status}`);
  return response.text();
}

export async function artifactJson(tc: LocalTaskcluster, taskId: string, name: string): Promise<unknown> {
  const content = await artifactText(tc, taskId, name);
  return content === undefined ? undefined : JSON.parse(content);
}

/** The lines of an action task's log, without the times. */
export async function logLines(tc: LocalTaskcluster, taskId: string): Promise<string[]> {
  const log = (await artifactText(tc, taskId, 'public/logs/live_backing.log')) ?? '';
  return log
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\[ *\d+ ms\] /, ''));
}

function readTask(entry: unknown): QueuedTask {
  const { status, task } = fields('status', entry);
  const runs = list('status', at(status, 'runs')).filter(isObject);
  return {
    taskId: text('status', at(status, 'taskId')),
    state: text('status', at(status, 'state')),
    runs: runs.map((run) => ({
      state: String(run['state']),
      reasonCreated: String(run['reasonCreated']),
      ...(typeof run['reasonResolved'] === 'string' ? { reasonResolved: run['reasonResolved'] } : {}),
    })),
    task: fields('status', task),
  };
}
