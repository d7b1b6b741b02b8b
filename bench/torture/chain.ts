import { isObject } from '../../functions/tasks/shapes.ts';
import type { Push } from '../../local/push/push.ts';
import { randomTaskId } from '../../functions/tasks/task-id.ts';

const GRAPH = 'public/full-task-graph.json';
const LABELS = 'public/label-to-taskid.json';

export const CHAIN = ['chain-first', 'chain-second', 'chain-third'] as const;

/**
 * Adds three tasks to a push, each of which needs the one before. They are defined as tests, since at level 3 we create
 * nothing else without the full hook.
 *
 * @param scheduled whether the decision task created them, or they are only in its graph
 * @returns the taskId of the first, if scheduled
 */
export function addChain(push: Push, scheduled: boolean): string {
  const { decisionTaskId, artifacts } = push;
  const ofDecision = artifacts[decisionTaskId] ?? {};
  const model = Object.values(push.tasks).find(
    ({ task: { tags } }) => isObject(tags) && tags['kind'] === 'test',
  );
  if (!model) throw new Error('the push has no test');
  // The scenario needs nothing else of the graph, and the real one takes time to make.
  const graph: Record<string, unknown> = {};
  const labels = { ...Object(ofDecision[LABELS]) };
  const taskIds = CHAIN.map(() => randomTaskId());
  const definition = (at: number) => ({ ...model.task, metadata: named(model.task, CHAIN[at] ?? '') });
  for (const [at, label] of CHAIN.entries()) {
    const before = CHAIN[at - 1];
    graph[label] = {
      kind: 'test',
      label,
      attributes: { retrigger: true },
      dependencies: before === undefined ? {} : { before },
      task: {
        ...definition(at),
        dependencies: [],
        created: { 'relative-datestamp': '0 seconds' },
        deadline: { 'relative-datestamp': '1 day' },
        expires: { 'relative-datestamp': '28 days' },
        payload: before === undefined ? {} : { before: { 'task-reference': '<before>' } },
      },
    };
    if (!scheduled) continue;
    const taskId = taskIds[at] ?? '';
    labels[label] = taskId;
    const dependencies = taskIds.slice(Math.max(0, at - 1), at);
    push.tasks[taskId] = { label, state: 'completed', task: { ...definition(at), dependencies } };
  }
  artifacts[decisionTaskId] = { ...ofDecision, [GRAPH]: graph, [LABELS]: labels };
  return taskIds[0] ?? '';
}

function named(task: Record<string, unknown>, name: string): Record<string, unknown> {
  return { ...(isObject(task['metadata']) ? task['metadata'] : {}), name };
}
