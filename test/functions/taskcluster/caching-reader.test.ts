import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CachingReader } from '../../../functions/taskcluster/caching-reader.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { generatePush } from '../../../local/push/generate.ts';
import type { Push } from '../../../local/push/push.ts';
import type { LocalTaskcluster } from '../../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../../local/taskcluster/server.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { at } from '../../support/json.ts';
import { change, labelMap, tests } from '../../support/push-tasks.ts';
import { id } from '../fixtures.ts';

let tc: LocalTaskcluster;
let push: Push;
let reader: CachingReader;
let now: number;
let seed = 0;

beforeAll(async () => {
  tc = await startLocalTaskcluster();
});
afterAll(() => tc.close());
beforeEach(() => load());

/** A new push and a new reader for each test. */
function load(changePush: (push: Push) => void = () => undefined): void {
  push = generatePush({ size: 50, seed: ++seed, rootUrl: tc.rootUrl, now: new Date() });
  changePush(push);
  tc.loadPush(push);
  now = Date.now();
  const client = new TaskclusterClient({ rootUrl: tc.rootUrl, credentials: tc.credentials });
  reader = new CachingReader(new TaskclusterReader(client, new Downloads(tc.rootUrl)), () => now);
  tc.clearCalls();
}

/** The methods called since the last check. */
function called(): string[] {
  const methods = tc.calls().map(({ method }) => method);
  tc.clearCalls();
  return methods.toSorted();
}

const someTasks = (count: number) =>
  tests(push)
    .slice(0, count)
    .map(({ taskId }) => taskId);

describe('a definition', () => {
  it('is read only once, alone or with others', async () => {
    const [one = '', two = ''] = someTasks(2);
    const read = await reader.task(one);
    expect(read).toStrictEqual(push.tasks[one]?.task);
    expect(called()).toStrictEqual(['task']);

    const both = await reader.tasks([one, two, two]);
    expect([...both.keys()].toSorted()).toStrictEqual([one, two].toSorted());
    const [call] = tc.calls();
    expect(call).toMatchObject({ method: 'tasks', body: { taskIds: [two] } });
    expect(called()).toStrictEqual(['tasks']);

    expect(await reader.tasks([two, one])).toStrictEqual(both);
    expect(await reader.task(two)).toStrictEqual(push.tasks[two]?.task);
    expect(called()).toStrictEqual([]);
  });

  it('is read again once its task has expired', async () => {
    const [one = ''] = someTasks(1);
    await reader.tasks([one]);
    called();
    now = Date.parse(String(at(push.tasks[one]?.task, 'expires'))) - 1;
    await reader.tasks([one]);
    expect(called()).toStrictEqual([]);
    now += 1;
    await reader.tasks([one]);
    await reader.task(one);
    expect(called()).toStrictEqual(['task', 'tasks']);
  });

  it('of an unknown task is requested each time: it may still be created', async () => {
    const unknown = id('unknown');
    for (let again = 0; again < 2; again++) {
      expect(await reader.task(unknown)).toBeUndefined();
      expect(await reader.tasks([unknown])).toStrictEqual(new Map());
    }
    expect(called()).toStrictEqual(['task', 'task', 'tasks', 'tasks']);
  });
});

describe('what changes', () => {
  it('is read each time: statuses', async () => {
    load((fresh) => {
      const [one = ''] = tests(fresh).map(({ taskId }) => taskId);
      change(fresh, one, { state: 'failed' });
    });
    const [one = ''] = tests(push, 'failed').map(({ taskId }) => taskId);
    expect((await reader.statuses([one])).get(one)?.state).toBe('failed');
    await new Queue({ rootUrl: tc.rootUrl, credentials: tc.credentials }).rerunTask(one);
    expect((await reader.statuses([one])).get(one)?.state).toBe('pending');
    expect(called()).toStrictEqual(['rerunTask', 'statuses', 'statuses']);
  });

  it('is read each time: listings of the index', async () => {
    const [path = ''] = Object.keys(push.index).filter((name) => name.includes('.actions.'));
    const namespace = path.slice(0, path.lastIndexOf('.'));
    const first = await reader.listTasks(namespace);
    expect(first.length).toBeGreaterThan(0);
    expect(await reader.listTasks(namespace)).toStrictEqual(first);
    expect(called()).toStrictEqual(['listTasks', 'listTasks']);
  });
});

describe('an artifact', () => {
  const LABELS = 'public/label-to-taskid.json';
  const FIVE_MINUTES_MS = 5 * 60_000;
  const ANEW = ['get', 'getLatestArtifact', 'status'];
  const read = () => reader.artifact(push.decisionTaskId, LABELS);

  it('of a completed task is not even requested again for five minutes', async () => {
    expect(await read()).toStrictEqual(labelMap(push));
    expect(called()).toStrictEqual(ANEW);
    now += FIVE_MINUTES_MS - 1;
    expect(await read()).toStrictEqual(labelMap(push));
    expect(called()).toStrictEqual([]);
    now += 1;
    expect(await read()).toStrictEqual(labelMap(push));
    expect(called()).toStrictEqual(['getLatestArtifact']);
  });

  it('is not mixed up with others of the same task', async () => {
    await read();
    called();
    expect(await reader.artifact(push.decisionTaskId, 'public/actions.json')).toHaveProperty('actions');
    expect(called()).toStrictEqual(ANEW);
  });

  it('of a running task is read each time', async () => {
    load((fresh) => change(fresh, fresh.decisionTaskId, { state: 'running' }));
    await read();
    await read();
    expect(called()).toStrictEqual([...ANEW, ...ANEW].toSorted());
  });
});

describe('what the index has under paths', () => {
  it('is requested in one call, each path once, and every time', async () => {
    const [path = '', taskId = ''] = Object.entries(push.index)[0] ?? [];
    const paths = [path, 'nobody.knows', path];
    expect(await reader.findTasks(paths)).toStrictEqual(new Map([[path, taskId]]));
    expect(await reader.findTasks(paths)).toStrictEqual(new Map([[path, taskId]]));
    expect(called()).toStrictEqual(['findTasksAtIndex', 'findTasksAtIndex']);
    expect(await reader.findTasks([])).toStrictEqual(new Map());
    expect(called()).toStrictEqual([]);
  });

  it('is requested path by path if a deployment has no batch read', async () => {
    const [path = '', taskId = ''] = Object.entries(push.index)[0] ?? [];
    tc.setFaults([{ method: 'findTasksAtIndex', status: 404, times: 1 }]);
    expect(await reader.findTasks([path, 'nobody.knows'])).toStrictEqual(new Map([[path, taskId]]));
    expect(called()).toStrictEqual(['findTask', 'findTask', 'findTasksAtIndex']);
  });
});
