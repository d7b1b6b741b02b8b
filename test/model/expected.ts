/** What an action must do, in a few lines that share nothing with the functions. */

/** A label of the push's graph; those that it needs come before it. */
export interface Label {
  name: string;
  needs: readonly string[];
  /** Whether a retrigger clones its tasks or reruns them. */
  cloneable: boolean;
  /** Whether the tasks say so, not only the graph. */
  marked: boolean;
  /** The decision task created or found a task for it. */
  scheduled: boolean;
  /** `own`: only the repository knows whether a task is needed. `indexed`: the index has one. */
  strategy: 'none' | 'own' | 'indexed';
}

/** A task of a label in the push's maps. */
export interface Task {
  taskId: string;
  label: string;
  /** Whether it is in the push's own group. */
  own: boolean;
}

export interface Push {
  labels: ReadonlyMap<string, Label>;
  tasks: readonly Task[];
}

/** The operator's settings. */
export interface Settings {
  killSwitch: boolean;
  fast: readonly string[];
}

/** A requested action. `task: undefined` is the decision task. */
export type Ask =
  | { callback: 'retrigger-multiple' | 'add-new-jobs'; labels: string[]; times: number }
  | {
      callback: 'retrigger' | 'retrigger-disabled';
      task: Task | undefined;
      times: number;
      downstream: boolean;
      force: boolean;
    }
  | { callback: 'rerun' | 'cancel' | 'create-interactive' | 'retrigger-decision'; task: Task | undefined }
  | { callback: 'cancel-all' };

/** What an action must leave if it is not forwarded. */
export interface Work {
  /** New tasks by label. */
  made: ReadonlyMap<string, number>;
  /** Tasks that get a new run if they have failed. */
  reruns: readonly string[];
  /** Tasks that are canceled if they have not ended. */
  cancels: readonly string[] | 'all';
  /** Something that was requested cannot be done. */
  refused: boolean;
}

export type Wanted = Work | 'full';

const NOTHING: Work = { made: new Map(), reruns: [], cancels: [], refused: false };
const REFUSED: Work = { ...NOTHING, refused: true };

export function wantedOf(ask: Ask, push: Push, { killSwitch, fast }: Settings): Wanted {
  if (killSwitch || !fast.includes(ask.callback)) return 'full';
  if ('task' in ask && ask.task === undefined && ask.callback !== 'cancel') return 'full';
  const graph = fast.includes('graph');
  switch (ask.callback) {
    case 'rerun':
      return { ...NOTHING, reruns: taskIds(ask.task) };
    case 'cancel':
      return { ...NOTHING, cancels: taskIds(ask.task) };
    case 'cancel-all':
      return { ...NOTHING, cancels: 'all' };
    case 'add-new-jobs':
      if (ask.labels.some((label) => !push.labels.has(label))) return REFUSED;
      return fromGraph(new Set(ask.labels), ask.times, push, NOTHING);
    case 'retrigger-multiple':
      return retriggered(ask.labels, ask.times, push, graph);
    case 'retrigger':
    case 'retrigger-disabled': {
      const { task, times, downstream, force } = ask;
      const label = push.labels.get(task?.label ?? '');
      if (!task || !label) return 'full';
      if (downstream && !fast.includes('downstream')) return 'full';
      if (force && !graph && !fast.includes('downstream')) return 'full';
      if (downstream) {
        if (!label.cloneable && !force) return REFUSED;
        const dependents = [...push.labels.keys()].filter((name) => closure([name], push).has(label.name));
        const scheduled = dependents.filter((name) => push.tasks.some((one) => one.label === name));
        return fromGraph(new Set(scheduled), times, push, NOTHING);
      }
      if (force || (label.cloneable && (label.marked || graph)))
        return { ...NOTHING, made: new Map([[label.name, times]]) };
      if (label.marked) return { ...NOTHING, reruns: [task.taskId] };
      return graph ? REFUSED : 'full';
    }
    case 'create-interactive':
    case 'retrigger-decision':
      return 'full';
  }
}

/**
 * Treeherder's button: labels that the push has are cloned or rerun, and those that it lacks are created from the
 * graph.
 */
function retriggered(labels: readonly string[], times: number, push: Push, graph: boolean): Wanted {
  const cloned = new Set<string>();
  const absent = new Set<string>();
  const reruns: string[] = [];
  let refused = false;
  for (const name of new Set(labels)) {
    const label = push.labels.get(name);
    const tasks = push.tasks.filter((task) => task.label === name);
    const own = tasks.filter((task) => task.own);
    if (tasks.length > 0 && own.length === 0) return 'full';
    if ((!label || tasks.length === 0 || !label.marked) && !graph) return 'full';
    if (!label) refused = true;
    else if (tasks.length === 0) absent.add(name);
    else if (label.cloneable) cloned.add(name);
    else if (own.length < tasks.length) return 'full';
    else reruns.push(...own.map(({ taskId }) => taskId));
  }
  const wanted = [...absent].filter((name) => push.labels.get(name)?.cloneable);
  const work = { ...NOTHING, reruns, refused: refused || wanted.length < absent.size };
  if (absent.size > 0) return fromGraph(new Set([...cloned, ...wanted]), times, push, work);
  return { ...work, made: new Map([...cloned].map((name) => [name, times])) };
}

/**
 * Labels with what they need: the requested ones, those that depend on something new, and those that exist nowhere
 * else.
 */
function fromGraph(asked: ReadonlySet<string>, times: number, push: Push, work: Work): Wanted {
  const needed = closure(asked, push);
  const made = new Set<string>();
  for (const { name, needs, strategy, scheduled } of push.labels.values()) {
    if (!needed.has(name)) continue;
    if (!asked.has(name) && strategy === 'own' && !scheduled) return 'full';
    const exists = strategy === 'indexed' || push.tasks.some((task) => task.label === name);
    if (asked.has(name) || !exists || needs.some((need) => made.has(need))) made.add(name);
  }
  return { ...work, made: new Map([...made].map((name) => [name, times])) };
}

function taskIds(task: Task | undefined): string[] {
  return task ? [task.taskId] : [];
}

function closure(names: Iterable<string>, push: Push): Set<string> {
  const found = new Set(names);
  for (const name of found) for (const need of push.labels.get(name)?.needs ?? []) found.add(need);
  return found;
}

/** What an action left: new tasks by label, and full action tasks. */
export interface Left {
  made: ReadonlyMap<string, number>;
  full: number;
}

/**
 * How an action ended: `clean`: without trouble; `answered`: with trouble, but it reported that everything was done;
 * `partial`: it reported something else, or was canceled itself.
 */
export type Ending = 'clean' | 'answered' | 'partial';

/**
 * What is wrong with the effects of an action; undefined if nothing is. An action is done here or by the full hook,
 * whole and once: trouble only decides by which.
 *
 * @param choices all acceptable outcomes; several if settings or other actions changed in the meantime
 */
export function wrongWith(
  choices: readonly Wanted[],
  { made, full }: Left,
  ending: Ending,
): string | undefined {
  const has = [...made].map(([label, count]) => `${label} × ${count}`).join(', ') || 'nothing';
  if (full > 1) return `${full} full action tasks`;
  if (full === 1 && made.size > 0) return `it was done here (${has}) and by the full hook`;
  if (full === 1) return ending !== 'clean' || choices.includes('full') ? undefined : 'it was forwarded';
  const isRight = choices.some((wanted) => {
    if (wanted === 'full') return ending === 'partial' && made.size === 0;
    if (ending !== 'partial') return isEqual(made, wanted.made);
    return [...made].every(([label, count]) => count <= (wanted.made.get(label) ?? 0));
  });
  return isRight ? undefined : `it has made ${has}, in place of ${choices.map(describe).join(' or ')}`;
}

function isEqual(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([label, count]) => other.get(label) === count);
}

function describe(wanted: Wanted): string {
  if (wanted === 'full') return 'a full action task';
  return [...wanted.made].map(([label, count]) => `${label} × ${count}`).join(', ') || 'nothing';
}
