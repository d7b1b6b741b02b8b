import type { Wanted, Work } from './ask.ts';
import type { Seen } from './world.ts';

/** An action that was performed, or attempted. */
export interface Done {
  choices: readonly Wanted[];
  /** It was certainly done here, and completely. */
  certain: boolean;
  /** It may have run or canceled tasks; a forwarded action has not. */
  active: boolean;
}

/** What is wrong with the effects of concurrent actions on tasks that existed before. */
export function wrongStates(
  before: readonly Seen[],
  after: readonly Seen[],
  done: readonly Done[],
): string | undefined {
  const now = new Map(after.map((task) => [task.taskId, task]));
  for (const task of before) {
    const wrong = task.kind === 'job' ? wrongState(task, now.get(task.taskId), done) : undefined;
    if (wrong !== undefined) return `${task.label} (${task.taskId}) ${wrong}`;
  }
  return undefined;
}

function wrongState(task: Seen, now: Seen | undefined, done: readonly Done[]): string | undefined {
  if (!now) return 'is gone';
  const reruns = involving(done, ({ reruns: taskIds }) => taskIds.includes(task.taskId));
  const cancels = involving(done, ({ cancels: which }) => which === 'all' || which.includes(task.taskId));
  const hasFailed = task.state === 'failed' || task.state === 'exception';
  const isOpen = task.state === 'pending' || task.state === 'unscheduled';
  // A task that is canceled first may then be rerun. The second action finds a pending run, or comes at the same
  // moment.
  const most = hasFailed || (isOpen && cancels.some) ? reruns.count : 0;
  const fewest = hasFailed && reruns.certain ? 1 : 0;
  const ran = now.reruns - task.reruns;
  if (ran < fewest || ran > most) return `has run again ${ran} times, not ${fewest} to ${most}`;
  const allowed = new Set<string>([ran === 0 ? task.state : 'pending']);
  if (cancels.some && (isOpen || ran > 0)) {
    if (cancels.certain && reruns.count === 0) allowed.clear();
    allowed.add('exception');
  }
  return allowed.has(now.state) ? undefined : `is ${now.state}, not ${[...allowed].join(' or ')}`;
}

/** The actions that affect a task. */
function involving(done: readonly Done[], isAbout: (work: Work) => boolean) {
  const about = (wanted: Wanted) => wanted !== 'full' && isAbout(wanted);
  const all = done.filter(({ choices, active }) => active && choices.some(about));
  return {
    count: all.length,
    some: all.length > 0,
    certain: all.some(({ choices, certain }) => certain && choices.every(about)),
  };
}
