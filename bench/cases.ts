import jsone from 'json-e';
import { isObject } from '../functions/tasks/shapes.ts';
import type { Push, PushTask } from '../local/push/push.ts';

/** One request of a developer. */
export interface Case {
  name: string;
  /** How many earlier retriggers the push has. */
  earlier: number;
  callback: string;
  /** The input and target, chosen from the push. */
  input: (push: Push) => { input: unknown; taskId: string | null };
}

const labelsCase = (name: string, count: number, times: number, earlier = 0): Case => ({
  name,
  earlier,
  callback: 'retrigger-multiple',
  input: (push) => ({
    input: { requests: [{ tasks: cloneable(push).slice(0, count), times }] },
    taskId: null,
  }),
});

export const CASES: readonly Case[] = [
  labelsCase('one label', 1, 1),
  labelsCase('10 labels', 10, 1),
  labelsCase('100 labels', 100, 1),
  labelsCase('100 labels × 10', 100, 10),
  labelsCase('one label, 200 retriggers before', 1, 1, 200),
  {
    name: 'one rerun',
    earlier: 0,
    callback: 'rerun',
    input: (push) => ({ input: {}, taskId: failedBuild(push) }),
  },
  {
    name: 'a forward',
    earlier: 0,
    callback: 'backfill',
    input: (push) => ({ input: {}, taskId: failedBuild(push) }),
  },
];

/** The hook payload of an action, rendered from the push's actions.json as Treeherder does it. */
export function payloadOf(push: Push, { callback, input }: Pick<Case, 'callback' | 'input'>): unknown {
  const document = push.artifacts[push.decisionTaskId]?.['public/actions.json'];
  const actions: unknown[] =
    isObject(document) && Array.isArray(document['actions']) ? document['actions'] : [];
  const action = actions.find((one) => JSON.stringify(one).includes(`"cb_name":"${callback}"`));
  if (!isObject(action)) throw new Error(`the push has no action ${callback}`);
  const template = action['hookPayload'];
  if (!isObject(template)) throw new Error(`the action ${callback} has no hookPayload`);
  return jsone(template, { taskGroupId: push.decisionTaskId, ...input(push) });
}

/** Labels of tests that have not been retriggered yet, so that earlier runs do not affect the measurement. */
export function testsOf(push: Push): string[] {
  return untouched(push, ({ label }) => label.startsWith('test-'));
}

/** Those whose definitions also say that they may be cloned. */
function cloneable(push: Push): string[] {
  return untouched(push, ({ task: { tags } }) => isObject(tags) && tags['retrigger'] === 'true');
}

function untouched(push: Push, isWanted: (task: PushTask) => boolean): string[] {
  const touched = new Set(
    Object.entries(push.artifacts)
      .filter(([taskId]) => taskId !== push.decisionTaskId)
      .flatMap(([, artifacts]) => Object.keys(artifacts['public/label-to-taskid.json'] ?? {})),
  );
  return Object.values(push.tasks)
    .filter((task) => isWanted(task) && !touched.has(task.label))
    .map(({ label }) => label);
}

function failedBuild(push: Push): string {
  const found = Object.entries(push.tasks).find(
    ([, { state, task }]) =>
      state === 'failed' && isObject(task['tags']) && task['tags']['retrigger'] === 'false',
  );
  if (!found) throw new Error('the push has no failed build');
  return found[0];
}

/** The push after `count` retriggers of other labels, each by one of our action tasks. */
export function withEarlierRetriggers(push: Push, count: number): Push {
  const decision = push.tasks[push.decisionTaskId];
  const pattern = Object.entries(push.tasks).find(([, { label }]) => label.startsWith('Action: Retrigger'));
  const prefix = Object.keys(push.index)
    .find((path) => /\.actions\.[^.]+$/.test(path))
    ?.replace(/[^.]+$/, '');
  if (!decision || !pattern || prefix === undefined)
    throw new Error('the push has no earlier action to copy');
  const others = cloneable(push).toReversed();
  const changed: Push = {
    ...push,
    tasks: { ...push.tasks },
    index: { ...push.index },
    artifacts: { ...push.artifacts },
  };
  for (let nth = 0; nth < count; nth++) {
    const taskId = `A${String(nth).padStart(7, '0')}TBenchActionTask0w`.slice(0, 21) + 'w';
    const label = others[nth % Math.max(1, others.length - 200)] ?? '';
    const { task } = pattern[1];
    const extra = isObject(task['extra']) ? task['extra'] : {};
    changed.tasks[taskId] = {
      ...pattern[1],
      task: { ...task, extra: { ...extra, index: { data: { retrigger: { labels: [label] } } } } },
    };
    changed.index[`${prefix}${taskId}`] = taskId;
    changed.artifacts[taskId] = { 'public/label-to-taskid.json': { [label]: pattern[0] } };
  }
  return changed;
}
