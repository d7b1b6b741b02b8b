import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';

import type { HostileArtifact } from '../api.ts';
import { dataKey, type ArtifactStore, type StoredData } from './artifact-store.ts';
import type { Task } from './task.ts';

const MEGABYTE = 1_000_000;
const SLOW_MS = 100;
const ANY_TASK = 'aaaaaaaaQaCaaaaaaaaaaA';

/** Adds or replaces an artifact of the task's latest run without any of createArtifact's checks. */
export function plantArtifact(
  { taskId, runs, definition: { expires } }: Task,
  name: string,
  hostile: HostileArtifact,
  artifacts: ArtifactStore,
): void {
  const runId = runs.length - 1;
  const contentType = ('bytes' in hostile && hostile.contentType) || 'application/json';
  if ('reference' in hostile) {
    const details = { storageType: 'reference', url: hostile.reference } as const;
    artifacts.set(taskId, runId, { name, contentType, expires, details });
    return;
  }
  artifacts.set(taskId, runId, { name, contentType, expires, details: { storageType: 's3' } });
  artifacts.setData(dataKey(taskId, runId, name), { contentType, ...dataOf(hostile) });
}

function dataOf(hostile: Exclude<HostileArtifact, { reference: string }>): Omit<StoredData, 'contentType'> {
  if ('redirect' in hostile) return { content: hostile };
  if ('bomb' in hostile)
    return { contentEncoding: 'gzip', content: { stream: () => compressed(hostile.bomb) } };
  const { contentEncoding } = hostile;
  const encoding = contentEncoding === undefined ? {} : { contentEncoding };
  if ('bytes' in hostile) return { ...encoding, content: { bytes: hostile.bytes } };
  const labels = hostile.endless === 'fast' ? endlessLabels : slowLabels;
  const stream = contentEncoding === 'gzip' ? () => Readable.from(labels()).compose(createGzip()) : labels;
  return { ...encoding, content: { stream } };
}

/** One JSON object with a value of that many characters. Members of a gzip file can be compressed separately. */
function* compressed(length: number): Generator<Buffer> {
  yield gzipSync('{"bomb":"');
  const member = gzipSync(Buffer.alloc(MEGABYTE, '0'));
  for (let left = length; left > 0; left -= MEGABYTE)
    yield left >= MEGABYTE ? member : gzipSync(Buffer.alloc(left, '0'));
  yield gzipSync('"}');
}

function* endlessLabels(): Generator<Buffer> {
  yield Buffer.from('{');
  for (let nth = 0; ; nth += 1000) {
    const entries = Array.from({ length: 1000 }, (_, index) => `"label-${nth + index}":"${ANY_TASK}",`);
    yield Buffer.from(entries.join(''));
  }
}

async function* slowLabels(): AsyncGenerator<Buffer> {
  for (const chunk of endlessLabels()) {
    for (const byte of chunk) {
      yield Buffer.of(byte);
      await sleep(SLOW_MS);
    }
  }
}
