import type { Ask, Push, Settings, Task, Wanted, Work } from './ask.ts';

const NOTHING: Work = { made: new Map(), reruns: [], cancels: [], refused: false };
const REFUSED: Work = { ...NOTHING, refused: true };

/** The rules, which share nothing with the functions. */
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
