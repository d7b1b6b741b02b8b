import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../../../functions/actions/graphs.ts';
import { Log } from '../../../functions/platform/log.ts';
import { WriteLimits } from '../../../functions/taskcluster/concurrency-limit.ts';
import { ContentCache } from '../../../functions/taskcluster/content-cache.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { jsonContents } from '../../../functions/taskcluster/reader.ts';
import {
  oldestSeconds,
  pauseMs,
  poll,
  type PollOptions,
  type PollServices,
} from '../../../functions/worker/poll.ts';
import { failedCall } from '../fixtures.ts';
import { QUEUE, ROOT } from './claim.ts';

/** Polls one queue that never has a task. @returns what was logged */
async function pollInVain(
  claimWork: PollServices['claimWork'],
  changes: Partial<PollOptions> & { controller?: AbortController; now?: () => Date } = {},
) {
  const {
    until = Date.now() + 1_000,
    controller = new AbortController(),
    now = () => new Date(),
    ...options
  } = changes;
  const records: Record<string, unknown>[] = [];
  const log = new Log((level, record) => records.push({ level, ...record }));
  let polls = 0;
  const summary = await poll(
    {
      taskQueueIds: [QUEUE],
      mode: 'poll',
      until,
      shutdown: {
        signal: controller.signal,
        begun: new Promise(() => undefined),
        clear: () => undefined,
      },
      ...options,
    },
    {
      rootUrl: ROOT,
      killSwitch: new Set(),
      fastActions: new Map(),
      requestMs: 10_000,
      writeLimits: new WriteLimits(),
      heavyActions: pLimit(2),
      downloads: new Downloads(ROOT),
      contents: jsonContents(),
      graphs: graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes)),
      log,
      now,
      claimWork: (queue, tasks) => {
        // No test polls that often: one that never ended would take the whole run with it.
        if (++polls > 20) controller.abort();
        return claimWork(queue, tasks);
      },
      scaleOut: () => Promise.reject(new Error('no claim was full')),
    },
  );
  expect(summary).toEqual({ completed: 0, failed: 0, malformed: 0, shutdown: 0, lost: 0 });
  return records;
}

const failing = () => Promise.reject(failedCall('claimWork', 503));
const polled = { level: 'info', event: 'polled', taskQueueId: QUEUE, claimed: 0, oldestSeconds: 0 };

describe('a worker without work', () => {
  it('polls again until its time is up', async () => {
    let polls = 0;
    const controller = new AbortController();
    const claimWork: PollServices['claimWork'] = async (queue, tasks) => {
      expect([queue, tasks]).toEqual([QUEUE, 32]);
      if (++polls === 3) controller.abort();
      return [];
    };
    expect(await pollInVain(claimWork, { controller })).toEqual(
      [polled, polled, polled].map((record) => expect.objectContaining(record)),
    );
  });

  it('does not poll at all once its time is up', async () => {
    expect(await pollInVain(failing, { until: Date.now() })).toEqual([]);
  });

  it('ends after one empty poll, if it only drains', async () => {
    expect(await pollInVain(() => Promise.resolve([]), { mode: 'drain' })).toEqual([
      expect.objectContaining(polled),
    ]);
  });

  it('polls each of its queues', async () => {
    const asked: string[] = [];
    const claimWork: PollServices['claimWork'] = async (queue) => {
      asked.push(queue);
      return [];
    };
    await pollInVain(claimWork, { mode: 'drain', taskQueueIds: ['gecko-1/retrigger', 'gecko-3/retrigger'] });
    expect(asked).toEqual(['gecko-1/retrigger', 'gecko-3/retrigger']);
  });
});

describe('a poll that failed', () => {
  const failed = {
    event: 'poll-failed',
    taskQueueId: QUEUE,
    method: 'claimWork',
    statusCode: 503,
    code: 'X',
  };

  it('ends a run that only drains', async () => {
    const now = new Date();
    const options = { mode: 'drain' as const, until: now.getTime() + 1, now: () => now };
    expect(await pollInVain(failing, options)).toEqual([expect.objectContaining(failed)]);
  });

  it('is followed by another one, after a pause', async () => {
    let polls = 0;
    const controller = new AbortController();
    const claimWork: PollServices['claimWork'] = async () => {
      if (++polls === 1) throw failedCall('claimWork', 503);
      controller.abort();
      return [];
    };
    // The clock stands still a millisecond before the worker's time is up.
    const now = new Date();
    const until = now.getTime() + 1;
    expect(await pollInVain(claimWork, { controller, until, now: () => now })).toEqual([
      expect.objectContaining(failed),
      expect.objectContaining(polled),
    ]);
  });

  it('is followed by nothing in a process that ends meanwhile', async () => {
    const controller = new AbortController();
    const claimWork = () => {
      setImmediate(() => controller.abort());
      return failing();
    };
    expect(await pollInVain(claimWork, { controller })).toHaveLength(1);
  });

  it('because of a bug of ours is logged as such', async () => {
    expect(await pollInVain(() => Promise.reject(new Error('a bug')), { mode: 'drain' })).toEqual([
      expect.objectContaining({ level: 'error', event: 'unexpected-error' }),
    ]);
  });
});

describe('the pause after a poll that failed', () => {
  it.each([
    [60_000, 5_000],
    [5_000, 5_000],
    [4_999, 4_999],
    [1, 1],
    [0, 0],
    [-1, 0],
    [Infinity, 5_000],
  ])('with %d ms left takes %d', (left, pause) => {
    const now = new Date('2026-05-01T12:30:00Z');
    expect(pauseMs(now, now.getTime() + left)).toBe(pause);
  });
});

const since = (pendingSince: string) => ({ pendingSince });

describe('the wait of the oldest action task', () => {
  const now = new Date('2026-05-01T12:30:00.000Z');

  it.each([
    ['is 0 without any', [], 0],
    ['is in whole seconds', [since('2026-05-01T12:28:30.400Z')], 90],
    [
      'is the longest',
      ['12:29:59.000Z', '12:20:00.000Z', '12:29:00.000Z'].map((at) => since(`2026-05-01T${at}`)),
      600,
    ],
    ['is not negative if our clock is behind', [since('2026-05-01T12:31:00.000Z')], 0],
  ])('%s', (_what, claims, seconds) => {
    expect(oldestSeconds(claims, now)).toBe(seconds);
  });
});
