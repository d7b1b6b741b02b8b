import { describe, expect, it } from 'vitest';
import { FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { newTaskId } from '../../functions/tasks/task-id.ts';
import type { Call } from '../../local/taskcluster/api.ts';
import { DirectWay } from '../support/direct-way.ts';
import { at, objectAt, stringsAt } from '../support/json.ts';
import { normalize } from '../support/normalize.ts';
import { QueuedWay } from '../support/queued-way.ts';
import { graphCase, graphCases, unprotected, type GraphCase } from '../support/recorded-graph-case.ts';
import { payloadOf, trigger } from '../support/requests.ts';
import { loadReferences } from './references.ts';

const references = loadReferences();
const ACTION = 'ActionAAQqCaaaaaaaaaaA';

interface Created {
  name: string;
  body: Record<string, unknown>;
}

/**
 * taskgraph clones this one twice because of `task_duplicates`. The task itself says that it may be cloned, so we never
 * read the graph, and clone it once.
 */
const READ_NO_GRAPH = 'small/retrigger-task-duplicates';

describe('we create what taskgraph creates from its graph:', async () => {
  const cases = (await graphCases()).filter((name) => name !== READ_NO_GRAPH);

  it.each(cases)('directly, %s', async (name) => {
    const recorded = unprotected(await graphCase(name, new Date()));
    const way = await DirectWay.start();
    try {
      way.deploy({ fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]) });
      way.tc.loadPush(recorded.push);
      way.tc.setFaults(faults(recorded, ACTION));
      const payload = { ...payloadOf(recorded.push, recorded.callback, recorded), taskId: ACTION };
      await trigger(way, payload).catch((error: unknown) => error);
      way.expectNoErrors();
      expect(breaches(way.tc.calls())).toStrictEqual([]);
      const { decisionTaskId } = recorded.push;
      expect(createdBy(way.calls('createTask'), ACTION, way.tc.rootUrl)).toStrictEqual(
        inOrder(answered(recorded).map((task) => asWeDo(task, recorded.callback, decisionTaskId))),
      );
    } finally {
      await way.stop();
    }
  });

  it.each(cases)('in the queued way, %s', async (name) => {
    const recorded = unprotected(await graphCase(name, new Date()));
    const way = await QueuedWay.start({ fastActions: FAST_ACTIONS, recordResponses: true });
    try {
      way.tc.loadPush(recorded.push);
      const action = await way.trigger(payloadOf(recorded.push, recorded.callback, recorded));
      way.tc.clearCalls();
      way.tc.setFaults(faults(recorded, action));
      await way.work();
      way.expectNoErrors();
      expect(breaches(way.tc.calls())).toStrictEqual([]);
      expect(createdBy(way.calls('createTask'), action, way.tc.rootUrl)).toStrictEqual(
        inOrder(answered(recorded).map((task) => asWeDo(task, recorded.callback, '<action>'))),
      );
    } finally {
      await way.tc.close();
    }
  });

  it('except for one that needs no graph', async () => {
    const recorded = await graphCase(READ_NO_GRAPH, new Date());
    const way = await DirectWay.start();
    try {
      way.deploy({ fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]) });
      way.tc.loadPush(recorded.push);
      await trigger(way, payloadOf(recorded.push, recorded.callback, recorded));
      expect(recorded.created).toHaveLength(2);
      expect(way.calls('createTask')).toHaveLength(1);
      expect(way.tc.calls().filter(({ path }) => path.includes('full-task-graph'))).toStrictEqual([]);
    } finally {
      await way.stop();
    }
  });
});

describe('a protected task forwards the whole action:', async () => {
  it.each(await graphCases())('%s', async (name) => {
    const recorded = await graphCase(name, new Date());
    const way = await DirectWay.start();
    try {
      way.deploy({ fastActions: new Map([['gecko', new Set(FAST_ACTIONS)]]) });
      way.tc.loadPush(recorded.push);
      await trigger(way, payloadOf(recorded.push, recorded.callback, recorded)).catch(
        (error: unknown) => error,
      );
      const isProtected = recorded.created.some(({ body }) => hasProtection(body));
      expect(way.calls('createTask').length > 0 && (isProtected || way.calls('triggerHook').length > 0)).toBe(
        false,
      );
    } finally {
      await way.stop();
    }
  });
});

const hasProtection = (body: unknown): boolean =>
  stringsAt(body, 'routes').some((route) => route.startsWith('index.')) ||
  String(at(body, 'provisionerId')).startsWith('scriptworker');

/** How these calls violate the services' published references and schemas. */
const breaches = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ service }) => service !== 'functions' && service !== 'artifact-data')
    .flatMap((call) => references.checkCall(call, call.response));

/** These labels are refused in the first round, as in the recording. */
const faults = ({ failing }: GraphCase, action: string) =>
  failing.map((label) => ({
    method: 'createTask',
    path: `/api/queue/v1/task/${newTaskId(action, '0', label, 1)}`,
    status: 400,
  }));

/** Calls that a fault hits are not listed. */
const answered = ({ created, failing }: GraphCase): Created[] =>
  created.filter(({ body }) => !failing.includes(String(at(body, 'metadata', 'name'))));

/** The tasks that were sent to the queue, in the form of the recording. */
const createdBy = (calls: readonly Call[], action: string, rootUrl: string): Created[] => {
  const tasks = calls
    .filter(({ body }) => body !== undefined)
    .map(({ path, body }) => ({
      taskId: path.split('/').at(-1) ?? '',
      label: String(at(body, 'metadata', 'name')),
      body,
    }));
  const names = new Map([[action, '<action>']]);
  const counts = new Map<string, number>();
  for (const { taskId, label } of tasks.toSorted((a, b) => rankOf(a, action) - rankOf(b, action))) {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    names.set(taskId, `<new:${label}#${count}>`);
  }
  return inOrder(
    tasks.map(({ taskId, body }) => ({
      name: names.get(taskId) ?? '',
      body: objectAt(
        JSON.parse(
          JSON.stringify({ body: normalize(body, names) }).replaceAll(rootUrl, 'https://tc.example.com'),
        ),
        'body',
      ),
    })),
  );
};

/** First the first task of each round, then the duplicates, as the recording numbers them. */
const rankOf = ({ taskId, label }: { taskId: string; label: string }, action: string): number => {
  for (let copy = 1; copy <= 5; copy++)
    for (let round = 0; round < 5; round++)
      for (const name of [`${round}`, `0-${round}`])
        if (taskId === newTaskId(action, name, label, copy)) return 10 * copy + round;
  throw new Error(`${label} has a taskId that is none of an action's`);
};

const inOrder = (tasks: Created[]): Created[] =>
  tasks
    .map(({ name, body }) => ({
      name,
      body: { ...body, dependencies: stringsAt(body, 'dependencies').toSorted() },
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/**
 * No task depends on the action. In the direct way there is none, and `extra.parent` is the decision task. `tags.action`
 * is as in Firefox.
 */
const asWeDo = ({ name, body }: Created, callback: string, parent: string): Created => ({
  name,
  body: {
    ...body,
    dependencies: stringsAt(body, 'dependencies').filter((taskId) => taskId !== '<action>'),
    extra: { ...objectAt(body, 'extra'), parent },
    tags: { ...objectAt(body, 'tags'), ...TAGS[callback] },
  },
});

const TAGS: Record<string, Record<string, string>> = {
  retrigger: { action: 'retrigger-task' },
  'retrigger-disabled': { action: 'retrigger-task' },
  'retrigger-multiple': { action: 'retrigger-multiple-task' },
};
