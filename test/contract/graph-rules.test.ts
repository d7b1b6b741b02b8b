import { describe, expect, it } from 'vitest';
import { fatesOf, pathsToFind } from '../../functions/graph/fates.ts';
import { newTasksOf, type NewTask } from '../../functions/graph/new-tasks.ts';
import { Uncertain } from '../../functions/graph/uncertain.ts';
import type { TaskStatus } from '../../functions/tasks/definition.ts';
import type { Push } from '../../local/push/push.ts';
import { at, objectAt, stringsAt } from '../support/json.ts';
import { MemoryGraph } from '../support/memory-graph.ts';
import { normalize } from '../support/normalize.ts';
import { graphCase, graphCases, type GraphCase } from '../support/recorded-graph-case.ts';

/** Only the rules, without the protection, which forwards most of these actions at level 3. */
describe('the rules create what taskgraph creates from its graph:', async () => {
  it.each(await graphCases())('%s', async (name) => {
    const now = new Date();
    const recorded = await graphCase(name, now);
    const made = await makeOf(recorded, now);
    const expected = recorded.created.map(({ name: taskId, body }) => ({
      taskId,
      body: asWeDo(body, recorded.push.decisionTaskId),
    }));
    expect(made).toStrictEqual(expected.toSorted(byId));
  });
});

const byId = (a: { taskId: string }, b: { taskId: string }): number => (a.taskId < b.taskId ? -1 : 1);

/** None of our tasks depends on our action task; `extra.parent` is as in the queued way. */
const asWeDo = (body: Record<string, unknown>, decisionTaskId: string): unknown =>
  inOrder({
    ...body,
    dependencies: stringsAt(body, 'dependencies').filter((taskId) => taskId !== '<action>'),
    extra: { ...objectAt(body, 'extra'), parent: '<action>' },
    taskGroupId: decisionTaskId,
  });

const inOrder = (body: Record<string, unknown>): unknown => ({
  ...body,
  dependencies: stringsAt(body, 'dependencies').toSorted(),
});

const makeOf = async (recorded: GraphCase, now: Date): Promise<{ taskId: string; body: unknown }[]> => {
  const { push, failing } = recorded;
  const graph = new MemoryGraph(objectAt(push.artifacts[push.decisionTaskId], 'public/full-task-graph.json'));
  const labels = labelsOf(push);
  const requested = requestedOf(recorded, graph, labels);
  if (!requested) return [];
  const closure = await graph.entries(graph.closure(requested));
  const ofDecision = objectAt(push.artifacts[push.decisionTaskId], 'public/label-to-taskid.json');
  const wanted = {
    requested,
    closure,
    existing: (label: string) => labels.get(label),
    scheduled: (label: string) => label in ofDecision,
  };
  try {
    const indexed = new Map(
      Object.entries(push.index).filter(([path]) => pathsToFind(wanted).includes(path)),
    );
    const fates = fatesOf(wanted, { tasks: indexed, statuses: statusesOf(push) }, now);
    const names = new Map<string, string>();
    const made = Array.from({ length: Number(at(recorded.input, 'times') ?? 1) }, (_, index) =>
      newTasksOf(fates, closure, {
        actionId: 'action',
        name: String(index),
        taskGroupId: push.decisionTaskId,
        schedulerId: 'gecko-level-3',
        parent: '<action>',
        rootUrl: 'https://tc.example.com',
        now,
      }),
    );
    const copies = new Map<string, number>();
    // The recording has this order: duplicates come after the first task of each round.
    const tasks = made.flat();
    for (const { taskId, entry } of [
      ...tasks.filter((task) => !isDuplicate(task)),
      ...tasks.filter((task) => isDuplicate(task)),
    ]) {
      const copy = (copies.get(entry.label) ?? 0) + 1;
      copies.set(entry.label, copy);
      names.set(taskId, `<new:${entry.label}#${copy}>`);
    }
    // Tasks that wait for a refused one are never sent.
    const refused = new Set<string>();
    return tasks
      .filter(({ taskId, entry, after }) => {
        const skipped = after.some((id) => refused.has(id));
        if (skipped || failing.includes(entry.label)) refused.add(taskId);
        return !skipped;
      })
      .map(({ taskId, definition }) => ({
        taskId: names.get(taskId) ?? '',
        body: inOrder(objectAt({ body: normalize(definition, names) }, 'body')),
      }))
      .toSorted(byId);
  } catch (error) {
    // It is forwarded, and taskgraph creates nothing.
    if (error instanceof Uncertain) return [];
    throw error;
  }
};

/** The labels that an action requests; undefined if the graph lacks one of them. */
const requestedOf = (
  { callback, input, taskId, push }: GraphCase,
  graph: MemoryGraph,
  labels: ReadonlyMap<string, string>,
): Set<string> | undefined => {
  const target = push.tasks[taskId ?? '']?.label ?? '';
  if (at(input, 'downstream') === true)
    return new Set([...graph.dependents([target])].filter((label) => labels.has(label)));
  const asked =
    callback === 'add-new-jobs'
      ? stringsAt(input, 'tasks')
      : callback === 'retrigger-multiple'
        ? stringsAt(firstOf(at(input, 'requests')), 'tasks')
        : [target];
  return asked.every((label) => graph.has(label)) ? new Set(asked) : undefined;
};

const isDuplicate = ({ taskId, original }: NewTask): boolean => taskId !== original;

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

/** The decision task's labels, overlaid with those of every action. */
const labelsOf = ({ artifacts, decisionTaskId }: Push): Map<string, string> => {
  const maps = [decisionTaskId, ...Object.keys(artifacts).filter((taskId) => taskId !== decisionTaskId)].map(
    (taskId) => objectAt(artifacts[taskId], 'public/label-to-taskid.json'),
  );
  return new Map(maps.flatMap((map) => Object.entries(map).map(([label, id]) => [label, String(id)])));
};

const statusesOf = ({ tasks }: Push): Map<string, TaskStatus> =>
  new Map(
    Object.entries(tasks).map(([taskId, { state, task }]) => [
      taskId,
      {
        taskId,
        taskGroupId: String(task['taskGroupId']),
        schedulerId: String(task['schedulerId']),
        state,
        deadline: String(task['deadline']),
        expires: String(task['expires']),
        runs: [],
      },
    ]),
  );
