import { describe, expect, it } from 'vitest';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import { perform } from '../../../functions/actions/perform.ts';
import type { Request } from '../../../functions/actions/prepare.ts';
import { NO_DEADLINES, timeLeft } from '../../../functions/platform/deadline.ts';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { Log } from '../../../functions/platform/log.ts';
import type { HookAnswer } from '../../../functions/ports/hook-trigger.ts';
import type { Reader } from '../../../functions/ports/reader.ts';
import type { Writer } from '../../../functions/ports/writer.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { DECISION, failedCall, HOOK, id, NOW, payload, status } from '../fixtures.ts';
import { readerOf, smallPush, sourcesOf, type MemoryPush } from './memory-push.ts';

const HOUR = 3_600_000;
const earlier = new Date(NOW.getTime() - HOUR).toISOString();
const cloneOf = (name: string) => cloneTaskId(id('action'), id(name), 1);

interface Attempt {
  push?: MemoryPush;
  request?: Partial<Request>;
  reader?: Partial<Reader>;
  writer?: Partial<Writer>;
  /** The full hook's answer. */
  answer?: HookAnswer | Error;
  requested?: string;
  deadlines?: typeof NO_DEADLINES;
  onPlanned?: () => void;
}

/** Performs an action on a small push, and returns the whole log. */
async function logOf(asked: ActionPayload, options: Attempt = {}) {
  const { push = smallPush(), answer, requested = earlier, deadlines = NO_DEADLINES, onPlanned } = options;
  const records: Record<string, unknown>[] = [];
  const result = await perform(
    {
      payload: asked,
      action: {
        id: id('action'),
        repeated: false,
        hook: HOOK,
        requested,
        now: NOW,
        rootUrl: 'https://tc.example.com',
      },
      killSwitch: false,
      fastActions: new Set(FAST_ACTIONS),
      decision: Promise.resolve(push.tasks.get(DECISION)),
      ...options.request,
    },
    {
      reader: { ...readerOf(push), ...options.reader },
      graphs: sourcesOf(push).graphs,
      writer: {
        createTask: () => Promise.resolve(),
        rerunTask: () => Promise.resolve(),
        cancelTask: (taskId) =>
          Promise.resolve(
            status(taskId, 'exception', {
              runs: [
                {
                  runId: 0,
                  state: 'exception',
                  reasonCreated: 'scheduled',
                  scheduled: earlier,
                  reasonResolved: 'canceled',
                  resolved: NOW.toISOString(),
                },
              ],
            }),
          ),
        ...options.writer,
      },
      forwarding: {
        targets: [HOOK],
        hooks: {
          triggerHook: async () => {
            if (answer instanceof Error) throw answer;
            return answer;
          },
        },
      },
    },
    {
      allowed: Promise.resolve(),
      deadlines,
      ...(onPlanned ? { onPlanned } : {}),
      log: new Log((level, { event, ...fields }) => records.push({ level, event, ...fields })),
    },
  ).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  return { ...result, records };
}

const actionId = id('action');
const NONE = { created: 0, reruns: 0, canceled: 0, noops: 0, refused: 0, unknown: 0 };

/** Matches a number between these two, with room for a slow machine. */
function between(least: number, most: number): unknown {
  return {
    asymmetricMatch: (value: unknown) => typeof value === 'number' && value >= least && value <= most,
    toString: () => `a number from ${least} to ${most}`,
  };
}

const done = (counts: Partial<typeof NONE>, others: object = {}) =>
  expect.objectContaining({
    event: 'action-done',
    actionId,
    ms: between(0, HOUR / 2),
    apiCalls: 0,
    ...NONE,
    ...counts,
    ...others,
  });
const sinceClick = { sinceClickMs: between(HOUR, 1.5 * HOUR) };

const item = (label: string, name: string, fields: object) =>
  expect.objectContaining({ event: 'item-done', actionId, label, taskId: id(name), ...fields });

describe('the log of an action', () => {
  it('has each item and counts them', async () => {
    const asked = payload('retrigger-multiple', {
      requests: [{ tasks: ['test-linux/opt-1', 'source-lint', 'upload-symbols', 'upload-docs'] }],
    });
    const refuseLint = async (taskId: string) => {
      if (taskId === cloneOf('lint')) throw failedCall('createTask', 403);
    };
    const { value, records } = await logOf(asked, { writer: { createTask: refuseLint } });
    expect(value).toMatchObject({ kind: 'performed', action: { request: { kind: 'labels' } } });
    expect(records).toStrictEqual([
      item('upload-docs', 'done', { result: 'noop', reason: expect.stringContaining('completed') }),
      item('upload-symbols', 'upload', { result: 'rerun' }),
      item('test-linux/opt-1', 'test1', {
        result: 'created',
        newTaskId: cloneOf('test1'),
        reason: 'tags.retrigger is true',
      }),
      item('source-lint', 'lint', { result: 'refused', reason: 'createTask: X: 403' }),
      done({ created: 1, reruns: 1, noops: 1, refused: 1 }, sinceClick),
    ]);
  });

  it('says how long the user has waited, also for a rerun, and never less than the action took', async () => {
    const rerun = payload('rerun', null, id('lint'));
    expect((await logOf(rerun)).records.at(-1)).toStrictEqual(done({ reruns: 1 }, sinceClick));
    const inTheFuture = new Date(NOW.getTime() + HOUR).toISOString();
    expect((await logOf(rerun, { requested: inTheFuture })).records.at(-1)).toStrictEqual(
      done({ reruns: 1 }, { sinceClickMs: between(0, HOUR / 2) }),
    );
  });

  it('says since when the user waits for a clone', async () => {
    const { records } = await logOf(payload('retrigger', { times: 2 }, id('lint')));
    expect(records.at(-1)).toStrictEqual(done({ created: 2 }, sinceClick));
  });

  it('adds the time that it took itself', async () => {
    const { records } = await logOf(payload('rerun', null, id('lint')), {
      writer: {
        rerunTask: async () => {
          for (const until = performance.now() + 3; performance.now() < until;);
        },
      },
    });
    expect(records.at(-1)).toStrictEqual(
      done({ reruns: 1 }, { ms: between(3, HOUR / 2), sinceClickMs: between(HOUR + 3, 1.5 * HOUR) }),
    );
  });

  it('says how long it took, and no more', async () => {
    for (const asked of [payload('rerun', null, id('lint')), payload('backfill')]) {
      const began = performance.now();
      const { records } = await logOf(asked);
      expect(records.at(-1)?.['ms']).toBeLessThanOrEqual(performance.now() - began + 1);
    }
  });

  it('does not say that if nothing was run', async () => {
    const { records } = await logOf(payload('rerun', null, id('done')));
    expect(records.at(-1)).toStrictEqual(done({ noops: 1 }));
    expect(records.at(-1)?.['sinceClickMs']).toBeUndefined();
  });

  it('counts what is unknown', async () => {
    const { records } = await logOf(payload('rerun', null, id('lint')), {
      writer: { rerunTask: () => Promise.reject(failedCall('rerunTask', 'no answer')) },
    });
    expect(records.at(-1)).toStrictEqual(done({ unknown: 1 }));
  });

  it('has the warnings', async () => {
    const push = smallPush();
    push.statuses.set(id('build'), status(id('build'), 'failed'));
    const { records } = await logOf(payload('retrigger', {}, id('test1')), { push });
    expect(records).toContainEqual(
      expect.objectContaining({
        event: 'action-warning',
        actionId,
        warning: expect.stringContaining(`depends on ${id('build')}`),
      }),
    );
  });

  it('has what was canceled', async () => {
    const push = smallPush();
    push.statuses.set(id('lint'), status(id('lint'), 'running'));
    const { value, records } = await logOf(payload('cancel', {}, id('lint')), { push });
    expect(value).toMatchObject({
      kind: 'canceled',
      action: { id: actionId, taskGroupId: DECISION },
      plan: { cancels: [{ taskId: id('lint') }] },
      outcome: { items: [{ result: 'canceled' }] },
    });
    expect(records).toStrictEqual([
      expect.objectContaining({ event: 'item-done', result: 'canceled', reason: 'it was running' }),
      done({ canceled: 1 }),
    ]);
  });

  it('says to which task an action was forwarded, and why', async () => {
    const answer = { taskId: id('full') };
    const { value, records } = await logOf(payload('backfill'), { answer });
    expect(value).toStrictEqual({
      kind: 'forwarded',
      plan: { kind: 'forward', because: 'other-action', reason: 'the action backfill needs the repository' },
      answer,
    });
    expect(records).toStrictEqual([
      expect.objectContaining({
        event: 'action-forwarded',
        actionId,
        because: 'other-action',
        reason: 'the action backfill needs the repository',
        taskId: id('full'),
      }),
      done({}),
    ]);
  });

  it('says if it is not known whether it was forwarded', async () => {
    const { error, records } = await logOf(payload('backfill'), {
      answer: failedCall('triggerHook', 'no answer'),
    });
    expect(error).toMatchObject({ unanswered: true });
    expect(records).toStrictEqual([
      expect.objectContaining({
        event: 'forward-in-doubt',
        actionId,
        reason: expect.stringContaining('may or may not be running'),
      }),
    ]);
  });

  it.each([failedCall('triggerHook', 403), new TypeError('oh')])(
    'says nothing of a forward that failed for certain',
    async (answer) => {
      const { error, records } = await logOf(payload('backfill'), { answer });
      expect(error).toBe(answer);
      expect(records).toStrictEqual([]);
    },
  );
});

it('reads and writes within its deadlines, and reports when it has planned', async () => {
  const seen: string[] = [];
  const left: Record<string, number> = {};
  const now = Date.now();
  const push = smallPush();
  const reader = readerOf(push);
  await logOf(payload('rerun', null, id('lint')), {
    push,
    reader: {
      tasks: async (taskIds) => {
        left['reading'] ??= timeLeft();
        seen.push('read');
        return reader.tasks(taskIds);
      },
    },
    writer: {
      rerunTask: async () => {
        left['writing'] = timeLeft();
        seen.push('write');
      },
    },
    onPlanned: () => seen.push('planned'),
    deadlines: { reading: now + 100_000, writing: now + 200_000, looking: now + 300_000 },
  });
  expect(seen.filter((what, index) => seen.indexOf(what) === index)).toStrictEqual([
    'read',
    'planned',
    'write',
  ]);
  expect(left['reading']).toBeLessThanOrEqual(100_000);
  expect(left['writing']).toBeGreaterThan(100_000);
});
