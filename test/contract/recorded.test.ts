import { describe, expect, it } from 'vitest';
import type { Push } from '../../local/push/push.ts';
import { DirectWay } from '../support/direct-way.ts';
import { at, objectAt, stringsAt } from '../support/json.ts';
import { normalize } from '../support/normalize.ts';
import { recorded, recordedCases, recordedPush, withoutChainOfTrust } from '../support/recorded.ts';
import { payloadOf, trigger } from '../support/requests.ts';
import { loadReferences } from './references.ts';

const CASES = 'taskgraph/cases';
const references = loadReferences();

/** How the calls so far violate the services' published references and schemas. */
const breaches = (way: DirectWay): string[] =>
  way.tc
    .calls()
    .filter(({ service }) => service !== 'functions' && service !== 'artifact-data')
    .flatMap((call) => references.checkCall(call, call.response));

/** What an action created and reran. */
interface Made {
  created: { taskId: string; body: Record<string, unknown> }[];
  rerun: string[];
}

const objects = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];

/** What taskgraph did in a case. */
const byTaskgraph = (normalized: Record<string, unknown>): Made => ({
  created: objects(normalized['createTask']).map((task) => ({
    taskId: String(task['taskId']),
    body: Object(task['body']),
  })),
  rerun: objects(normalized['otherCalls'])
    .map(({ path }) => /\/task\/([^/]+)\/rerun$/.exec(String(path))?.[1])
    .filter((taskId) => taskId !== undefined),
});

/** What we do: loads the push, sends the payload through Treeherder's client, and reads the queue's calls. */
const byUs = async (input: Record<string, unknown>): Promise<{ made: Made; push: Push }> => {
  const way = await DirectWay.start();
  try {
    const push = await recordedPush('taskgraph/push', new Date());
    way.tc.loadPush(push);
    const { cb_name: callback, taskId } = input;
    const payload = payloadOf(push, String(callback), {
      input: input['input'],
      taskId: typeof taskId === 'string' ? taskId : null,
    });
    await trigger(way, payload);
    way.expectNoErrors();
    expect(breaches(way)).toStrictEqual([]);
    const created = way
      .calls('createTask')
      .map(({ path, body }) => ({ id: path.split('/').at(-1) ?? '', body }));
    // Copies of a task are alike, so they are numbered in order of appearance.
    const counts = new Map<string, number>();
    const names = new Map(
      created.map(({ id, body }) => {
        const label = String(at(body, 'metadata', 'name'));
        const copy = (counts.get(label) ?? 0) + 1;
        counts.set(label, copy);
        return [id, `<new:${label}#${copy}>`];
      }),
    );
    const rerun = way.calls('rerunTask').map(({ path }) => path.split('/').at(-2) ?? '');
    const tasks = created.map(({ id, body }) => ({
      taskId: names.get(id) ?? '',
      body: Object(normalize(body, names)),
    }));
    return { push, made: { created: tasks.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1)), rerun } };
  } finally {
    await way.stop();
  }
};

/** taskgraph's task with our intended differences. docs/differences-from-taskgraph.md has the reason for each. */
const expectedOf = (
  body: Record<string, unknown>,
  callback: string,
  { decisionTaskId, tasks, artifacts }: Push,
): Record<string, unknown> => {
  const label = String(at(body, 'metadata', 'name'));
  const graph = artifacts[decisionTaskId]?.['public/full-task-graph.json'];
  const original = Object.values(tasks).findLast((task) => task.label === label)?.task;
  const { taskQueueId, projectId, requires, retries } = original ?? {};
  const { extra, dependencies: _, ...rest } = withoutChainOfTrust(body);
  // Those that the original has although they are not among its own: whatever it has, its clone has.
  const labels = stringsAt(graph, label, 'soft_dependencies');
  const softDependencies = stringsAt(original, 'dependencies').filter((taskId) =>
    labels.includes(tasks[taskId]?.label ?? ''),
  );
  return {
    ...rest,
    taskQueueId,
    projectId,
    requires,
    retries,
    dependencies: stringsAt(body, 'dependencies')
      .filter((taskId) => taskId !== '<action>' && taskId !== decisionTaskId)
      .concat(softDependencies)
      .toSorted(),
    extra: { ...Object(extra), parent: at(original, 'extra', 'parent') },
    tags: { ...objectAt(body, 'tags'), action: `${callback}-task` },
  };
};

const inOrder = (body: Record<string, unknown>) => ({
  ...body,
  dependencies: stringsAt(body, 'dependencies').toSorted(),
});

describe('we do what taskgraph did:', async () => {
  it.each(await recordedCases(CASES))('%s', async (name) => {
    const input = await recorded(`${CASES}/${name}/input.json`);
    const taskgraph = byTaskgraph(await recorded(`${CASES}/${name}/normalized.json`));
    const { made, push } = await byUs(input);
    expect(made.rerun).toStrictEqual(taskgraph.rerun);
    expect(made.created.map(({ taskId }) => taskId)).toStrictEqual(
      taskgraph.created.map(({ taskId }) => taskId).toSorted(),
    );
    const bodies = new Map(taskgraph.created.map(({ taskId, body }) => [taskId, body]));
    for (const { taskId, body } of made.created) {
      expect(inOrder(body)).toStrictEqual(
        expectedOf(bodies.get(taskId) ?? {}, String(input['cb_name']), push),
      );
    }
  });
});
