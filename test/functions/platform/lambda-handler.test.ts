import { setImmediate } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaHandler } from '../../../functions/platform/lambda-handler.ts';
import { SettingsError } from '../../../functions/platform/settings.ts';

const CONTEXT: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'trigger',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-west-2:123456789012:function:trigger',
  memoryLimitInMB: '512',
  awsRequestId: 'local',
  logGroupName: 'trigger',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 29_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

let lines: string[];
/** Those of them on standard error. */
let errors: string[];
beforeEach(() => {
  lines = [];
  errors = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    errors.push(String(line));
    return lines.push(String(line)) > 0;
  });
});
afterEach(() => vi.restoreAllMocks());

const loaded = () => ({ stage: 'test' });
const incomplete = () => {
  throw new SettingsError(['A is missing', 'B is missing']);
};

describe('lambdaHandler', () => {
  it('writes one JSON object per line: events, and metrics once the event is handled', async () => {
    const handler = lambdaHandler('trigger', loaded, (_settings, log) => async (event: string) => {
      log.event('polled', { taskQueueId: event, claimed: 0, oldestSeconds: 0 });
      return event.length;
    });
    expect(await handler('gecko-1/retrigger', CONTEXT)).toBe(17);
    expect(await handler('x', CONTEXT)).toBe(1);
    expect(lines.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
    const parsed = lines.map((line): Record<string, unknown> => ({ ...JSON.parse(line) }));
    const shown = parsed.filter((line) => !('OldestPendingActionTask' in line));
    expect(
      shown.map(({ event, PollHeartbeat, ColdStarts }) => event ?? { PollHeartbeat, ColdStarts }),
    ).toEqual([
      'cold-start',
      'polled',
      { ColdStarts: 1 },
      { PollHeartbeat: 1 },
      'polled',
      { PollHeartbeat: 1 },
    ]);
  });

  it('adds Lambda’s request id to every line, even of concurrent requests', async () => {
    const handler = lambdaHandler('trigger', loaded, (_settings, log) => async (event: string) => {
      await Promise.resolve();
      log.event('polled', { taskQueueId: event, claimed: 0, oldestSeconds: 0 });
    });
    const run = (id: string) => handler(id, { ...CONTEXT, awsRequestId: id });
    await Promise.all([run('first'), run('second')]);
    const parsed = lines.map((line): Record<string, unknown> => ({ ...JSON.parse(line) }));
    const polled = parsed.filter(({ event }) => event === 'polled');
    expect(polled.map(({ requestId, taskQueueId }) => [requestId, taskQueueId])).toEqual([
      ['first', 'first'],
      ['second', 'second'],
    ]);
  });

  it('logs at each call what is wrong with the settings', async () => {
    const handler = lambdaHandler('trigger', incomplete, () => async () => undefined);
    await expect(handler({}, CONTEXT)).rejects.toThrow('A is missing');
    await expect(handler({}, CONTEXT)).rejects.toThrow('B is missing');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/"event":"unexpected-error".*A is missing.*B is missing/);
    expect(errors).toEqual(lines);
  });

  it('logs a failure without its secrets, and gives Lambda none of it to print', async () => {
    const handler = lambdaHandler('trigger', loaded, (_settings, log) => async () => {
      log.hide('s3cr3t-token');
      throw new Error('refused: s3cr3t-token, Hawk id="me", mac="abc="');
    });
    const failure: unknown = await handler({}, CONTEXT).catch((error: unknown) => error);
    expect(String(failure)).toBe('Error: trigger failed; its log says why');
    expect(failure).not.toHaveProperty('cause');
    expect(lines.join('')).toContain('unexpected-error');
    expect(lines.join('')).not.toMatch(/s3cr3t|abc=/);
    expect(lines.some((line) => line.includes('"Failures":1'))).toBe(true);
  });
});

const written = () => lines.filter((line) => line.includes('"PollHeartbeat":1')).length;

describe('metrics', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => vi.useRealTimers());

  it('of a long run are written every ten seconds, and not after its end', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const handler = lambdaHandler('worker', loaded, (_settings, log) => async () => {
      log.event('polled', { taskQueueId: 'gecko-1/retrigger', claimed: 0, oldestSeconds: 0 });
      await promise;
    });
    const running = handler({}, CONTEXT);
    vi.advanceTimersByTime(9_999);
    await setImmediate();
    expect(written()).toBe(0);
    vi.advanceTimersByTime(1);
    await vi.waitFor(() => expect(written()).toBe(1));
    resolve();
    await running;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that cannot be written do not make the call fail', async () => {
    const failing = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      if (String(line).includes('_aws')) throw new Error('no space');
      return true;
    });
    const handler = lambdaHandler('trigger', loaded, () => async () => 'answered');
    expect(await handler({}, CONTEXT)).toBe('answered');
    failing.mockRestore();
    expect(errors.join('')).toContain('no space');
  });
});

/** A function loaded by Lambda with this initialization type. */
function load(type: string, warmUp: () => Promise<void>) {
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', type);
  return lambdaHandler('trigger', loaded, () => Object.assign(async () => 'called', { warmUp }));
}

describe('warming up', () => {
  const warmed: string[] = [];
  beforeEach(() => {
    warmed.length = 0;
  });
  afterEach(() => vi.unstubAllEnvs());

  const once = (type: string) =>
    load(type, async () => {
      warmed.push(type);
    });

  it.each(['on-demand', 'provisioned-concurrency'])('happens when Lambda has loaded it: %s', async (type) => {
    const handler = once(type);
    expect(warmed).toEqual([]);
    await setImmediate();
    expect(warmed).toEqual([type]);
    await handler('event', CONTEXT);
    expect(warmed).toEqual([type]);
    expect(lines.filter((line) => line.includes('"cold-start"'))).toHaveLength(1);
  });

  it.each(['', 'snap-start'])('does not happen otherwise: "%s"', async (type) => {
    const handler = once(type);
    await setImmediate();
    await handler('event', CONTEXT);
    expect(warmed).toEqual([]);
  });

  it('delays nothing, and may fail', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const handler = load('on-demand', () => promise);
    await setImmediate();
    expect(await handler('event', CONTEXT)).toBe('called');
    reject(new Error('no network'));
    await setImmediate();
    expect(lines.join('')).not.toContain('no network');
  });

  it('leaves it to the first call to report wrong settings', async () => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    const handler = lambdaHandler('trigger', incomplete, () => async () => undefined);
    await setImmediate();
    expect(lines).toEqual([]);
    await expect(handler({}, CONTEXT)).rejects.toThrow('A is missing');
  });
});
