import { unfinishedItems } from '../actions/outcome.ts';
import type { Result } from '../actions/perform.ts';
import { cloneOf } from '../actions/act.ts';
import type { Artifact } from '../taskcluster/claims.ts';

export const LOG_ARTIFACT = 'public/logs/live_backing.log';
export const LIVE_LOG_ARTIFACT = 'public/logs/live.log';

type Performed = Extract<Result, { kind: 'performed' }>;

/**
 * The documents that an action task leaves behind, the same as today's, for Treeherder and every later in-tree action
 * (design.md §6). They tell of what was made anew only: taskgraph overlays the decision task's maps with them.
 *
 * @param result undefined if the action could not be performed at all
 */
export function documents(actionId: string, log: string, result: Result | undefined): Artifact[] {
  const done = result?.kind === 'performed' ? result : undefined;
  const created = (done?.outcome.items ?? []).filter(({ result: what }) => what === 'created');
  const labels = created.flatMap(({ label, newTaskId }) => (newTaskId ? [[label, newTaskId]] : []));
  return [
    { name: LOG_ARTIFACT, contentType: 'text/plain; charset=utf-8', content: log },
    json('public/label-to-taskid.json', Object.fromEntries(labels)),
    json('public/to-run.json', [...new Set(created.map(({ label }) => label))]),
    json('public/task-graph.json', done ? taskGraph(done) : {}),
    json('public/retrigger.json', report(actionId, result)),
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

function json(name: string, content: unknown): Artifact {
  return { name, contentType: 'application/json', content: `${JSON.stringify(content, undefined, 2)}\n` };
}
