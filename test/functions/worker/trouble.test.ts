import { beforeEach, describe, expect, it } from 'vitest';
import { randomTaskId } from '../../../functions/tasks/task-id.ts';
import type { Push } from '../../../local/push/push.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { at, objectAt } from '../../support/json.ts';
import { aBuild, aTest, change, tests } from '../../support/push-tasks.ts';
import { payloadOf } from '../../support/requests.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { artifactJson, clonesOf, logLines, taskNow } from '../../support/task-group.ts';

/** How far the services' clock is ahead of ours, in ms. */
let ahead = 0;
beforeEach(() => (ahead = 0));
const way = useQueuedWay({ now: () => Date.now() + ahead });
const root = () => new Queue({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials });

/** Another user's action, which must be done whatever happens to the one under test. */
let other: { push: Push; action: string };
beforeEach(async () => {
  const push = way().newPush();
  other = { push, action: await way().press(push, [aTest(push).label]) };
});
async function expectOtherDone(): Promise<void> {
  expect(await taskNow(way().tc, other.action)).toMatchObject({ state: 'completed' });
  expect(await clonesOf(way().tc, other.push.decisionTaskId, other.action)).toHaveLength(1);
}

describe('an action task that was canceled', () => {
  it('during its work is not continued, while the others go on', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label], 3);
    // Both actions are held at their uploads, where one of them is canceled.
    const { promise: canceled, resolve: goOn } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'put', times: 100, until: canceled }]);
    const working = way().work();
    await expect.poll(() => way().calls('put').length).toBeGreaterThan(0);
    await root().cancelTask(action);
    goOn();
    expect(await working).toStrictEqual({ completed: 1, failed: 0, malformed: 0, shutdown: 0, lost: 1 });
    expect(await taskNow(way().tc, action)).toMatchObject({
      state: 'exception',
      runs: [{ reasonResolved: 'canceled' }],
    });
    await expectOtherDone();
  });

  it('before it was claimed is never claimed', async () => {
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await root().cancelTask(action);
    expect(await way().work()).toMatchObject({ completed: 1, lost: 0 });
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toStrictEqual([]);
    await expectOtherDone();
  });
});

describe('an action task whose deadline passes during its work', () => {
  it('is given up, while the others go on', async () => {
    const push = way().newPush();
    const { task } = await taskNow(way().tc, await way().press(push, [aTest(push, 'failed').label]));
    await way().work();
    const action = randomTaskId();
    const deadline = new Date(Date.now() + 30_000).toISOString();
    await root().createTask(action, { ...withoutQueue(task), created: new Date().toISOString(), deadline });
    way().tc.clearCalls();
    const { promise: created, resolve: create } = Promise.withResolvers<void>();
    way().tc.setFaults([{ method: 'createTask', until: created }]);
    // By the worker's clock its claim of 20 minutes is over, so it reclaims after its minimum wait of a second.
    const working = way().work({ now: () => new Date(Date.now() + 20 * 60_000), until: Infinity });
    await expect.poll(() => way().calls('createTask').length).toBe(1);
    ahead = 31_000;
    expect(await working).toMatchObject({ lost: 1 });
    create();
    await expect
      .poll(() => taskNow(way().tc, action))
      .toMatchObject({ state: 'exception', runs: [{ reasonResolved: 'deadline-exceeded' }] });
    await expectOtherDone();
  });
});

describe('a sealed task group', () => {
  it('fails the action, with the queue’s message and advice', async () => {
    const push = way().newPush();
    const test = aTest(push, 'failed');
    const action = await way().press(push, [test.label]);
    await root().sealTaskGroup(push.decisionTaskId);
    expect(await way().work()).toMatchObject({ completed: 1, failed: 1 });
    const log = await logLines(way().tc, action);
    expect(log.slice(-3)).toStrictEqual([
      'Not everything was run again. What was refused, and why:',
      expect.stringMatching(new RegExp(`^- ${test.label}: createTask: RequestConflict: .*sealed`)),
      expect.stringMatching(/^Nothing was run again\. .*push again/),
    ]);
    await expectOtherDone();
  });
});

describe('a target that the push may not create', () => {
  it('is the only one refused: nine of ten are created, and the log says which is missing and whom to ask', async () => {
    let labels: string[] = [];
    const push = way().newPush(
      (fresh) => {
        const ten = tests(fresh).slice(0, 10);
        labels = ten.map(({ label }) => label);
        change(fresh, ten[4]?.taskId ?? '', { task: { scopes: ['secrets:get:of/somebody/else'] } });
      },
      { size: 200 },
    );
    expect(labels).toHaveLength(10);
    const action = await way().press(push, labels);
    expect(await way().work()).toMatchObject({ completed: 1, failed: 1 });
    const made = (await clonesOf(way().tc, push.decisionTaskId, action)).map(({ task }) =>
      String(at(task, 'metadata', 'name')),
    );
    expect(made.toSorted()).toStrictEqual(labels.filter((_, index) => index !== 4).toSorted());
    const log = await logLines(way().tc, action);
    expect(log.slice(-4)).toStrictEqual([
      '9 created, 0 rerun, 0 with nothing to do, 1 refused',
      'Not everything was run again. What was refused, and why:',
      expect.stringContaining(`- ${labels[4]}: createTask: InsufficientScopes: `),
      expect.stringMatching(/^The other tasks were run again; retrigger only what was refused.*scopes/),
    ]);
    expect(log.at(-2)).toContain('secrets:get:of/somebody/else');
    // What was created can be found although the action task failed.
    expect(
      Object.keys(objectAt(await artifactJson(way().tc, action, 'public/label-to-taskid.json'))),
    ).toHaveLength(9);
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({ result: 'failed' });
    await expectOtherDone();
  });
});

describe('nothing to run again', () => {
  it('completes, as in taskgraph, and says why for each task', async () => {
    const push = way().newPush();
    const done = aBuild(push, 'completed');
    const action = await way().press(push, [done.label]);
    await way().work();
    expect((await logLines(way().tc, action)).slice(-2)).toStrictEqual([
      'There was nothing to run again:',
      `- ${done.label}: it completed, and tasks of its kind are only rerun if they failed`,
    ]);
    expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
    expect(await artifactJson(way().tc, action, 'public/retrigger.json')).toMatchObject({
      result: 'completed',
    });
  });

  it.each([[[]], [[{ tasks: [] }]]])('completes if no task was requested: requests %j', async (requests) => {
    const push = way().newPush();
    const action = await way().trigger(payloadOf(push, 'retrigger-multiple', { input: { requests } }));
    await way().work();
    expect((await logLines(way().tc, action)).at(-1)).toBe(
      'There was nothing to run again: the request names no task',
    );
    expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
  });
});

describe('a foreign task on the queue', () => {
  const strangers: [string, (task: Record<string, unknown>) => Record<string, unknown>, RegExp][] = [
    ['no payload', (task) => ({ ...task, payload: {} }), /failed: task\.payload must have required property/],
    [
      'a hook that is no in-tree action hook',
      (task) => withHook(task, 'project-gecko', 'something-else'),
      /failed: task\.payload\/hook project-gecko\/something-else is not an in-tree action hook/,
    ],
    [
      'the hook of another level',
      (task) => withHook(task, 'project-gecko', 'in-tree-action-1-generic/0123456789'),
      /failed: task\.payload\/hook .* does not belong on the queue gecko-3\/retrigger/,
    ],
    [
      'another task group',
      (task) => ({ ...task, taskGroupId: 'fN1SbArXTPSVFNUvaOlinQ' }),
      /failed: .*taskGroupId is .*, but the action task belongs to fN1SbArXTPSVFNUvaOlinQ/,
    ],
    [
      'an action that is none',
      (task) => ({ ...task, payload: { ...objectAt(task, 'payload'), trigger: { decision: {}, user: {} } } }),
      /failed: payload/,
    ],
  ];

  it.each(strangers)(
    'with %s is malformed, and its log says where and what to do',
    async (_, alter, line) => {
      const push = way().newPush();
      const { task } = await taskNow(way().tc, await way().press(push, [aTest(push, 'failed').label]));
      await way().work();
      const action = randomTaskId();
      await root().createTask(action, alter({ ...withoutQueue(task), ...soon() }));
      const again = await way().press(push, [aTest(push, 'failed').label]);
      expect(await way().work()).toMatchObject({ completed: 1, malformed: 1 });
      expect(await taskNow(way().tc, action)).toMatchObject({
        state: 'exception',
        runs: [{ reasonResolved: 'malformed-payload' }],
      });
      const log = await logLines(way().tc, action);
      expect(log.at(-2)).toMatch(line);
      expect(log.at(-1)).toBe(
        'Nothing was done. The action task itself is malformed; start it from Treeherder.',
      );
      expect(await artifactJson(way().tc, action, 'public/label-to-taskid.json')).toStrictEqual({});
      expect(await clonesOf(way().tc, push.decisionTaskId, action)).toStrictEqual([]);
      expect(await clonesOf(way().tc, push.decisionTaskId, again)).toHaveLength(1);
      await expectOtherDone();
    },
  );

  it('with input of the wrong shape fails: the task is ours, but the request is wrong', async () => {
    const push = way().newPush();
    const { task } = await taskNow(way().tc, await way().press(push, [aTest(push, 'failed').label]));
    await way().work();
    const action = randomTaskId();
    await root().createTask(action, {
      ...withInput(withoutQueue(task), { requests: 'all of them' }),
      ...soon(),
    });
    expect(await way().work()).toMatchObject({ failed: 1 });
    expect((await logLines(way().tc, action)).slice(-2)).toStrictEqual([
      'failed: payload/user/input/requests must be array',
      'Nothing was run again. The request is not valid; retrigger from Treeherder.',
    ]);
  });

  it('can only do what its own scopes allow', async () => {
    const push = way().newPush();
    const { label } = aTest(push, 'failed');
    const { task } = await taskNow(way().tc, await way().press(push, [label]));
    await way().work();
    const action = randomTaskId();
    await root().createTask(action, { ...withoutQueue(task), ...soon(), scopes: [] });
    expect(await way().work()).toMatchObject({ failed: 1 });
    expect((await logLines(way().tc, action)).join('\n')).toContain('createTask: InsufficientScopes');
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toStrictEqual([]);
  });
});

/** A definition for createTask, made from one that the queue returned. */
function withoutQueue(task: Record<string, unknown>): Record<string, unknown> {
  const { provisionerId: _, workerType: __, ...rest } = task;
  return { ...rest, taskQueueId: TASK_QUEUE };
}

function soon(): { created: string; deadline: string } {
  return { created: new Date().toISOString(), deadline: new Date(Date.now() + 3_600_000).toISOString() };
}

function withHook(
  task: Record<string, unknown>,
  hookGroupId: string,
  hookId: string,
): Record<string, unknown> {
  return { ...task, payload: { ...objectAt(task, 'payload'), hook: { hookGroupId, hookId } } };
}

function withInput(task: Record<string, unknown>, input: unknown): Record<string, unknown> {
  const payload = objectAt(task, 'payload');
  const trigger = objectAt(payload, 'trigger');
  return {
    ...task,
    payload: { ...payload, trigger: { ...trigger, user: { ...objectAt(trigger, 'user'), input } } },
  };
}
