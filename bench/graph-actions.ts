import { FAST_ACTIONS } from '../functions/platform/fast-actions.ts';
import { CompressedJson } from '../local/push/compressed-json.ts';
import type { Push } from '../local/push/push.ts';
import { testsOf, type Case } from './cases.ts';
import { measure, setStage, type Row } from './measure.ts';

/** Low, so that the graph dominates the measured time. */
const LATENCY_MS = 30;

/** Actions that need the graph. */
const CASES: readonly (Case & { marked: boolean })[] = [
  {
    name: 'one unmarked retrigger',
    marked: false,
    earlier: 0,
    callback: 'retrigger-multiple',
    input: (push) => ({ input: { requests: [{ tasks: testsOf(push).slice(0, 1) }] }, taskId: null }),
  },
  {
    name: 'one downstream',
    marked: true,
    earlier: 0,
    callback: 'retrigger',
    input: (push) => ({ input: { downstream: true }, taskId: taskIdOf(push, testsOf(push)[0]) }),
  },
  {
    name: 'one add-new-jobs',
    marked: true,
    earlier: 0,
    callback: 'add-new-jobs',
    input: () => ({
      input: { tasks: ['test-linux2404-64/opt-mochitest-plain-a11y-checks'] },
      taskId: null,
    }),
  },
];

/** Measures the actions that read the graph, each way, first cold and then warm. */
export async function graphActions(size: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const marked of [true, false]) {
    const stage = await setStage(size, 0, { marked, fastActions: FAST_ACTIONS });
    const graph = stage.push.artifacts[stage.push.decisionTaskId]?.['public/full-task-graph.json'];
    // Made on first use, so make it now, outside the measured time.
    if (graph instanceof CompressedJson) void graph.gzipped;
    for (const one of CASES.filter((candidate) => candidate.marked === marked))
      for (const way of ['direct', 'queued'] as const)
        rows.push(...(await measure(stage, way, LATENCY_MS, size, one)));
    await stage.taskcluster.close();
  }
  return rows;
}

function taskIdOf({ tasks }: Push, label: string | undefined): string {
  const found = Object.entries(tasks).find(([, task]) => task.label === label);
  if (!found) throw new Error('the push has no test');
  return found[0];
}
