import { describe, expect, test } from 'vitest';
import { cloneTaskId } from '../../functions/tasks/task-id.ts';
import { fields, list } from '../../functions/taskcluster/answers.ts';
import { slugid } from './clients.ts';
import { pushPath, taskDefinition } from './definitions.ts';
import { eventually } from './eventually.ts';
import { expectedClone } from './expected-clone.ts';
import type { Live } from './live.ts';
import { QueuedWay } from './queued-way.ts';
import { resolve } from './worker.ts';

const ARTIFACTS = [
  'public/label-to-taskid.json',
  'public/logs/live.log',
  'public/logs/live_backing.log',
  'public/retrigger.json',
  'public/task-graph.json',
  'public/to-run.json',
];

/** The queued way: the wrapped hook, the worker, and the action task's artifacts. */
export function queuedCases(live: () => Live): void {
  const queued = () => new QueuedWay(live());
  /** The index entry of an action task, once there is one. */
  const indexedData = async (actionTaskId: string): Promise<unknown> =>
    eventually('the action task is indexed', async () => {
      const method = 'listTasks';
      const page = fields(
        method,
        await live().services.index.listTasks(`${pushPath(live().deployment)}.actions`),
      );
      const entries = list(method, page['tasks']).map((entry) => fields(method, entry));
      return entries.find(({ taskId }) => taskId === actionTaskId)?.['data'];
    });

  describe('the queued way', () => {
    test('a clone, as the action task of the wrapped hook', async () => {
      const label = 'queued-clone';
      const action = await queued().retrigger([label]);
      const { taskQueueId, metadata, scopes } = await live().task(action);
      expect(taskQueueId).toBe(live().deployment.retriggerQueue);
      expect(metadata.name).toBe('Action: Retrigger');
      expect(scopes).toContain(
        `hooks:trigger-hook:${live().deployment.fullHook.hookGroupId}/${live().deployment.fullHook.hookId}`,
      );
      expect((await live().status(action)).state).toBe('completed');

      const target = live().push.taskId(label);
      const clones = await live().clonesOf(label);
      expect(clones).toEqual([cloneTaskId(action, target, 1)]);
      const [taskId = ''] = clones;
      const [original, clone] = await Promise.all([live().task(target), live().task(taskId)]);
      const expected = expectedClone(original, clone.created, new Map([[target, taskId]]));
      expect(clone).toEqual({ ...Object(expected), extra: { ...original.extra, parent: action } });
      await live().untilState(taskId, 'pending');

      expect((await queued().artifactNames(action)).toSorted()).toEqual(ARTIFACTS);
      expect(await queued().json(action, 'public/label-to-taskid.json')).toEqual({ [label]: taskId });
      expect(await queued().json(action, 'public/to-run.json')).toEqual([label]);
      const log = await queued().artifact(action, 'public/logs/live_backing.log');
      expect(log).toContain(live().deployment.user.clientId);
      expect(log).toContain(taskId);
      expect(await indexedData(action)).toMatchObject({ retrigger: { labels: [label] } });
    });

    test('later retriggers start from the same task', async () => {
      const label = 'queued-twice';
      const action = await queued().retrigger([label]);
      expect(await indexedData(action)).toMatchObject({ retrigger: { labels: [label] } });
      const second = await live().retrigger([label]);
      expect(await live().clonesOf(label)).toHaveLength(2);
      // The direct way does not change `extra.parent`, so a clone of the action's clone would have the action there.
      expect((await live().task(second)).extra).not.toMatchObject({ parent: action });
    });

    test('a rerun of a failed build', async () => {
      const label = 'queued-rerun';
      const action = await queued().retrigger([label]);
      expect((await live().status(action)).state).toBe('completed');
      const { runs } = await live().status(live().push.taskId(label));
      expect(runs.map(({ reasonCreated }) => reasonCreated)).toEqual(['scheduled', 'rerun']);
      expect(await queued().json(action, 'public/label-to-taskid.json')).toEqual({});
    });

    test('an action task that runs again does nothing twice', async () => {
      const label = 'queued-again';
      const action = await queued().retrigger([label]);
      await live().services.queue.rerunTask(action);
      await queued().work(action);
      const { state, runs } = await live().status(action);
      expect([state, runs.length]).toEqual(['completed', 2]);
      const [taskId, ...others] = await live().clonesOf(label);
      expect(others).toEqual([]);
      expect(await queued().json(action, 'public/label-to-taskid.json')).toEqual({ [label]: taskId });
    });

    test('an action task whose first worker disappeared', async () => {
      const label = 'queued-given-back';
      const { retriggerQueue, hook } = live().deployment;
      const input = { requests: [{ tasks: [label] }] };
      const action = await live().triggerHook(
        live().payload('retrigger-multiple', { input, taskId: null }),
        hook,
      );
      const claims = await live().worker.claim(retriggerQueue, 1);
      for (const claim of claims) await resolve(claim, 'shutdown');
      await queued().work(action);
      const { state, runs } = await live().status(action);
      expect([state, runs.length]).toEqual(['completed', 2]);
      expect(await live().clonesOf(label)).toHaveLength(1);
    });

    test('a task on the queue that is not an action task is malformed, and its log says why', async () => {
      const { deployment, push, services } = live();
      const taskId = slugid();
      const wanted = { label: 'no action task' };
      const inputs = { now: new Date(), decisionTaskId: push.decisionTaskId, builds: [], rootUrl: '' };
      const definition = taskDefinition(deployment, taskId, wanted, inputs);
      await services.queue.createTask(taskId, { ...definition, taskQueueId: deployment.retriggerQueue });
      await queued().work(taskId);
      expect(await live().status(taskId)).toMatchObject({
        state: 'exception',
        runs: [{ reasonResolved: 'malformed-payload' }],
      });
      const log = await queued().artifact(taskId, 'public/logs/live_backing.log');
      expect(log).toContain('task.payload');
      expect(log).toContain('Nothing was done');
    });

    test('an unmarked task is forwarded once', async () => {
      const { fullHook } = live().deployment;
      const before = await live().taskIdsOf('Action: Retrigger');
      const action = await queued().retrigger(['test-unmarked']);
      expect((await live().status(action)).state).toBe('completed');
      const full = cloneTaskId(action, fullHook.hookId, 1);
      const now = await live().taskIdsOf('Action: Retrigger');
      expect(now.filter((id) => !before.includes(id)).toSorted()).toEqual([action, full].toSorted());
      expect((await live().task(full)).payload).toEqual({ cbName: 'retrigger-multiple' });
      expect(await queued().artifact(action, 'public/logs/live_backing.log')).toContain(full);
      expect(await queued().json(action, 'public/retrigger.json')).toMatchObject({
        result: 'forwarded',
        forward: { because: 'unmarked', taskId: full },
      });
    });

    test('an action that needs the repository never reaches the worker', async () => {
      const taskId = live().push.taskId('test-beside');
      const payload = live().payload('backfill', { input: {}, taskId });
      const action = await live().triggerHook(payload, live().deployment.hook);
      const definition = await live().task(action);
      expect(definition.taskQueueId).toBe(`${live().deployment.trustDomain}-1/decision`);
      expect(definition.payload).toEqual({ cbName: 'backfill' });
    });
  });
}
