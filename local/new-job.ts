import type { Push } from './push/push.ts';
import { isObject } from '../functions/tasks/shapes.ts';

/** Label → graph entry, for the labels of the push's graph that have no task; empty if the push has no graph. */
function notScheduled({ artifacts, decisionTaskId }: Push): Map<string, unknown> {
  const graph: unknown = JSON.parse(
    JSON.stringify(artifacts[decisionTaskId]?.['public/full-task-graph.json'] ?? {}),
  );
  const maps = Object.values(artifacts).map((files) => files['public/label-to-taskid.json']);
  return new Map(
    Object.entries(isObject(graph) ? graph : {}).filter(
      ([label]) => !maps.some((map) => isObject(map) && label in map),
    ),
  );
}

/** The labels that a developer may add to the push as new jobs, in alphabetical order. */
export function newLabels(push: Push): string[] {
  return [...notScheduled(push).keys()].toSorted();
}

/**
 * A test of the push's graph that has not been run and whose dependencies have all completed, so that it could run at
 * once. Undefined if the push has no such test, or no graph.
 */
export function unscheduledTest(push: Push): string | undefined {
  const { artifacts, decisionTaskId, tasks } = push;
  const scheduled = artifacts[decisionTaskId]?.['public/label-to-taskid.json'];
  const isDone = (label: unknown): boolean => {
    const taskId = isObject(scheduled) ? scheduled[String(label)] : undefined;
    return tasks[String(taskId)]?.state === 'completed';
  };
  return [...notScheduled(push)].find(
    ([label, entry]) =>
      label.startsWith('test-') &&
      isObject(entry) &&
      isObject(entry['dependencies']) &&
      Object.values(entry['dependencies']).every(isDone),
  )?.[0];
}
