import type { TaskDefinition } from '../tasks/definition.ts';
import { TaskclusterError } from '../ports/error.ts';
import { SLUGID_PATTERN } from '../tasks/task-id.ts';
import type { IndexedTask, Reader } from '../ports/reader.ts';
import { isObject, isStrings } from '../tasks/shapes.ts';
import type { Label, TaskId } from '../tasks/names.ts';

const LABELS_ARTIFACT = 'public/label-to-taskid.json';
/** Treeherder's job_type_name column: longer labels arrive cut at this length. */
export const TREEHERDER_LABEL_LENGTH = 139;

type LabelMap = Readonly<Record<Label, TaskId>>;

/**
 * Which tasks belong to the labels of a push: the decision task's own map, overlaid with that of every action and cron
 * task of the push (taskgraph's fetch_graph_and_labels). Our own action tasks list in `extra.index.data` the labels
 * that they touch, so their maps are downloaded only if one of those labels matters.
 */
export class PushLabels {
  readonly #reader: Reader;
  readonly #base: LabelMap;
  /** Action and cron tasks whose maps have not been read. */
  #unread: IndexedTask[] = [];
  readonly #overlays: LabelMap[] = [];

  private constructor(reader: Reader, base: LabelMap) {
    this.#reader = reader;
    this.#base = base;
  }

  /**
   * The labels of the decision task.
   * @returns undefined if it has no label map, so that only the full hook can know the labels
   * @throws TaskclusterError if the artifact is something else
   */
  static async read(reader: Reader, decisionTaskId: TaskId): Promise<PushLabels | undefined> {
    const base = await reader.artifact(decisionTaskId, LABELS_ARTIFACT);
    return base === undefined ? undefined : new PushLabels(reader, asLabelMap(base));
  }

  /** The action and cron tasks of a push, from the index. */
  static async list(reader: Reader, decision: TaskDefinition | undefined): Promise<IndexedTask[]> {
    const listings = await Promise.all(
      actionNamespaces(decision?.routes).map((name) => reader.listTasks(name)),
    );
    // A task may be indexed in several namespaces.
    return [...new Map(listings.flat().map((task) => [task.taskId, task])).values()];
  }

  /** Adds tasks that may have run labels again. Reads nothing yet. */
  add(indexed: readonly IndexedTask[]): void {
    this.#unread.push(...indexed);
  }

  /**
   * Reads the maps of those action and cron tasks that may have run one of these labels again.
   * @returns whether there were any
   */
  async refresh(labels: Iterable<Label>): Promise<boolean> {
    const wanted = new Set(labels);
    const cuts = new Set([...wanted].map(cut));
    let read = false;
    // One map can make another one matter: an action can act on a task that an earlier action created.
    for (;;) {
      const relevant = new Set(this.#unread.filter((task) => this.#mayTouch(task, wanted, cuts)));
      if (relevant.size === 0) return read;
      read = true;
      this.#unread = this.#unread.filter((task) => !relevant.has(task));
      const maps = await Promise.all(
        [...relevant].map((task) => this.#reader.artifact(task.taskId, LABELS_ARTIFACT)),
      );
      this.#overlays.push(...maps.filter((map) => map !== undefined).map(asLabelMap));
    }
  }

  /** The label as it is in the push: unchanged, or the one label that Treeherder cut to this. */
  complete(label: Label): Label | undefined {
    const matches = this.matches(label);
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** The labels that this one can mean: more than one if Treeherder cut it and several labels start like it. */
  matches(label: Label): Label[] {
    if (this.candidates(label).length > 0) return [label];
    // mutant stays: no other label is among the cut ones, so this is only faster
    if (label.length !== TREEHERDER_LABEL_LENGTH) return [];
    const names = new Set([this.#base, ...this.#overlays].flatMap((map) => cutsOf(map).get(label) ?? []));
    return [...names];
  }

  /** All tasks of the label in the maps read so far, the decision task's first. */
  candidates(label: Label): TaskId[] {
    const ids = [this.#base, ...this.#overlays].map((map) =>
      Object.hasOwn(map, label) ? map[label] : undefined,
    );
    return [...new Set(ids.filter((id) => id !== undefined))];
  }

  /** Whether the decision task itself created or found a task for the label. */
  isScheduled(label: Label): boolean {
    return Object.hasOwn(this.#base, label);
  }

  labelOf(taskId: TaskId): Label | undefined {
    for (const map of [this.#base, ...this.#overlays].toReversed()) {
      const label = inverseOf(map).get(taskId);
      if (label !== undefined) return label;
    }
    return undefined;
  }

  /** Whether this is a label of the decision task, cut or not. */
  #isOrdinary(label: Label): boolean {
    if (this.isScheduled(label)) return true;
    return label.length === TREEHERDER_LABEL_LENGTH && this.complete(label) !== undefined;
  }

  #mayTouch(task: IndexedTask, wanted: ReadonlySet<Label>, cuts: ReadonlySet<Label>): boolean {
    const touched = touchedBy(task.data);
    // Created by the repository's own code: only its map says what it has run.
    if (!touched) return true;
    const known = touched.taskIds.map((id) => this.labelOf(id));
    // A task in no map that has been read: the direct way leaves none, so only this map may have a label that is missing.
    if (known.includes(undefined) && [...wanted].some((label) => this.matches(label).length === 0))
      return true;
    const labels = [...touched.labels, ...known];
    // This was created from the graph, together with everything that it needs.
    if (touched.labels.some((label) => !this.#isOrdinary(label))) return true;
    return labels.some(
      (label) => label !== undefined && (wanted.has(label) || (isCut(label) && cuts.has(cut(label)))),
    );
  }
}

/** Treeherder may have cut a label in the listing, as well as a requested one. */
function isCut(label: Label): boolean {
  // mutant stays: to cut a label that is shorter changes nothing
  return label.length >= TREEHERDER_LABEL_LENGTH;
}

function cut(label: Label): Label {
  return label.slice(0, TREEHERDER_LABEL_LENGTH);
}

/** Reads `extra.index.data` of one of our own action tasks (hooks/ renders it); undefined for anything else. */
function touchedBy(data: unknown): { labels: Label[]; taskIds: TaskId[] } | undefined {
  if (!isObject(data) || !isObject(data['retrigger'])) return undefined;
  // mutant stays: no taskIds, and a taskId that no map has, are the same here
  const { labels = [], taskIds = [] } = data['retrigger'];
  return isStrings(labels) && isStrings(taskIds) ? { labels, taskIds } : undefined;
}

/**
 * The namespaces in which the push's action and cron tasks are indexed, actions first, derived from the decision task's
 * own routes (`….decision` → `….actions`, `….cron`). The namespaces of actions may lack the `taskgraph` part of the
 * decision task's route. Cron tasks are indexed by revision only, without that part (taskgraph's fetch_graph_and_labels
 * looks nowhere else). A cron task is also the decision task of its own group, with the routes `….decision-<job>` and
 * `….cron.<taskId>`. `latest` moves on to other pushes, so what is under it may not belong to this one.
 */
// mutant stays: a route that is no index route leads nowhere either
export function actionNamespaces(routes: readonly string[] = []): string[] {
  const actions = new Set<string>();
  const crons = new Set<string>();
  for (const route of routes) {
    const prefix = pushPrefix(route);
    if (prefix === undefined || prefix.split('.').includes('latest')) continue;
    const base = prefix.replace(/\.taskgraph$/, '');
    actions.add(`${prefix}.actions`).add(`${base}.actions`);
    if (!/\.pushlog-id\.[^.]+$/.test(base)) crons.add(`${base}.cron`);
  }
  return [...actions, ...crons];
}

/** The prefix of a decision or cron task's route that identifies its push, such as `gecko.v2.try.pushlog-id.1`. */
function pushPrefix(route: string): string | undefined {
  if (!route.startsWith('index.')) return undefined;
  const parts = route.slice('index.'.length).split('.');
  const last = route.slice(route.lastIndexOf('.') + 1);
  if (/^decision(?:-|$)/.test(last)) return parts.slice(0, -1).join('.');
  return parts.at(-2) === 'cron' ? parts.slice(0, -2).join('.') : undefined;
}

function isTaskId(value: unknown): value is TaskId {
  return typeof value === 'string' && SLUGID_PATTERN.test(value);
}

/** taskId → label, for each map that is still in use: a warm process sees the same maps again and again. */
const inverses = new WeakMap<object, ReadonlyMap<TaskId, Label>>();

/** For each map: label as cut by Treeherder → the long labels that it can mean. */
const cutLabels = new WeakMap<object, ReadonlyMap<Label, Label[]>>();

function cutsOf(map: LabelMap): ReadonlyMap<Label, Label[]> {
  const known = cutLabels.get(map);
  // mutant stays: reading a map again is only slower
  if (known) return known;
  // mutant stays: a label that is not cut is not looked up here
  const found = Map.groupBy(Object.keys(map).filter(isCut), cut);
  cutLabels.set(map, found);
  return found;
}

function inverseOf(map: LabelMap): ReadonlyMap<TaskId, Label> {
  const known = inverses.get(map);
  // mutant stays: reading a map again is only slower
  if (known) return known;
  const inverse = new Map<TaskId, Label>();
  // One entry at a time: a large push has 20,000 labels, and an array of pairs would take megabytes.
  // mutant stays: each label has a taskId
  for (const label of Object.keys(map)) inverse.set(map[label] ?? '', label);
  inverses.set(map, inverse);
  return inverse;
}

/** Anyone who can push writes these maps, so check that they hold taskIds before we ask for or show any of them. */
function asLabelMap(value: unknown): LabelMap {
  if (isLabelMap(value)) return value;
  throw new TaskclusterError({
    method: 'download',
    code: 'MalformedArtifact',
    kind: 'unexpected-answer',
    message: `${LABELS_ARTIFACT} is not a map from labels to taskIds`,
  });
}

function isLabelMap(value: unknown): value is LabelMap {
  if (!isObject(value)) return false;
  // mutant stays: checking a map again is only slower
  return inverses.has(value) || Object.values(value).every(isTaskId);
}
