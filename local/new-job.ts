import type { Push } from './push/push.ts';
import { isRecord } from './push/taskcluster-yml.ts';

/**
 * A test that is in the push's graph and that nobody has run yet, all that it needs being done, so that it could run at
 * once. Undefined if the push has no such test, or no graph.
 */
export function unscheduledTest({ artifacts, decisionTaskId, tasks }: Push): string | undefined {
  const graph: unknown = JSON.parse(
    JSON.stringify(artifacts[decisionTaskId]?.['public/full-task-graph.json'] ?? {}),
  );
  const maps = Object.values(artifacts).map((files) => files['public/label-to-taskid.json']);
  const scheduled = artifacts[decisionTaskId]?.['public/label-to-taskid.json'];
  const isDone = (label: unknown): boolean => {
    const taskId = isRecord(scheduled) ? scheduled[String(label)] : undefined;
    return tasks[String(taskId)]?.state === 'completed';
  };
  return Object.entries(isRecord(graph) ? graph : {}).find(
    ([label, entry]) =>
      label.startsWith('test-') &&
      !maps.some((map) => isRecord(map) && label in map) &&
      isRecord(entry) &&
      isRecord(entry['dependencies']) &&
      Object.values(entry['dependencies']).every(isDone),
  )?.[0];
}
