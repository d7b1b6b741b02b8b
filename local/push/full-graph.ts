import { day, type TaskDefinition } from './definition.ts';
import { isObject } from '../../functions/tasks/shapes.ts';

/** Fields that the decision task adds to a definition when it creates the task. */
const ofCreation = new Set([
  'taskQueueId',
  'schedulerId',
  'projectId',
  'taskGroupId',
  'dependencies',
  'requires',
  'retries',
]);

/** A definition as the task transforms make it. */
export function withoutCreation(definition: TaskDefinition): Record<string, unknown> {
  return Object.fromEntries(Object.entries(definition).filter(([field]) => !ofCreation.has(field)));
}

const slugid = /(?<![\w-])[\w-]{22}(?![\w-])/g;
const timestamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

export interface GraphTask {
  definition: TaskDefinition;
  /** `attributes.retrigger`. */
  retrigger: boolean;
}

/**
 * `public/full-task-graph.json`: each definition as the task transforms made it, with unresolved references and
 * datestamps, and what only the graph knows.
 *
 * @param tasks by taskId, including all their dependencies
 */
export function fullTaskGraph(
  decisionTaskId: string,
  tasks: ReadonlyMap<string, GraphTask>,
): Record<string, unknown> {
  const entries = [...tasks].map(([taskId, task]): [string, unknown] => [
    task.definition.metadata.name,
    sorted(entryOf(decisionTaskId, taskId, task, tasks)),
  ]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function entryOf(
  decisionTaskId: string,
  taskId: string,
  { definition, retrigger }: GraphTask,
  tasks: ReadonlyMap<string, GraphTask>,
): Record<string, unknown> {
  const { metadata, tags, extra } = definition;
  const kind = tags['kind'] ?? '';
  const edges = definition.dependencies.flatMap((id): [edge: string, label: string, id: string][] => {
    const upstream = tasks.get(id)?.definition;
    return upstream ? [[edgeTo(upstream), upstream.metadata.name, id]] : [];
  });
  const names = new Map([
    [taskId, 'self'],
    [decisionTaskId, 'decision'],
    ...edges.map(([edge, , id]): [string, string] => [id, edge]),
  ]);
  const task = unresolved(withoutCreation(definition), Date.parse(definition.created), names);
  return {
    attributes: attributesOf(definition, kind, retrigger),
    dependencies: Object.fromEntries(edges.map(([edge, label]) => [edge, label])),
    description: metadata.description,
    if_dependencies: [],
    kind,
    label: metadata.name,
    optimization: optimizationOf(definition, kind),
    soft_dependencies: [],
    // The graph holds the parent's taskId itself, not a reference.
    task:
      isObject(task) && isObject(task['extra'])
        ? { ...task, extra: { ...task['extra'], parent: extra['parent'] } }
        : task,
  };
}

/** A task may need several toolchains, so the edge to one has the name of its label. */
function edgeTo({ metadata, tags }: TaskDefinition): string {
  const kind = tags['kind'] ?? '';
  return kind === 'toolchain' ? metadata.name : kind;
}

/**
 * How taskgraph decides whether a task is needed: by an index lookup for the same inputs, or by the files that the push
 * changed.
 */
function optimizationOf({ routes, metadata }: TaskDefinition, kind: string): Record<string, string[]> | null {
  const paths = routes
    .filter((route) => route.includes('.hash.'))
    .map((route) => route.slice('index.'.length));
  if (paths.length > 0)
    return { 'index-search': paths.flatMap((path) => [path.replace('.level-3.', '.level-4.'), path]) };
  if (kind === 'build' || kind === 'build-signing' || kind === 'repackage') return null;
  return {
    'skip-unless-changed': testManifests(metadata.name).map((manifest) => manifest.replace(/[^/]+$/, '**')),
  };
}

function attributesOf(
  { metadata, routes }: TaskDefinition,
  kind: string,
  retrigger: boolean,
): Record<string, unknown> {
  const common = {
    always_target: false,
    kind,
    retrigger,
    run_on_projects: ['all'],
    run_on_repo_type: ['git', 'hg'],
    run_on_tasks_for: ['all'],
    shipping_phase: null,
    shipping_product: null,
  };
  const cache = /\.cache\.level-\d\.([^.]+\.v\d)\.(.+)\.hash\.(\w+)$/.exec(
    routes.find((route) => route.includes('.hash.')) ?? '',
  );
  if (cache) return { ...common, cached_task: { type: cache[1], name: cache[2], digest: cache[3] } };
  if (kind !== 'test' && kind !== 'browsertime') return common;
  return { ...common, e10s: true, test_manifests: testManifests(metadata.name), unittest_variant: null };
}

/** Each chunk of Firefox's tests lists what it runs; these lists are a large part of its graph. */
function testManifests(label: string): string[] {
  let state = 0;
  for (const unit of label) state = (Math.imul(state, 31) + (unit.codePointAt(0) ?? 0)) >>> 0;
  return Array.from({ length: 6 + (state % 16) }, (_, at) => {
    const name = (Math.imul(state ^ at, 2_654_435_761) >>> 0).toString(36);
    return `dom/${name}/test/mochitest.toml`;
  });
}

/** The value with `<edge>` in place of each taskId, and with relative datestamps. */
function unresolved(value: unknown, created: number, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (timestamp.test(value)) return { 'relative-datestamp': distance(Date.parse(value) - created) };
    const referring = value
      .replaceAll('<', '<<>')
      .replaceAll(slugid, (id) => (names.has(id) ? `<${names.get(id)}>` : id));
    return referring === value.replaceAll('<', '<<>') ? value : { 'task-reference': referring };
  }
  if (Array.isArray(value)) return value.map((item: unknown) => unresolved(item, created, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unresolved(item, created, names)]),
  );
}

function distance(ms: number): string {
  if (ms === 0) return '0 seconds';
  return ms === day ? '1 day' : `${Math.round(ms / day)} days`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
