import { describe, expect, it } from 'vitest';
import { perform, type Ports, type Result } from '../../../functions/actions/perform.ts';
import type { ActionPayload } from '../../../functions/actions/payload.generated.js';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { spendCall } from '../../../functions/platform/reading-budget.ts';
import { Log } from '../../../functions/platform/log.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { DEFAULT_FAST_ACTIONS } from '../../../functions/platform/fast-actions.ts';
import { hookPath } from '../../../functions/tasks/hook-name.ts';
import { DECISION, HOOK, id, NOW, payload } from '../fixtures.ts';
import { readerOf, smallPush, sourcesOf } from './memory-push.ts';

const { hookGroupId, hookId } = HOOK;
const FULL = `${hookGroupId}/${hookId}/full`;
const retrigger = payload('retrigger', { times: 2 }, id('test1'));
const wrong = payload('retrigger', { times: 0 }, id('test1'));
const down = new TaskclusterError({
  method: 'tasks',
  statusCode: 503,
  code: 'InternalServerError',
  message: 'down',
});

interface Attempt {
  killSwitch?: boolean;
  allowed?: Promise<void>;
  changes?: Partial<Ports>;
  reader?: Partial<Ports['reader']>;
  hooks?: string[];
  failure?: Error;
}

/** Performs an action on a small push; returns the result and, in order, what was written and logged. */
function attempt(asked: ActionPayload, options: Attempt = {}) {
  const { killSwitch = false, allowed = Promise.resolve(), hooks = [FULL], failure } = options;
  const push = smallPush();
  const written: string[] = [];
  const logged: string[] = [];
  const write = async (call: string) => {
    written.push(call);
    if (failure) throw failure;
  };
  const result = perform(
    {
      payload: asked,
      action: {
        id: id('action'),
        repeated: false,
        hook: HOOK,
        requested: NOW.toISOString(),
        now: NOW,
        rootUrl: 'https://tc.example.com',
      },
      killSwitch,
      fastActions: new Set(DEFAULT_FAST_ACTIONS),
      decision: Promise.resolve(push.tasks.get(DECISION)),
    },
    {
      reader: { ...readerOf(push), ...options.reader },
      graphs: sourcesOf(push).graphs,
      writer: {
        createTask: () => write('createTask'),
        rerunTask: () => write('rerunTask'),
        cancelTask: () => Promise.reject(new Error('nothing here is canceled')),
      },
      forwarding: {
        targets: [
          { hookGroupId, hookId: `${hookId}/full` },
          { hookGroupId, hookId },
        ],
        hooks: {
          triggerHook: async (hook, sent) => {
            const name = hookPath(hook);
            written.push(`triggerHook ${name}${sent === asked ? '' : ' with another payload'}`);
            return hooks.includes(name) ? { taskId: id('full') } : undefined;
          },
        },
      },
    },
    {
      allowed,
      log: new Log((_level, { event, because }) => {
        // Every action logs that it has ended.
        if (event !== 'action-done') logged.push([event, because].filter(Boolean).join(' '));
      }),
    },
  );
  return { result, written, logged };
}

const kindOf = async (result: Promise<Result>) => (await result).kind;

async function spendWithoutEnd(): Promise<never> {
  for (;;) spendCall();
}

describe('perform', () => {
  it('acts on its own plan', async () => {
    const { result, written, logged } = attempt(retrigger);
    expect(await kindOf(result)).toBe('performed');
    expect(written).toEqual(['createTask', 'createTask']);
    expect(logged).toEqual(['item-done', 'item-done']);
  });

  it.each<[string, ActionPayload, Attempt, string[]]>([
    ['other-action', payload('backfill', {}, id('test1')), {}, []],
    ['not-listed', payload('cancel', {}, id('test1')), {}, []],
    ['kill-switch', retrigger, { killSwitch: true }, []],
    ['kill-switch', wrong, { killSwitch: true }, []],
    ['kill-switch', payload('backfill'), { killSwitch: true }, []],
    ['protected', payload('retrigger', {}, DECISION), { reader: protectedDecision() }, []],
    ['unreadable', retrigger, { reader: { statuses: () => Promise.reject(down) } }, ['read-failed ']],
    ['unreadable', retrigger, { reader: { artifact: () => Promise.reject(down) } }, ['read-failed ']],
    ['too-large', retrigger, { reader: { statuses: spendWithoutEnd } }, []],
  ])('forwards the whole action, %s', async (because, asked, options, before) => {
    const { result, written, logged } = attempt(asked, options);
    expect(await result).toMatchObject({
      kind: 'forwarded',
      plan: { because },
      answer: { taskId: id('full') },
    });
    expect(written).toEqual([`triggerHook ${FULL}`]);
    expect(logged).toEqual([...before.map((event) => event.trim()), `action-forwarded ${because}`]);
  });

  it.each<[string, string[], unknown]>([
    ['the hook itself, if it has no full copy', [`${hookGroupId}/${hookId}`], { taskId: id('full') }],
    ['nothing, if there is no hook at all', [], undefined],
  ])('forwards to %s', async (_what, hooks, answer) => {
    const { result, written } = attempt(payload('backfill'), { hooks });
    expect(await result).toMatchObject({ kind: 'forwarded', answer });
    expect(written).toEqual([`triggerHook ${FULL}`, `triggerHook ${hookGroupId}/${hookId}`]);
  });

  it.each([retrigger, payload('backfill'), payload('rerun', null, id('test1'))])(
    'writes nothing before it is allowed, and nothing if it is not',
    async (asked) => {
      const { promise, reject } = Promise.withResolvers<undefined>();
      const { result, written } = attempt(asked, { allowed: promise });
      // All reads are done by then: this reader answers without waiting.
      await new Promise((resolve) => setImmediate(resolve));
      reject(new ApiError('InsufficientScopes', 'no'));
      await expect(result).rejects.toThrow('no');
      expect(written).toEqual([]);
    },
  );

  it('refuses a wrong input and writes nothing', async () => {
    const { result, written } = attempt(wrong);
    await expect(result).rejects.toThrow('payload/user/input/times');
    expect(written).toEqual([]);
  });

  it('does not mistake a bug of ours for a failed read', async () => {
    const reader = { statuses: () => Promise.reject(new TypeError('oh')) };
    await expect(attempt(retrigger, { reader }).result).rejects.toThrow(TypeError);
  });

  it.each<[string, Error, string[]]>([
    ['a refusal is an outcome', down, ['item-done', 'item-done']],
    [
      'a bug of ours is logged',
      new TypeError('oh'),
      ['item-done', 'unexpected-error', 'item-done', 'unexpected-error'],
    ],
  ])('of an item: %s', async (_what, failure, events) => {
    const { result, logged } = attempt(retrigger, { failure });
    expect(await kindOf(result)).toBe('performed');
    expect(logged).toEqual(events);
  });
});

/** A decision task that is marked as cloneable. */
function protectedDecision(): Partial<Ports['reader']> {
  const push = smallPush();
  const decision = push.tasks.get(DECISION);
  if (decision) push.tasks.set(DECISION, { ...decision, tags: { retrigger: 'true' } });
  return readerOf(push);
}
