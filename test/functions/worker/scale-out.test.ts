import { afterAll, describe, expect, it, beforeAll } from 'vitest';
import { startFunctions, type RunningFunctions } from '../../../local/functions.ts';
import { isObject } from '../../../functions/tasks/shapes.ts';
import type { Push } from '../../../local/push/push.ts';
import { at } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { QueuedWay, TASK_QUEUE } from '../../support/queued-way.ts';
import { tasksInGroup } from '../../support/task-group.ts';

/** More than twice as many as one claim returns. */
const ACTIONS = 70;

let way: QueuedWay;
let push: Push;
const actions = new Set<string>();
let functions: RunningFunctions;
const records: Record<string, unknown>[] = [];

// Runs the bundled function, as deployed, under serverless-offline with its Lambda endpoint.
beforeAll(async () => {
  way = await QueuedWay.start({ longPollMs: 500 });
  const { trigger, worker } = way.deployment;
  // Before there is a worker: one that is there already may take them one by one.
  push = way.newPush();
  const { label } = aTest(push, 'failed');
  while (actions.size < ACTIONS) actions.add(await way.press(push, [label]));
  functions = await startFunctions(
    {
      TASKCLUSTER_ROOT_URL: way.tc.rootUrl,
      TRIGGER_CLIENT_ID: trigger.clientId,
      TRIGGER_ACCESS_TOKEN: trigger.accessToken,
      WORKER_CLIENT_ID: worker.clientId,
      WORKER_ACCESS_TOKEN: worker.accessToken,
      TASK_QUEUES: TASK_QUEUE,
      MAX_DRAINS: '2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-west-2',
    },
    (line) => {
      const json = line.slice(line.indexOf('{'));
      if (!json.includes('"event"')) return;
      const record: unknown = JSON.parse(json);
      if (isObject(record)) records.push(record);
    },
  );
});

afterAll(async () => {
  await functions?.stop();
  await way?.tc.close();
});

describe('a full claim', () => {
  it('starts drain runs of the same function, which end when the queue is empty', async () => {
    await functions.invoke('worker');
    const events = (name: string) => records.filter(({ event }) => event === name);
    await expect.poll(() => events('resolved').length).toBe(ACTIONS);
    await expect
      .poll(() => events('poll-ended').filter(({ mode }) => mode === 'drain').length)
      .toBe(events('scaled-out').length);
    expect(events('scaled-out').length).toBeGreaterThan(0);
    expect(events('scaled-out').length).toBeLessThanOrEqual(2);
    expect(records.filter(({ level }) => level === 'error')).toStrictEqual([]);
    expect(events('scale-out-failed')).toStrictEqual([]);

    const group = await tasksInGroup(way.tc, push.decisionTaskId);
    const parents = group
      .map(({ task }) => String(at(task, 'extra', 'parent')))
      .filter((id) => actions.has(id));
    expect(parents.toSorted()).toStrictEqual([...actions].toSorted());
    const states = group.filter(({ taskId }) => actions.has(taskId)).map(({ state }) => state);
    expect(new Set(states)).toStrictEqual(new Set(['completed']));
  });
});
