import { GraphError, type TaskGraph } from '../graph/task-graph.ts';
import { Uncertain } from '../graph/uncertain.ts';
import { forward, type Plan } from './plan.ts';

/**
 * Plans by a graph. Forwards the action if there is no graph, if it cannot be used, or if it is not certain what
 * taskgraph would do.
 *
 * @throws TaskclusterError
 */
export async function withGraph(
  reading: Promise<TaskGraph | undefined>,
  plan: (graph: TaskGraph) => Promise<Plan>,
): Promise<Plan> {
  try {
    const graph = await reading;
    if (graph) return await plan(graph);
    return forward('graph', 'the decision task has no public/full-task-graph.json that we can read');
  } catch (error) {
    if (error instanceof GraphError) return forward('graph', error.message);
    if (error instanceof Uncertain) return forward('uncertain', error.message);
    throw error;
  }
}
