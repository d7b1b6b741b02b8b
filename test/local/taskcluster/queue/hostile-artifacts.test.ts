import { describe, expect, test } from 'vitest';

import type { HostileArtifact, LocalTaskcluster } from '../../../../local/taskcluster/api.ts';
import { claimOne, clients, newTask, record, start } from '../support.ts';

const NAME = 'public/label-to-taskid.json';

/** The queue's answer for an artifact that was planted on a resolved task. */
async function planted(local: LocalTaskcluster, artifact: HostileArtifact) {
  await newTask(local);
  const { taskId, credentials } = await claimOne(local);
  await clients(local, credentials).queue.reportCompleted(taskId, 0);
  local.plantArtifact(taskId, NAME, artifact);
  return record(await clients(local, null).queue.getLatestArtifact(taskId, NAME));
}

async function request(url: unknown): Promise<Response> {
  return fetch(String(url), { redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
}

/** Reads until this much has arrived, then stops. */
async function firstBytes(answer: Response, wanted: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= wanted) break;
  }
  return Buffer.concat(chunks);
}

describe('a hostile artifact', () => {
  test('can be a reference to any URL', async () => {
    const local = await start();
    const reference = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/';
    expect(await planted(local, { reference })).toEqual({ storageType: 'reference', url: reference });
  });

  test('can redirect again, from its data URL', async () => {
    const local = await start();
    const { url, storageType } = await planted(local, { redirect: 'http://127.0.0.1:1/' });
    const answer = await request(url);
    expect([storageType, answer.status, answer.headers.get('location')]).toEqual([
      's3',
      302,
      'http://127.0.0.1:1/',
    ]);
  });

  test('can be 50 MB of JSON in 50 KB', async () => {
    const local = await start();
    const { url } = await planted(local, { bomb: 50_000_000 });
    let length = 0;
    const answer = await fetch(String(url));
    for await (const chunk of answer.body ?? []) length += chunk.length;
    expect(length).toBe('{"bomb":""}'.length + 50_000_000);
    expect(local.calls().at(-1)?.bytes).toBeLessThan(100_000);
    expect(answer.headers.get('content-length')).toBeNull();
  });

  test.each([undefined, 'gzip'] as const)('can be endless (%s)', async (contentEncoding) => {
    const local = await start();
    const encoding = contentEncoding === undefined ? {} : { contentEncoding };
    const { url } = await planted(local, { endless: 'fast', ...encoding });
    const answer = await fetch(String(url));
    expect((await firstBytes(answer, 5_000_000)).subarray(0, 12).toString()).toBe('{"label-0":"');
    await expect.poll(() => local.calls().at(-1)?.endMs).toBeGreaterThan(local.calls().at(-1)?.startMs ?? 0);
  });

  test('can arrive a byte at a time', async () => {
    const local = await start();
    const { url } = await planted(local, { endless: 'slow' });
    expect((await firstBytes(await fetch(String(url)), 2)).toString()).toBe('{"');
  });

  test('can be any bytes, whatever its encoding says', async () => {
    const local = await start();
    const { url } = await planted(local, { bytes: Buffer.from('no gzip'), contentEncoding: 'gzip' });
    await expect(fetch(String(url)).then((answer) => answer.text())).rejects.toThrow('terminated');
  });
});
