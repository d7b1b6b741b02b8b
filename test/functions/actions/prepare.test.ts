import { describe, expect, it } from 'vitest';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import type { Request } from '../../../functions/actions/prepare.ts';
import { FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { id, NOW, payload, status } from '../fixtures.ts';
import { graphPush, unmark } from './graph-push.ts';
import { smallPush, type MemoryPush } from './memory-push.ts';
import { prepareOnce, type Attempt } from './prepare-once.ts';

const retrigger = payload('retrigger', { times: 2 }, id('test1'));
const firstClone = cloneTaskId(id('action'), id('test1'), 1);
const later = new Date(NOW.getTime() + 60_000);

/** Plans an action; by default, a second attempt. */
async function attempt(
  push: MemoryPush,
  asked: ActionPayload,
  changes: Partial<Request> = {},
  { repeated = true, ...options }: Attempt = {},
) {
  const { plan, logged } = await prepareOnce(asked, {
    ...options,
    push,
    repeated,
    now: later,
    changes: { begun: repeated, ...changes },
  });
  return { plan, logged: logged.map(({ event }) => event) };
}

/** The push after a first attempt wrote what it could before it was lost. */
function pushWith(...taskIds: string[]): MemoryPush {
  const push = smallPush();
  for (const taskId of taskIds) push.statuses.set(taskId, status(taskId, 'pending'));
  return push;
}

const SWITCHES: [string, Partial<Request>, string][] = [
  ['the kill switch', { killSwitch: true }, 'kill-switch'],
  ['a shorter list of fast actions', { fastActions: new Set(['rerun'] as const) }, 'not-listed'],
];

describe.each(SWITCHES)('an action that %s forwards', (_what, changes, because) => {
  it('is finished here if an earlier attempt has made one of its tasks', async () => {
    const { plan, logged } = await attempt(pushWith(firstClone), retrigger, changes);
    expect(plan).toMatchObject({ kind: 'work', clones: [{ exists: true }, { exists: false }] });
    expect(logged).toEqual(['begun-before']);
  });

  it('is forwarded if an earlier attempt has made nothing', async () => {
    const { plan, logged } = await attempt(smallPush(), retrigger, changes);
    expect(plan).toMatchObject({ kind: 'forward', because });
    expect(logged).toEqual([]);
  });

  it('is forwarded at its first attempt, whatever exists', async () => {
    const { plan } = await attempt(pushWith(firstClone), retrigger, changes, { repeated: false });
    expect(plan).toMatchObject({ kind: 'forward', because });
  });

  it('is not forwarded while it cannot be read what an earlier attempt made', async () => {
    const down = new TaskclusterError({ method: 'statuses', statusCode: 503, code: 'Down', message: 'down' });
    const reader = { statuses: () => Promise.reject(down) };
    await expect(attempt(smallPush(), retrigger, changes, { reader })).rejects.toThrow(down);
  });

  it('is forwarded if a bug of ours prevents planning', async () => {
    const reader = { statuses: () => Promise.reject(new TypeError('oh')) };
    const { plan, logged } = await attempt(smallPush(), retrigger, changes, { reader });
    expect(plan).toMatchObject({ kind: 'forward', because });
    expect(logged).toEqual(['unexpected-error']);
  });
});

describe('an action that the kill switch forwards', () => {
  it('is forwarded if its input is wrong', async () => {
    const wrong = payload('retrigger', { times: 0 }, id('test1'));
    const { plan } = await attempt(pushWith(firstClone), wrong, { killSwitch: true });
    expect(plan).toMatchObject({ kind: 'forward', because: 'kill-switch' });
  });

  it('is finished here if an earlier attempt has rerun its task', async () => {
    const push = smallPush();
    const runs = [
      { runId: 0, state: 'failed' as const, reasonCreated: 'scheduled', scheduled: '2026-05-01T10:00:00Z' },
      { runId: 1, state: 'pending' as const, reasonCreated: 'rerun', scheduled: later.toISOString() },
    ];
    push.statuses.set(id('upload'), status(id('upload'), 'pending', { runs }));
    const asked = payload('rerun', null, id('upload'));
    expect((await attempt(push, asked, { killSwitch: true })).plan).toMatchObject({
      kind: 'work',
      reruns: [{ done: true }],
    });
  });

  it('is finished here if an earlier attempt has canceled its task', async () => {
    const push = smallPush();
    const canceled = { reasonResolved: 'canceled', resolved: later.toISOString() };
    const run = { runId: 0, state: 'exception' as const, reasonCreated: 'scheduled', scheduled: '' };
    push.statuses.set(id('lint'), status(id('lint'), 'exception', { runs: [{ ...run, ...canceled }] }));
    const asked = payload('cancel', {}, id('lint'));
    expect((await attempt(push, asked, { killSwitch: true })).plan).toMatchObject({
      kind: 'cancellation',
      earlier: [{ taskId: id('lint') }],
    });
  });
});

describe('an action that needs the graph', () => {
  it('is finished here if an earlier attempt made a task, even if the graph may no longer be read', async () => {
    const push = unmark(graphPush());
    const asked = payload('retrigger', {}, id('test1'));
    const everything = { fastActions: new Set(FAST_ACTIONS) };
    expect((await attempt(push, asked, everything)).plan).toMatchObject({ kind: 'work' });
    expect((await attempt(push, asked)).plan).toMatchObject({ kind: 'forward', because: 'unmarked' });
    const made = cloneTaskId(id('action'), id('test1'), 1);
    push.statuses.set(made, status(made, 'pending'));
    expect((await attempt(push, asked)).plan).toMatchObject({ kind: 'work', clones: [{ exists: true }] });
  });
});
