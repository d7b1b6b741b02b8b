import taskcluster from 'taskcluster-client';
import { describe, expect, test } from 'vitest';

import { claimOne, clients, DAY_MS, fromNow, list, newTask, refusal, start } from '../support.ts';

const taskId = taskcluster.slugid();
const entry = { taskId, rank: 1, data: { a: 1 }, expires: fromNow(DAY_MS) };

describe('the index', () => {
  test('finds what was inserted, lists tasks and namespaces directly below', async () => {
    const local = await start();
    const { index } = clients(local);
    for (const path of ['p.b', 'p.a', 'p.q.r']) await index.insertTask(path, entry);
    const anyone = clients(local, null).index;
    expect(await anyone.findTask('p.a')).toEqual({ namespace: 'p.a', ...entry });
    expect(await anyone.listTasks('p')).toEqual({
      tasks: [
        { namespace: 'p.a', ...entry },
        { namespace: 'p.b', ...entry },
      ],
    });
    expect(await anyone.listNamespaces('p')).toMatchObject({ namespaces: [{ namespace: 'p.q', name: 'q' }] });
    expect(await anyone.listTasks('nobody.knows')).toEqual({ tasks: [] });
    expect(await refusal(anyone.findTask('p.c'))).toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
    expect(await refusal(anyone.findTask('p..c'))).toMatchObject({ code: 'InvalidRequestArguments' });
    await index.deleteTask('p.a');
    expect(await refusal(anyone.findTask('p.a'))).toMatchObject({ statusCode: 404 });
  });

  test('keeps the task of the higher rank, and takes the newer one at the same rank', async () => {
    const local = await start();
    const { index } = clients(local);
    await index.insertTask('p.a', entry);
    await index.insertTask('p.a', { ...entry, rank: 0, data: { lower: true } });
    expect(await index.findTask('p.a')).toMatchObject({ rank: 1, data: { a: 1 } });
    await index.insertTask('p.a', { ...entry, data: { newer: true } });
    expect(await index.findTask('p.a')).toMatchObject({ data: { newer: true } });
  });

  test('finds many at once; a path given twice is an internal error', async () => {
    const local = await start();
    const { index } = clients(local);
    const indexes = ['p.a', 'p.b', 'p.c'];
    for (const path of indexes) await index.insertTask(path, entry);
    const found = list(await index.findTasksAtIndex({ indexes: [...indexes, 'p.unknown'] }), 'tasks');
    const namespaces = found.map(({ namespace }) => String(namespace));
    expect(namespaces.toSorted()).toEqual(indexes);
    expect(namespaces).not.toEqual(indexes);
    const twice = await refusal(index.findTasksAtIndex({ indexes: ['p.a', 'p.a'] }));
    expect(twice).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
  });

  test('forgets what has expired, except for the batch read', async () => {
    let now = Date.now();
    const local = await start({ now: () => now });
    const { index } = clients(local);
    await index.insertTask('p.a', { ...entry, expires: new Date(now + 1000).toJSON() });
    now += 2000;
    expect(await refusal(index.findTask('p.a'))).toMatchObject({ statusCode: 404 });
    expect(await index.listTasks('p')).toEqual({ tasks: [] });
    expect(await index.findTasksAtIndex({ indexes: ['p.a'] })).toMatchObject({ tasks: [{ taskId }] });
  });

  test('indexes completed tasks by their routes, with rank and data from extra.index', async () => {
    const local = await start();
    const done = await newTask(local, {
      routes: ['index.p.done', 'index.p.also', 'other.route'],
      extra: { index: { rank: 7, data: { b: 2 } } },
    });
    const { credentials } = await claimOne(local);
    expect(await refusal(clients(local).index.findTask('p.done'))).toMatchObject({ statusCode: 404 });
    await clients(local, credentials).queue.reportCompleted(done, 0);
    const found = { taskId: done, rank: 7, data: { b: 2 } };
    expect(await clients(local).index.listTasks('p')).toMatchObject({ tasks: [found, found] });
  });

  test('does not index failed ones', async () => {
    const local = await start();
    const failed = await newTask(local, { routes: ['index.p.failed'] });
    await claimOne(local);
    await clients(local).queue.reportFailed(failed, 0);
    expect(await clients(local).index.listTasks('p')).toEqual({ tasks: [] });
  });

  test('redirects to an artifact', async () => {
    const local = await start();
    await clients(local).index.insertTask('p.a', entry);
    const url = `${local.rootUrl}/api/index/v1/task/p.a/artifacts/public/x.json`;
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(
      `${local.rootUrl}/api/queue/v1/task/${taskId}/artifacts/public%2Fx.json`,
    );
  });

  test('checks scopes for inserting', async () => {
    const local = await start();
    expect(await refusal(clients(local, null).index.insertTask('p.a', entry))).toMatchObject({
      statusCode: 403,
    });
    const { index } = clients(local, local.createClient('user', ['index:insert-task:p.*']));
    await index.insertTask('p.a', entry);
    expect(await refusal(index.insertTask('q.a', entry))).toMatchObject({ statusCode: 403 });
  });
});
