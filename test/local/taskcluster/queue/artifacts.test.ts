import { describe, expect, test } from 'vitest';

import type { LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import { claimOne, clients, DAY_MS, fromNow, newTask, record, refusal, start } from '../support.ts';

const EXPIRES = fromNow(DAY_MS);
const TEXT = { storageType: 's3', contentType: 'text/plain', expires: EXPIRES };

/** A claimed run's queue client and its task. */
async function running(local: LocalTaskcluster) {
  await newTask(local);
  const { taskId, credentials } = await claimOne(local);
  return { taskId, queue: clients(local, credentials).queue };
}

async function upload(putUrl: unknown, body: string, contentType = 'text/plain'): Promise<number> {
  const headers = { 'content-type': contentType };
  return (await fetch(String(putUrl), { method: 'PUT', body, headers })).status;
}

describe('s3 artifacts', () => {
  test('are uploaded to a signed URL and read back from another one', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    for (const name of ['public/a b.txt', 'private/a/b.txt']) {
      const { putUrl } = record(await queue.createArtifact(taskId, 0, name, TEXT));
      expect(await upload(putUrl, 'hello')).toBe(200);
      const { url, storageType } = record(await clients(local).queue.getLatestArtifact(taskId, name));
      expect(storageType).toBe('s3');
      const answer = await fetch(String(url));
      expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/plain', 'hello']);
      expect(await clients(local).queue.artifact(taskId, 0, name)).toEqual({ storageType, url });
    }
  });

  test('require the signature and the same content type, and a signature to read private ones', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const { putUrl } = record(await queue.createArtifact(taskId, 0, 'private/a', TEXT));
    expect(await upload(String(putUrl).split('?')[0], 'hello')).toBe(403);
    expect(await upload(putUrl, 'hello', 'text/html')).toBe(403);
    const { url } = record(await clients(local).queue.getArtifact(taskId, 0, 'private/a'));
    expect((await fetch(String(url))).status).toBe(404);
    await upload(putUrl, 'hello');
    expect((await fetch(String(url).split('?')[0] ?? '')).status).toBe(403);
    expect(await refusal(clients(local, null).queue.getArtifact(taskId, 0, 'private/a'))).toMatchObject({
      statusCode: 403,
    });
  });

  test('keep their content encoding', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const { putUrl } = record(await queue.createArtifact(taskId, 0, 'public/a', TEXT));
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'identity' };
    await fetch(String(putUrl), { method: 'PUT', body: 'x', headers });
    const { url } = record(await queue.latestArtifact(taskId, 'public/a'));
    expect((await fetch(String(url))).headers.get('content-encoding')).toBe('identity');
  });

  test('redirect with 303 and say what they are', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    await queue.createArtifact(taskId, 0, 'public/a', TEXT);
    const url = `${local.rootUrl}/api/queue/v1/task/${taskId}/artifacts/public%2Fa`;
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('x-taskcluster-artifact-storage-type')).toBe('s3');
    expect(record(await answer.json())['url']).toBe(answer.headers.get('location'));
  });
});

describe('createArtifact', () => {
  test('may be repeated, may extend expires, but changes nothing else', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    await queue.createArtifact(taskId, 0, 'a', TEXT);
    await queue.createArtifact(taskId, 0, 'a', TEXT);
    await queue.createArtifact(taskId, 0, 'a', { ...TEXT, expires: fromNow(2 * DAY_MS) });
    for (const other of [TEXT, { ...TEXT, contentType: 'text/html', expires: fromNow(3 * DAY_MS) }]) {
      const error = await refusal(queue.createArtifact(taskId, 0, 'a', other));
      expect(error).toMatchObject({ statusCode: 409, code: 'RequestConflict' });
    }
  });

  test('a reference may be renewed and may become a link', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const reference = { storageType: 'reference', contentType: 'text/plain', expires: EXPIRES };
    await queue.createArtifact(taskId, 0, 'public/a', { ...reference, url: 'https://example.com/1' });
    await queue.createArtifact(taskId, 0, 'public/a', { ...reference, url: 'https://example.com/2' });
    const answer = await queue.getLatestArtifact(taskId, 'public/a');
    expect(answer).toEqual({ storageType: 'reference', url: 'https://example.com/2' });
    await queue.createArtifact(taskId, 0, 'public/a', {
      storageType: 'link',
      artifact: 'public/b',
      expires: EXPIRES,
    });
    expect(await refusal(queue.getLatestArtifact(taskId, 'public/a'))).toMatchObject({ statusCode: 404 });
  });

  test('refuses artifacts that outlive their task, and those for another run or a resolved task', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const tooLong = queue.createArtifact(taskId, 0, 'a', { ...TEXT, expires: fromNow(500 * DAY_MS) });
    expect(await refusal(tooLong)).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('task.expires'),
    });
    expect(await refusal(queue.createArtifact(taskId, 1, 'a', TEXT))).toMatchObject({ statusCode: 403 });
    const pending = await newTask(local);
    expect((await refusal(clients(local).queue.createArtifact(pending, 0, 'a', TEXT))).message).toContain(
      'not claimed',
    );
    const object = queue.createArtifact(taskId, 0, 'a', { ...TEXT, storageType: 'object' });
    expect(await refusal(object)).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('object service'),
    });
    await queue.reportCompleted(taskId, 0);
    expect(await refusal(queue.createArtifact(taskId, 0, 'a', TEXT))).toMatchObject({ statusCode: 409 });
  });

  test('is still allowed for a while after an exception', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    await queue.reportException(taskId, 0, { reason: 'internal-error' });
    expect(await queue.createArtifact(taskId, 0, 'a', TEXT)).toMatchObject({ storageType: 's3' });
  });

  test('finishArtifact is for objects only', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    await queue.createArtifact(taskId, 0, 'a', TEXT);
    const finish = queue.finishArtifact(taskId, 0, 'a', { uploadId: taskId });
    expect((await refusal(finish)).message).toContain('Only object artifacts can be finished');
  });
});

describe('reading artifacts', () => {
  test('follows links, detects cycles, and checks the scope of each name on the way', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const link = async (name: string, artifact: string): Promise<unknown> =>
      queue.createArtifact(taskId, 0, name, { storageType: 'link', artifact, expires: EXPIRES });
    await queue.createArtifact(taskId, 0, 'public/a', TEXT);
    await link('public/link', 'public/a');
    await link('public/cycle', 'public/cycle');
    await link('public/secret', 'private/a');
    const anyone = clients(local, null).queue;
    expect(await anyone.getLatestArtifact(taskId, 'public/link')).toEqual(
      await anyone.getLatestArtifact(taskId, 'public/a'),
    );
    expect(await refusal(anyone.getLatestArtifact(taskId, 'public/cycle'))).toMatchObject({
      statusCode: 400,
    });
    expect(await refusal(anyone.getLatestArtifact(taskId, 'public/secret'))).toMatchObject({
      statusCode: 403,
    });
  });

  test('answers 424 for an error artifact', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    const error = { reason: 'file-missing-on-worker', message: 'gone' };
    await queue.createArtifact(taskId, 0, 'public/a', { storageType: 'error', expires: EXPIRES, ...error });
    const url = `${local.rootUrl}/api/queue/v1/task/${taskId}/artifacts/public/a`;
    const answer = await fetch(url);
    expect([answer.status, await answer.json()]).toEqual([424, error]);
    expect(await queue.latestArtifact(taskId, 'public/a')).toEqual({ storageType: 'error', ...error });
  });

  test('lists those of the latest run, or of a given run', async () => {
    const local = await start();
    const { taskId, queue } = await running(local);
    await queue.createArtifact(taskId, 0, 'public/b', TEXT);
    await queue.createArtifact(taskId, 0, 'public/a', TEXT);
    await queue.reportCompleted(taskId, 0);
    const anyone = clients(local, null).queue;
    const names = {
      artifacts: [{ name: 'public/a' }, { name: 'public/b', storageType: 's3', contentType: 'text/plain' }],
    };
    expect(await anyone.listLatestArtifacts(taskId)).toMatchObject(names);
    await clients(local).queue.rerunTask(taskId);
    expect(await anyone.listLatestArtifacts(taskId)).toEqual({ artifacts: [] });
    expect(await anyone.listArtifacts(taskId, 0)).toMatchObject(names);
    expect(await refusal(anyone.listArtifacts(taskId, 2))).toMatchObject({ statusCode: 404 });
    expect(await refusal(anyone.getLatestArtifact(taskId, 'public/a'))).toMatchObject({ statusCode: 404 });
    expect(await anyone.getArtifact(taskId, 0, 'public/a')).toMatchObject({ storageType: 's3' });
  });
});
