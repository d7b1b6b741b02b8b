import { isObject } from '../../functions/tasks/shapes.ts';
import type { Push, PushTask } from '../../local/push/push.ts';
import { addChain, CHAIN } from './chain.ts';

/** What a developer requests, and what must exist in the end: exactly once, whatever fails on the way. */
export interface Scenario {
  name: string;
  /** Left out of a quick run. */
  slow?: true;
  callback: string;
  /** Chooses the input from a push; may first add something to the push. */
  ask: (push: Push) => Asked;
}

interface Asked {
  input: unknown;
  taskId: string | null;
  wanted: Wanted;
}

/**
 * What the queue must contain in the end. If the action was forwarded instead, there must be one full action task and
 * nothing else.
 */
export interface Wanted {
  /** label → how many new tasks */
  clones: Readonly<Record<string, number>>;
  /** Tasks that must have one more run. */
  reruns: readonly string[];
  /** Tasks that must have been canceled. */
  canceled: readonly string[];
  /** Only the full action task will do. */
  forwarded: boolean;
}

const NOTHING: Wanted = { clones: {}, reruns: [], canceled: [], forwarded: false };

/** Each line here is a row of the table. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'one label × 3', callback: 'retrigger-multiple', ask: (push) => labels(push, 1, 3) },
  { name: 'ten labels', slow: true, callback: 'retrigger-multiple', ask: (push) => labels(push, 10, 1) },
  {
    name: 'a rerun',
    callback: 'rerun',
    ask: (push) => {
      const taskId = failedBuild(push);
      return { input: {}, taskId, wanted: { ...NOTHING, reruns: [taskId] } };
    },
  },
  {
    // The hook's wrapper sends it to the worker: only reading shows that it must be forwarded.
    name: 'a forward',
    callback: 'retrigger-multiple',
    ask: () => ({
      input: { requests: [{ tasks: ['test-optimized-away/opt'] }] },
      taskId: null,
      wanted: { ...NOTHING, forwarded: true },
    }),
  },
  {
    name: 'a new job and the two that it needs',
    callback: 'add-new-jobs',
    ask: (push) => {
      addChain(push, false);
      return chain({ input: { tasks: [CHAIN[2]] }, taskId: null });
    },
  },
  {
    name: 'downstream, two levels',
    slow: true,
    callback: 'retrigger',
    ask: (push) => chain({ input: { downstream: true }, taskId: addChain(push, true) }),
  },
  {
    name: 'a cancel',
    callback: 'cancel',
    ask: (push) => {
      const [taskId = ''] = leaveOpen(push, ['running', 'pending']);
      return { input: {}, taskId, wanted: { ...NOTHING, canceled: [taskId] } };
    },
  },
  {
    name: 'cancel-all of five',
    callback: 'cancel-all',
    ask: (push) => {
      const canceled = leaveOpen(push, ['running', 'pending', 'pending', 'unscheduled', 'unscheduled']);
      return { input: {}, taskId: null, wanted: { ...NOTHING, canceled } };
    },
  },
];

function chain(asked: Omit<Asked, 'wanted'>): Asked {
  return { ...asked, wanted: { ...NOTHING, clones: Object.fromEntries(CHAIN.map((label) => [label, 1])) } };
}

function labels(push: Push, count: number, times: number): Asked {
  const tasks = cloneable(push).slice(0, count);
  if (tasks.length < count) throw new Error(`the push has no ${count} tests`);
  return {
    input: { requests: [{ tasks, times }] },
    taskId: null,
    wanted: { ...NOTHING, clones: Object.fromEntries(tasks.map((label) => [label, times])) },
  };
}

/** Tests that have not been retriggered yet. */
function cloneable(push: Push): string[] {
  const tests = Object.values(push.tasks).filter(
    ({ task: { tags } }) => isObject(tags) && tags['kind'] === 'test',
  );
  const names = tests.map(({ label }) => label);
  return names.filter((name, index) => names.indexOf(name) === index && names.lastIndexOf(name) === index);
}

/** Ends everything in a push, except tests that get these states. @returns their taskIds */
function leaveOpen(push: Push, states: readonly PushTask['state'][]): string[] {
  for (const task of Object.values(push.tasks))
    if (task.state !== 'failed' && task.state !== 'exception') task.state = 'completed';
  const open = Object.entries(push.tasks)
    .filter(
      ([
        ,
        {
          task: { tags },
        },
      ]) => isObject(tags) && tags['kind'] === 'test',
    )
    .slice(0, states.length);
  if (open.length < states.length) throw new Error(`the push has no ${states.length} tests`);
  open.forEach(([, task], at) => (task.state = states[at] ?? 'pending'));
  return open.map(([taskId]) => taskId);
}

function failedBuild(push: Push): string {
  const [found] =
    Object.entries(push.tasks).find(
      ([, { state, task }]) =>
        state === 'failed' && isObject(task['tags']) && task['tags']['kind'] === 'build',
    ) ?? [];
  if (found === undefined) throw new Error('the push has no failed build');
  return found;
}
