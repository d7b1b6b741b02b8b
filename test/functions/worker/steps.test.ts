import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { actionNamespaces } from '../../../functions/actions/push-labels.ts';
import { isObject, parseHook } from '../../../hooks/read/definition.ts';
import { renderTemplate } from '../../../hooks/render/template.ts';
import { actionList } from '../../../local/push/action-list.ts';
import { inTreeActionHook } from '../../../local/push/taskcluster-yml.ts';
import { Hooks } from '../../../local/treeherder/client.ts';
import { Index } from '../../support/index-client.ts';
import { at, objectAt, stringsAt } from '../../support/json.ts';
import { aBuild, aTest, labelMap, tests } from '../../support/push-tasks.ts';
import { payloadOf } from '../../support/requests.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import {
  artifactJson,
  artifactText,
  clonesOf,
  isFullAction,
  logLines,
  taskNow,
} from '../../support/task-group.ts';

const way = useQueuedWay();
const fastActions = new Set(['retrigger', 'retrigger-disabled', 'retrigger-multiple', 'rerun']);

const isReport = new Ajv({ strict: true }).compile(
  JSON.parse(await readFile(new URL('../../../docs/retrigger.schema.json', import.meta.url), 'utf8')),
);

/** What taskgraph's in-tree code finds: the decision's labels, overlaid with those of the push's actions and crons. */
async function labelsAsTaskgraphReads(rootUrl: string, decision: string, routes: string[]) {
  const { tc } = way();
  const index = new Index({ rootUrl });
  const labels = objectAt(await artifactJson(tc, decision, 'public/label-to-taskid.json'));
  const namespaces = actionNamespaces(routes);
  expect(namespaces.length).toBeGreaterThan(0);
  for (const namespace of namespaces) {
    const listed = await index.listTasks(namespace, {});
    const found = at(listed, 'tasks');
    for (const entry of Array.isArray(found) ? found : []) {
      const map = await artifactJson(tc, String(at(entry, 'taskId')), 'public/label-to-taskid.json');
      // taskgraph raises an error if an indexed action has none.
      if (!isObject(map)) throw new Error(`${String(at(entry, 'namespace'))} has no label map`);
      Object.assign(labels, map);
    }
  }
  return labels;
}

describe("Treeherder's retrigger button, with a wrapped hook", () => {
  it('creates an action task that looks like today’s', async () => {
    const push = way().newPush();
    const { label } = aTest(push, 'failed');
    const action = await way().press(push, [label, label]);
    const { task, state } = await taskNow(way().tc, action);
    expect(state).toBe('pending');
    expect(task).toMatchObject({
      taskQueueId: 'gecko-3/retrigger',
      schedulerId: 'gecko-level-3',
      taskGroupId: push.decisionTaskId,
      metadata: { name: 'Action: Retrigger' },
      tags: { kind: 'action-callback' },
      extra: {
        parent: push.decisionTaskId,
        treeherder: { groupSymbol: 'AC', symbol: 'rt' },
        action: { context: { clientId: way().deployment.user.clientId } },
        index: { data: { retrigger: { labels: [label] } } },
      },
    });
    const routes = stringsAt(task, 'routes');
    expect(routes.filter((route) => route.startsWith('tc-treeherder.v2.'))).toHaveLength(1);
    expect(routes.filter((route) => route.endsWith(`.actions.${action}`))).toHaveLength(2);
    await way().work();
  });

  it('is performed only with the credentials of that action task', async () => {
    const push = way().newPush();
    const { label, taskId: original } = aTest(push, 'failed');
    const build = aBuild(push, 'failed');
    const action = await way().press(push, [label, build.label], 2);
    way().tc.clearCalls();
    expect(await way().work()).toStrictEqual({ completed: 1, failed: 0, malformed: 0, shutdown: 0, lost: 0 });
    const { worker } = way().deployment;
    const byWorker = way()
      .tc.calls()
      .filter(({ clientId }) => clientId === worker.clientId);
    expect(new Set(byWorker.map(({ method }) => method))).toStrictEqual(new Set(['claimWork']));
    const clones = await clonesOf(way().tc, push.decisionTaskId, action);
    expect(clones).toHaveLength(2);
    for (const { taskId, state, task } of clones) {
      expect(state).toBe('pending');
      expect(task).toMatchObject({ metadata: { name: label }, taskGroupId: push.decisionTaskId });
      expect(JSON.stringify(task)).not.toContain(original);
      expect(stringsAt(task, 'dependencies')).not.toContain(action);
      expect(
        at(await artifactJson(way().tc, action, 'public/task-graph.json'), taskId, 'task'),
      ).toMatchObject({
        metadata: { name: label },
      });
    }
    expect((await taskNow(way().tc, build.taskId)).runs).toMatchObject([{}, { reasonCreated: 'rerun' }]);
    expect(await taskNow(way().tc, action)).toMatchObject({
      state: 'completed',
      runs: [{ state: 'completed' }],
    });
  });

  it('leaves what Treeherder and later in-tree actions read', async () => {
    const { tc } = way();
    const push = way().newPush();
    const [test] = tests(push, 'failed');
    const { label, taskId: original } = test ?? aTest(push);
    const build = aBuild(push, 'failed');
    const action = await way().press(push, [label, build.label]);
    await way().work();
    const [clone] = await clonesOf(tc, push.decisionTaskId, action);
    const newTaskId = clone?.taskId ?? '';

    expect(await artifactJson(tc, action, 'public/label-to-taskid.json')).toStrictEqual({
      [label]: newTaskId,
    });
    expect(await artifactJson(tc, action, 'public/to-run.json')).toStrictEqual([label]);
    const graph = await artifactJson(tc, action, 'public/task-graph.json');
    expect(graph).toStrictEqual({
      [newTaskId]: expect.objectContaining({
        label,
        task_id: newTaskId,
        kind: at(clone?.task, 'tags', 'kind'),
      }),
    });
    // The definition is the same as in the queue, except for what the queue fills in.
    expect(clone?.task).toMatchObject(objectAt(graph, newTaskId, 'task'));

    const report = await artifactJson(tc, action, 'public/retrigger.json');
    isReport(report);
    expect(isReport.errors).toBeNull();
    expect(report).toMatchObject({
      version: 1,
      actionId: action,
      result: 'completed',
      items: expect.arrayContaining([
        expect.objectContaining({ label, taskId: original, newTaskId, copy: 1, result: 'created' }),
        expect.objectContaining({ label: build.label, taskId: build.taskId, result: 'rerun' }),
      ]),
    });

    const log = await logLines(tc, action);
    expect(await artifactText(tc, action, 'public/logs/live.log')).toBe(
      await artifactText(tc, action, 'public/logs/live_backing.log'),
    );
    expect(log[0]).toContain('Action: Retrigger');
    expect(log[1]).toContain(way().deployment.user.clientId);
    expect(log.join('\n')).toContain(`${tc.rootUrl}/tasks/${newTaskId}`);
    expect(log.at(-1)).toBe('1 created, 1 rerun, 0 with nothing to do, 0 refused');
  });

  it('is found by a later in-tree action, through the index', async () => {
    const { tc } = way();
    const push = way().newPush();
    const { label } = aTest(push, 'failed');
    const action = await way().press(push, [label]);
    await way().work();
    const [clone] = await clonesOf(tc, push.decisionTaskId, action);
    const decision = await taskNow(tc, push.decisionTaskId);
    const routes = stringsAt(decision.task, 'routes');
    const labels = await labelsAsTaskgraphReads(tc.rootUrl, push.decisionTaskId, routes);
    expect(labels[label]).toBe(clone?.taskId);
    const others = Object.keys(labelMap(push)).filter((other) => other !== label);
    expect(others.every((other) => typeof labels[other] === 'string')).toBe(true);
    const [namespace = ''] = actionNamespaces(routes);
    const listed = at(await new Index({ rootUrl: tc.rootUrl }).listTasks(namespace, {}), 'tasks');
    expect(listed).toContainEqual(
      expect.objectContaining({ taskId: action, data: { retrigger: { labels: [label] } } }),
    );
  });

  it('clones the same task again when it is pressed again', async () => {
    const { tc } = way();
    const push = way().newPush();
    const { label, taskId } = aTest(push, 'failed');
    await way().press(push, [label]);
    await way().work();
    const second = await way().press(push, [label]);
    await way().work();
    expect(await artifactJson(tc, second, 'public/retrigger.json')).toMatchObject({
      items: [{ label, taskId, result: 'created' }],
    });
  });
});

describe('every other action of a wrapped hook', () => {
  const others = [...new Set(actionList.map(({ cbName }) => cbName))].filter(
    (name) => !fastActions.has(name),
  );

  it.each([...others, 'an-action-of-tomorrow'])(
    'renders byte for byte as the unwrapped hook does (%s)',
    async (callback) => {
      const push = way().newPush();
      const { taskId } = aTest(push, 'failed');
      const payload = payloadOf(push, 'retrigger', { taskId, input: { times: 1 } });
      Object.assign(objectAt(payload, 'decision', 'action'), { cb_name: callback });
      const { hookGroupId, hookId } = inTreeActionHook(3, 'generic');
      const service = new Hooks({ rootUrl: way().tc.rootUrl });
      const [wrapped, full] = await Promise.all(
        [hookId, `${hookId}/full`].map(async (id) => parseHook(await service.hook(hookGroupId, id))),
      );
      if (!wrapped || !full || !isObject(payload)) throw new Error('no hooks, or no payload');
      expect(wrapped.task).not.toStrictEqual(full.task);
      const context = {
        payload,
        taskId: 'NdzxKw8bS5Sw5DRhoiM14w',
        now: '2026-11-22T12:00:00.000Z',
        clientId: 'someone',
      };
      const [ours, todays] = [wrapped, full].map(({ task }) => JSON.stringify(renderTemplate(task, context)));
      expect(ours).toBe(todays);
      expect(isFullAction(await taskNow(way().tc, await way().trigger(payload)))).toBe(true);
      expect(await way().work()).toStrictEqual({
        completed: 0,
        failed: 0,
        malformed: 0,
        shutdown: 0,
        lost: 0,
      });
    },
  );
});
