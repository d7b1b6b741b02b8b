import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from '../../../functions/platform/log.ts';
import { lambdaInvoker } from '../../../functions/worker/invoke.ts';
import { scaleOut } from '../../../functions/worker/scale-out.ts';
import { ROLE, startAwsServer } from '../taskcluster/aws-server.ts';

beforeEach(() => {
  for (const [name, value] of Object.entries(ROLE)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

describe('another run of the function', () => {
  it('is started without waiting for it, as often as requested', async () => {
    const aws = await startAwsServer();
    try {
      const invoke = lambdaInvoker('worker-dev', aws.url);
      await invoke({ mode: 'drain' });
      await invoke({ mode: 'poll' });
      expect(
        aws.requests.map(({ path, headers, body }) => [path, headers['x-amz-invocation-type'], body]),
      ).toEqual([
        ['/2015-03-31/functions/worker-dev/invocations', 'Event', { mode: 'drain' }],
        ['/2015-03-31/functions/worker-dev/invocations', 'Event', { mode: 'poll' }],
      ]);
    } finally {
      await aws.close();
    }
  });
});

const records: Record<string, unknown>[] = [];
beforeEach(() => records.splice(0));
const log = new Log((level, record) => records.push({ level, ...record }));

const never = () => Promise.reject(new Error('started'));

describe('scaling out', () => {
  it('starts drains up to the limit, and logs how many there are', async () => {
    const invoked: unknown[] = [];
    const start = scaleOut(async (payload) => void invoked.push(payload), 'poll', 2, log);
    expect([await start(), await start(), await start()]).toEqual([true, true, false]);
    expect(invoked).toEqual([{ mode: 'drain' }, { mode: 'drain' }]);
    expect(records).toEqual([
      expect.objectContaining({ event: 'scaled-out', started: 1 }),
      expect.objectContaining({ event: 'scaled-out', started: 2 }),
    ]);
  });

  it('continues alone if another run cannot be started', async () => {
    const refused = scaleOut(() => Promise.reject(new Error('TooManyRequests')), 'poll', 1, log);
    expect([await refused(), await refused()]).toEqual([false, false]);
    expect(records).toEqual([
      expect.objectContaining({ event: 'scale-out-failed', reason: 'TooManyRequests' }),
    ]);
  });

  it('tells why, even if it was no error that was thrown', async () => {
    // oxlint-disable-next-line prefer-promise-reject-errors
    await scaleOut(() => Promise.reject('no error at all'), 'poll', 1, log)();
    expect(records).toEqual([expect.objectContaining({ reason: 'no error at all' })]);
  });

  it('starts nothing if the limit is 0, nor from a run that was started so itself', async () => {
    expect(await scaleOut(never, 'poll', 0, log)()).toBe(false);
    expect(await scaleOut(never, 'drain', 1, log)()).toBe(false);
    expect(records).toEqual([]);
  });
});
