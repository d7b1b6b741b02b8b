import { unfinishedItems } from '../actions/outcome.ts';
import type { Result } from '../actions/perform.ts';
import { cloneOf } from '../actions/act.ts';
import type { Artifact, Link } from '../taskcluster/claims.ts';

const LOG = { name: 'public/logs/live_backing.log', contentType: 'text/plain; charset=utf-8' };
const LABELS = { name: 'public/label-to-taskid.json', contentType: 'application/json' };
const TO_RUN = { name: 'public/to-run.json', contentType: 'application/json' };
const TASK_GRAPH = { name: 'public/task-graph.json', contentType: 'application/json' };
const REPORT = { name: 'public/retrigger.json', contentType: 'application/json' };

export const LIVE_LOG: Link = { name: 'public/logs/live.log', artifact: LOG.name };

/** Every action task leaves these, whatever becomes of it, so that they can be prepared before that is known. */
export const ARTIFACTS: readonly (Omit<Artifact, 'content'> | Link)[] = [
  LOG,
  LABELS,
  TO_RUN,
  TASK_GRAPH,
  REPORT,
  LIVE_LOG,
];

type Performed = Extract<Result, { kind: 'performed' }>;

/**
 * The documents that an action task leaves behind, the same as today's, for Treeherder and every later in-tree action.
 * They tell of what was made anew only: taskgraph overlays the decision task's maps with them.
 *
 * @param result undefined if the action could not be performed at all
 */
export function documents(actionId: string, log: string, result: Result | undefined): Artifact[] {
  const done = result?.kind === 'performed' ? result : undefined;
  const created = (done?.outcome.items ?? []).filter(({ result: what }) => what === 'created');
  const labels = created.flatMap(({ label, newTaskId }) => (newTaskId ? [[label, newTaskId]] : []));
  return [
    { ...LOG, content: log },
    json(LABELS, Object.fromEntries(labels)),
    json(TO_RUN, [...new Set(created.map(({ label }) => label))]),
    json(TASK_GRAPH, done ? taskGraph(done) : {}),
    json(REPORT, report(actionId, result)),
  ];
}

/** As taskgraph writes its optimized graphs: by taskId, the definition under `task`. */
function taskGraph({ action, plan, outcome }: Performed): Record<string, unknown> {
  const made = new Set(outcome.items.map(({ newTaskId }) => newTaskId));
  return Object.fromEntries(
    plan.clones
      .filter(({ newTaskId }) => made.has(newTaskId))
      .map((clone) => {
        const task = cloneOf(action, clone);
        return [
          clone.newTaskId,
          {
            kind: task.tags?.['kind'] ?? '',
            label: clone.label,
            attributes: {},
            dependencies: {},
            soft_dependencies: [],
            if_dependencies: [],
            optimization: null,
            task_id: clone.newTaskId,
            task,
          },
        ];
      }),
  );
}

/** `public/retrigger.json`; its schema is docs/retrigger.schema.json. */
function report(actionId: string, result: Result | undefined): Record<string, unknown> {
  const version = { version: 1, actionId };
  if (!result) return { ...version, result: 'failed', items: [], warnings: [] };
  if (result.kind === 'forwarded') {
    const { because, reason } = result.plan;
    const taskId = result.answer?.taskId ?? null;
    return {
      ...version,
      result: taskId ? 'forwarded' : 'failed',
      items: [],
      warnings: [],
      forward: { because, reason, taskId },
    };
  }
  const { items, warnings } = result.outcome;
  return { ...version, result: succeeded(result) ? 'completed' : 'failed', items, warnings };
}

/**
 * Whether the action task may end as completed: everything was done. That nothing was to be done is no failure, as in
 * taskgraph: projects have people mailed for failed action tasks.
 */
export function succeeded(result: Result): boolean {
  if (result.kind === 'forwarded') return result.answer !== undefined;
  return unfinishedItems(result.outcome).length === 0;
}

function json(artifact: Omit<Artifact, 'content'>, content: unknown): Artifact {
  return { ...artifact, content: `${JSON.stringify(content, undefined, 2)}\n` };
}
