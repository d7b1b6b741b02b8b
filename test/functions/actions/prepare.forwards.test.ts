import { describe, expect, it } from 'vitest';
import type { ForwardTarget } from '../../../functions/actions/forward.ts';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import type { Request } from '../../../functions/actions/prepare.ts';
import { timeLeft } from '../../../functions/platform/deadline.ts';
import { DEFAULT_FAST_ACTIONS, FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { READING_LIMITS } from '../../../functions/platform/reading-budget.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { Reader } from '../../../functions/ports/reader.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { DECISION, definition, failedCall, HOOK, id, NOW, payload, status } from '../fixtures.ts';
import { readerOf, smallPush, type MemoryPush } from './memory-push.ts';
import { prepareOnce, type Attempt } from './prepare-once.ts';

const retrigger = payload('retrigger', {}, id('lint'));
const full = id('full');
const targets: ForwardTarget[] = [{ ...HOOK, taskId: full }];

/** Everything is switched on, unless `changes` says otherwise. */
function prepared(asked: ActionPayload, { changes, ...options }: Attempt = {}) {
  return prepareOnce(asked, { ...options, changes: { fastActions: new Set(FAST_ACTIONS), ...changes } });
}

const forward = (because: string, reason: string) => ({ kind: 'forward', because, reason });
const actionTask = definition({ tags: { kind: 'action-callback' }, extra: {} });

/** The small push, with the action forwarded by an earlier attempt. */
function forwarded(): MemoryPush {
  const push = smallPush();
  push.tasks.set(full, actionTask);
  push.statuses.set(full, status(full, 'pending'));
  return push;
}

describe('an action', () => {
  it('is prepared with everything that performing it needs', async () => {
    const { prepared: found } = await prepared(retrigger);
    expect(found).toMatchObject({
      action: { id: id('action'), taskGroupId: DECISION, readsGraph: true, request: { kind: 'task' } },
      plan: { kind: 'work', clones: [{ taskId: id('lint') }] },
    });
    const listed = { fastActions: new Set(DEFAULT_FAST_ACTIONS) };
    expect((await prepared(retrigger, { changes: listed })).prepared).toMatchObject({
      action: { readsGraph: false },
    });
  });

  it('is prepared without unneeded parts if it cancels', async () => {
    const { prepared: found } = await prepared(payload('cancel', {}, id('lint')));
    expect(found).toMatchObject({
      canceling: { id: id('action'), taskGroupId: DECISION },
      plan: { kind: 'cancellation', cancels: [{ taskId: id('lint') }] },
    });
    expect(found).not.toHaveProperty('action');
  });

  it('is forwarded by the kill switch, whatever it is', async () => {
    const { prepared: found, logged } = await prepared(retrigger, { changes: { killSwitch: true } });
    expect(found).toStrictEqual({ plan: forward('kill-switch', 'the fast way is switched off here') });
    expect(logged).toStrictEqual([]);
  });

  it('is forwarded if the plan says so', async () => {
    const { prepared: found } = await prepared(payload('retrigger', {}, DECISION));
    expect(found).toStrictEqual({ plan: expect.objectContaining({ kind: 'forward', because: 'graph' }) });
    const page = Array.from({ length: 5_001 }, (_, index) => ({
      taskId: id(`t${index}`),
      schedulerId: HOOK.schedulerId,
      state: 'pending' as const,
      canceled: undefined,
    }));
    const listTaskGroup: Reader['listTaskGroup'] = async function* () {
      yield await Promise.resolve(page);
    };
    const large = await prepared(payload('cancel-all'), { reader: { listTaskGroup } });
    expect(large.prepared).toStrictEqual({
      plan: expect.objectContaining({ kind: 'forward', because: 'too-large' }),
    });
  });

  it('is planned within the limits of one action', async () => {
    const left: number[] = [];
    const push = smallPush();
    const reader = readerOf(push);
    await prepared(payload('rerun', null, id('lint')), {
      push,
      reader: {
        tasks: async (taskIds) => {
          left.push(timeLeft());
          return reader.tasks(taskIds);
        },
      },
    });
    expect(left[0]).toBeGreaterThan(0);
    expect(left[0]).toBeLessThanOrEqual(READING_LIMITS.ms);
  });

  it('does not end the process if the decision task cannot be read but is not needed', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { plan } = await prepared(payload('backfill'), {
      changes: { decision: Promise.reject(failedCall('task', 500)) },
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(plan).toMatchObject({ kind: 'forward', because: 'other-action' });
    expect(unhandled).toStrictEqual([]);
  });
});

describe('an action that an earlier attempt has forwarded', () => {
  const before = forward('forwarded-before', 'an earlier attempt already forwarded it');

  it('is not performed', async () => {
    const { prepared: found } = await prepared(retrigger, { push: forwarded(), repeated: true, targets });
    expect(found).toStrictEqual({ plan: before });
  });

  it('is not looked up at the first attempt, or without targets', async () => {
    expect((await prepared(retrigger, { push: forwarded(), targets })).plan).toMatchObject({
      kind: 'work',
    });
    expect((await prepared(retrigger, { push: forwarded(), repeated: true })).plan).toMatchObject({
      kind: 'work',
    });
  });

  it('is performed if it was not forwarded', async () => {
    expect((await prepared(retrigger, { repeated: true, targets })).plan).toMatchObject({ kind: 'work' });
  });

  it('is not continued even if the settings have changed', async () => {
    const push = forwarded();
    const reader = readerOf(push);
    const { plan, logged } = await prepared(retrigger, {
      push,
      reader,
      repeated: true,
      targets,
      changes: { fastActions: new Set(DEFAULT_FAST_ACTIONS) },
    });
    expect(plan).toStrictEqual(before);
    expect(logged).toStrictEqual([]);
    expect(reader.reads.filter((read) => read === `tasks ${full}`)).toHaveLength(1);
  });
});

function unreadable(error: Error): Attempt {
  const statuses = async (): Promise<never> => {
    throw error;
  };
  return { reader: { statuses } };
}

describe('what cannot be read', () => {
  const lasting = new TaskclusterError({
    method: 'statuses',
    kind: 'unexpected-answer',
    code: 'Odd',
    message: 'odd',
  });
  const begun = { repeated: true, changes: { begun: true } };

  it('is forwarded, and logged', async () => {
    const { plan, logged } = await prepared(retrigger, unreadable(failedCall('statuses', 500)));
    expect(plan).toStrictEqual(forward('unreadable', 'statuses: X: 500'));
    expect(logged).toMatchObject([
      { event: 'read-failed', actionId: id('action'), method: 'statuses', statusCode: 500, code: 'X' },
    ]);
  });

  it('is an error if the action was begun, and may be read again', async () => {
    const error = failedCall('statuses', 500);
    await expect(prepared(retrigger, { ...unreadable(error), ...begun })).rejects.toBe(error);
    expect((await prepared(retrigger, { ...unreadable(lasting), ...begun })).plan).toStrictEqual(
      forward('unreadable', 'statuses: Odd: odd'),
    );
  });

  it('does not hide a bug of ours', async () => {
    const mistake = new TypeError('oh');
    await expect(prepared(retrigger, unreadable(mistake))).rejects.toBe(mistake);
  });
});

describe('a repeated action that the settings no longer allow', () => {
  const canceled = { reasonResolved: 'canceled', resolved: NOW.toISOString() };
  const run = { runId: 0, state: 'exception' as const, reasonCreated: 'scheduled', scheduled: '' };
  const restricted = { repeated: true, changes: { killSwitch: true } };

  it('is forwarded if it was not begun, whatever it is', async () => {
    for (const asked of [payload('cancel', {}, id('lint')), payload('backfill'), retrigger]) {
      const { plan, logged } = await prepared(asked, restricted);
      expect(plan).toStrictEqual(forward('kill-switch', 'the fast way is switched off here'));
      expect(logged).toStrictEqual([]);
    }
  });

  it('is continued if it was begun, and logs that', async () => {
    const push = smallPush();
    push.statuses.set(id('lint'), status(id('lint'), 'exception', { runs: [{ ...run, ...canceled }] }));
    const { plan, logged } = await prepared(payload('cancel', {}, id('lint')), { push, ...restricted });
    expect(plan).toMatchObject({ kind: 'cancellation', earlier: [{ taskId: id('lint') }] });
    expect(logged).toMatchObject([
      {
        event: 'begun-before',
        actionId: id('action'),
        because: 'kill-switch',
        reason: 'the fast way is switched off here',
      },
    ]);
  });

  it('is planned once if the settings allow it all the same', async () => {
    const push = smallPush();
    const made = cloneTaskId(id('action'), id('lint'), 1);
    push.statuses.set(made, status(made, 'pending'));
    const changes = { fastActions: new Set(DEFAULT_FAST_ACTIONS) };
    const { plan, logged } = await prepared(retrigger, { push, repeated: true, changes });
    expect(plan).toMatchObject({ kind: 'work', clones: [{ exists: true }] });
    expect(logged).toStrictEqual([]);
  });

  it('is forwarded without an error if its input is wrong', async () => {
    const wrong = payload('retrigger', { times: 0 }, id('lint'));
    const { plan, logged } = await prepared(wrong, restricted);
    expect(plan).toMatchObject({ because: 'kill-switch' });
    expect(logged).toStrictEqual([]);
  });

  it('is not planned twice if nothing is restricted', async () => {
    const push = smallPush();
    const reader = readerOf(push);
    const asked = payload('retrigger', {}, DECISION);
    const plans = async (fastActions: Request['fastActions']) => {
      reader.reads.length = 0;
      await prepared(asked, { push, repeated: true, changes: { fastActions }, reader });
      return reader.reads.filter((read) => read === `artifact ${DECISION}`).length;
    };
    expect(await plans(new Set(FAST_ACTIONS))).toBe(1);
    expect(await plans(new Set(DEFAULT_FAST_ACTIONS))).toBe(2);
  });
});
