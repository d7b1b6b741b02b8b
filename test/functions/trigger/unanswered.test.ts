import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../local/taskcluster/api.ts';
import type { Push } from '../../../local/push/push.ts';
import { HostileServer } from '../../support/hostile-server.ts';
import { withDirectWay, type DirectWay } from '../../support/direct-way.ts';
import { at } from '../../support/json.ts';
import { aBuild, aTest } from '../../support/push-tasks.ts';
import { customAction, payloadOf, refusal, retrigger, trigger } from '../../support/requests.ts';
import { isFullAction, taskNow, tasksInGroup } from '../../support/task-group.ts';

/** The time for everything; on Lambda it is 29 s. Most of these tests wait until it is up, so they do that in parallel. */
const TIMEOUT_MS = 20_000;

/** Answers that are lost at once are not waited for, so here the time must not end before the tries. */
const withTimeForAllTries = (test: (way: DirectWay) => Promise<void>) =>
  withDirectWay(async (way) => {
    way.gateway.timeoutMs = 240_000;
    await test(way);
  });

const inTime = (test: (way: DirectWay) => Promise<void>) =>
  withDirectWay(async (way) => {
    way.gateway.timeoutMs = TIMEOUT_MS;
    await test(way);
  });

const always = ({ tc }: DirectWay, fault: Omit<Fault, 'times'>) => tc.setFaults([{ ...fault, times: 999 }]);
const countOf = async ({ tc }: DirectWay, { decisionTaskId }: Push, label: string) =>
  (await tasksInGroup(tc, decisionTaskId)).filter(({ task }) => at(task, 'metadata', 'name') === label)
    .length;
const fullActions = async ({ tc }: DirectWay, push: Push) =>
  (await tasksInGroup(tc, push.decisionTaskId)).filter(
    (task) => isFullAction(task) && !(task.taskId in push.tasks),
  );

const forwarded = (way: DirectWay, push: Push) =>
  customAction(way, push, 'retrigger', aTest(push).taskId, { downstream: true });

describe.concurrent('writes that are never answered', () => {
  it.each([3, 10])('are looked up: all %d were created, and nothing else is reported', (times) =>
    withTimeForAllTries(async (way) => {
      always(way, { method: 'createTask', drop: 'after' });
      const push = way.newPush();
      const { label } = aTest(push);
      expect(await retrigger(way, push, [label], times)).toMatchObject({ taskId: expect.any(String) });
      expect(await countOf(way, push, label)).toBe(1 + times);
    }),
  );

  it('are finished: a task that was only stored is scheduled', () =>
    withTimeForAllTries(async (way) => {
      way.tc.setFaults([
        { method: 'createTask', halfway: true },
        { method: 'createTask', nth: 2, times: 6, status: 500 },
      ]);
      const push = way.newPush();
      const { taskId } = await retrigger(way, push, [aTest(push).label]);
      expect((await taskNow(way.tc, taskId)).state).toBe('pending');
    }));

  it('are looked up: a task has its new run', () =>
    withTimeForAllTries(async (way) => {
      always(way, { method: 'rerunTask', drop: 'after' });
      const push = way.newPush();
      const { label, taskId } = aBuild(push, 'failed');
      expect(await retrigger(way, push, [label])).toMatchObject({ taskId });
      expect((await taskNow(way.tc, taskId)).runs).toHaveLength(2);
    }));

  it('are reported as in doubt if the look fails', () =>
    withTimeForAllTries(async (way) => {
      way.tc.setFaults([
        { method: 'createTask', drop: 'after', times: 999 },
        { method: 'statuses', nth: 2, status: 503, times: 999 },
      ]);
      const push = way.newPush();
      const { label } = aTest(push);
      const { statusCode, message } = await refusal(retrigger(way, push, [label], 3));
      expect(statusCode).toBe(400);
      expect(message).not.toContain('Nothing was run again');
      const clones = (await tasksInGroup(way.tc, push.decisionTaskId)).filter(
        ({ taskId, task }) => at(task, 'metadata', 'name') === label && !(taskId in push.tasks),
      );
      const named = message.match(/(?<=may exist: )[\w-]{22}/g);
      expect(new Set(named)).toStrictEqual(new Set(clones.map(({ taskId }) => taskId)));
      expect(clones).toHaveLength(3);
    }));
});

describe.concurrent('reading that hangs', () => {
  it.each([
    ['listTasks', '*'],
    ['getLatestArtifact', '*/public/label-to-taskid.json'],
    ['get', '*/public/label-to-taskid.json'],
    ['tasks', '*'],
    ['statuses', '*'],
  ])('at %s ends in one forward, in time', (method, path) =>
    inTime(async (way) => {
      always(way, { method, path, hang: 'before' });
      const push = way.newPush();
      const { taskId } = await retrigger(way, push, [aTest(push).label]);
      expect((await fullActions(way, push)).map((task) => task.taskId)).toStrictEqual([taskId]);
    }),
  );

  it.each(['authenticateHawk', 'task', 'expandScopes', 'hook'])(
    'at %s, without which nothing may be done, ends in a correct 500',
    (method) =>
      inTime(async (way) => {
        always(way, { method, hang: 'before' });
        const push = way.newPush();
        const { statusCode, message } = await refusal(
          trigger(way, payloadOf(push, 'retrigger', { taskId: aTest(push).taskId, input: {} })),
        );
        expect({ statusCode, message }).toStrictEqual({
          statusCode: 500,
          message: expect.stringMatching(
            /^A call to Taskcluster failed .*Nothing was done.*incidentId [-\w]{36}\.$/,
          ),
        });
        way.expectNoWrites();
      }),
  );
});

describe.concurrent('a forward that is not answered', () => {
  it.each([{ hang: 'after' as const }, { drop: 'after' as const }])('is found: %j', (fault) =>
    inTime(async (way) => {
      always(way, { method: 'triggerHook', path: '*/full/trigger', ...fault });
      const push = way.newPush();
      const { taskId } = await forwarded(way, push);
      expect((await fullActions(way, push)).map((task) => task.taskId)).toStrictEqual([taskId]);
    }),
  );

  it.each([{ hang: 'before' as const }, { drop: 'before' as const }])(
    'is reported with its taskId if it cannot be found, so that no client retries it: %j',
    (fault) =>
      inTime(async (way) => {
        always(way, { method: 'triggerHook', path: '*/full/trigger', ...fault });
        const push = way.newPush();
        const { statusCode, message } = await refusal(forwarded(way, push));
        expect(statusCode).toBe(400);
        expect(message).toMatch(
          /the full action task may or may not be running as [\w-]{22}: .*Check the push/s,
        );
        expect(way.records).toContainEqual(expect.objectContaining({ event: 'forward-in-doubt' }));
        expect(await fullActions(way, push)).toStrictEqual([]);
      }),
  );

  it.each([
    ['a hook with a copy at /full', 200, '{"taskId": 5}'],
    ['a hook without one', 404, '{"code": "ResourceNotFound", "message": "none"}'],
  ])('may have been made if the answer makes no sense: %s', (_, status, full) =>
    inTime(async (way) => {
      const hooks = await HostileServer.start();
      hooks.answer = ({ url = '', method }, response) => {
        const isFull = url.includes('full');
        response.writeHead(isFull ? status : 200, { 'content-type': 'application/json' });
        response.end(method === 'GET' ? '{}' : isFull ? full : '{"taskId": 5}');
      };
      way.deploy({ hooksRootUrl: hooks.url });
      const { statusCode, message } = await refusal(forwarded(way, way.newPush()));
      expect({ statusCode, message }).toStrictEqual({
        statusCode: 400,
        message: expect.stringMatching(
          /may or may not be running .*expected a string, got number.*Check the push/s,
        ),
      });
      await hooks.stop();
    }),
  );

  it('was not made if the hooks service failed: 500, and clients may retry', () =>
    inTime(async (way) => {
      always(way, { method: 'triggerHook', path: '*/full/trigger', status: 500 });
      const push = way.newPush();
      const payload = payloadOf(push, 'retrigger', {
        taskId: aTest(push).taskId,
        input: { downstream: true },
      });
      const { statusCode, message } = await refusal(trigger(way, payload));
      expect(statusCode).toBe(500);
      expect(message).toContain('Nothing was done');
      expect(await fullActions(way, push)).toStrictEqual([]);
    }));
});
