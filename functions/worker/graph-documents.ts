import { taskOf } from '../actions/create.ts';
import type { Performed } from '../actions/perform.ts';
import type { Clone, Creation, Round } from '../actions/plan.ts';
import type { Label, TaskId } from '../tasks/names.ts';

/** What later in-tree actions read from an action task: taskgraph overlays the decision task's documents with these. */
export interface GraphDocuments {
  /** By taskId, as taskgraph writes its optimized graphs. */
  'task-graph': Record<TaskId, unknown>;
  'label-to-taskid': Record<Label, TaskId>;
  'to-run': Label[];
}

/**
 * The documents of a performed action, by the suffix of their names: those of the whole action and, if there are
 * several rounds, of each round (taskgraph's combine_task_graph_files). They only list what was created, or found in
 * the index.
 */
export function graphDocuments(performed: Performed): Map<string, GraphDocuments> {
  const { plan } = performed;
  const byRound = plan.rounds.map((round): [string, GraphDocuments] => [
    `-${round.name}`,
    ofRound(performed, round),
  ]);
  const whole = combine([ofClones(performed), ...byRound.map(([, documents]) => documents)]);
  return new Map([['', whole], ...(byRound.length > 1 ? byRound : [])]);
}

function ofRound(performed: Performed, { name, requested, standing }: Round): GraphDocuments {
  const isMade = madeIn(performed);
  const made = performed.plan.creations.filter((creation) => creation.round === name && isMade(creation));
  const originals = made.filter(({ duplicateOf }) => duplicateOf === undefined);
  const taskIds = new Map(originals.map(({ label, newTaskId }) => [label, newTaskId]));
  const found = standing.flatMap(({ in: where, label, taskId }): [Label, TaskId][] =>
    where === 'index' ? [[label, taskId]] : [],
  );
  return {
    // taskgraph leaves duplicates out.
    'task-graph': Object.fromEntries(
      originals.map((creation) => [creation.newTaskId, creationNode(creation, taskIds)]),
    ),
    'label-to-taskid': Object.fromEntries([...found, ...labelsOf(made), ...taskIds]),
    'to-run': [...requested],
  };
}

function ofClones(performed: Performed): GraphDocuments {
  const isMade = madeIn(performed);
  const clones = performed.plan.clones.filter((clone) => isMade(clone));
  return {
    'task-graph': Object.fromEntries(clones.map((clone) => [clone.newTaskId, cloneNode(performed, clone)])),
    'label-to-taskid': Object.fromEntries(labelsOf(clones)),
    'to-run': [...new Set(clones.map(({ label }) => label))],
  };
}

function combine(parts: readonly GraphDocuments[]): GraphDocuments {
  return {
    'task-graph': Object.assign({}, ...parts.map((part) => part['task-graph'])),
    'label-to-taskid': Object.assign({}, ...parts.map((part) => part['label-to-taskid'])),
    'to-run': [...new Set(parts.flatMap((part) => part['to-run']))],
  };
}

function madeIn({ outcome }: Performed): (task: { newTaskId: TaskId }) => boolean {
  const created = outcome.items.filter(({ result }) => result === 'created');
  const made = new Set(created.map(({ newTaskId }) => newTaskId));
  return ({ newTaskId }) => made.has(newTaskId);
}

function labelsOf(tasks: readonly { label: Label; newTaskId: TaskId }[]): [Label, TaskId][] {
  return tasks.map(({ label, newTaskId }) => [label, newTaskId]);
}

function cloneNode({ action }: Performed, clone: Clone): Record<string, unknown> {
  const task = taskOf(action, clone);
  return {
    kind: task.tags?.['kind'] ?? '',
    label: clone.label,
    attributes: {},
    dependencies: {},
    soft_dependencies: [],
    if_dependencies: [],
    optimization: null,
    task_id: clone.newTaskId,
    task,
  };
}

/** @param taskIds of the round's own tasks; edges lead only to these */
function creationNode(
  { entry, newTaskId, definition }: Creation,
  taskIds: ReadonlyMap<Label, TaskId>,
): Record<string, unknown> {
  const edges = Object.entries(entry.dependencies).flatMap(([edge, label]) => {
    const taskId = taskIds.get(label);
    return taskId === undefined ? [] : [[edge, taskId]];
  });
  return {
    kind: entry.kind,
    label: entry.label,
    description: entry.description,
    attributes: entry.attributes,
    dependencies: Object.fromEntries(edges),
    soft_dependencies: entry.softDependencies,
    if_dependencies: entry.ifDependencies,
    optimization: entry.optimization,
    task_id: newTaskId,
    task: definition,
  };
}
