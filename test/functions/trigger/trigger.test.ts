import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../functions/platform/api-error.ts';
import { NO_DEADLINES } from '../../../functions/platform/deadline.ts';
import { Log } from '../../../functions/platform/log.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import type { Caller } from '../../../functions/taskcluster/auth.ts';
import type { TriggerRequest } from '../../../functions/trigger/request.ts';
import { trigger, type TriggerServices } from '../../../functions/trigger/trigger.ts';
import { readerOf, smallPush, type MemoryPush } from '../actions/memory-push.ts';
import { DECISION, definition, failedCall, HOOK, id, NOW, payload } from '../fixtures.ts';

const NAME = 'project-gecko/in-tree-action-1-generic/0123456789';
const ME: Caller = { clientId: 'me', scopes: [`hooks:trigger-hook:${NAME}`] };
const FULL = `${NAME}/full`;
const SIGNED = {
  method: 'post',
  resource: '/',
  host: 'h',
  port: 443,
  authorization: 'Hawk',
  sourceIp: '192.0.2.1',
};
const again = payload('retrigger', {}, id('test1'));

interface Setting {
  push?: MemoryPush;
  caller?: Caller | { failed: string };
  /** Of the decision task, expanded. */
  scopes?: string[];
  hookExists?: boolean;
  killSwitch?: string[];
  /** How a forward is answered. */
  forwarded?: Error;
  request?: Partial<TriggerRequest>;
}

/** One call of the endpoint, with the answer or the error, and all that was asked, written and logged. */
async function call(sent: unknown, setting: Setting = {}) {
  const { push = smallPush(), caller = ME, hookExists = true, killSwitch = [], forwarded } = setting;
  const done: unknown[] = [];
  const reader = readerOf(push);
  const records: Record<string, unknown>[] = [];
  const asked: string[][] = [];
  const services: TriggerServices = {
    rootUrl: 'https://tc.example.com',
    auth: {
      authenticateHawk: async () => caller,
      expandScopes: async (scopes) => {
        asked.push(scopes);
        return setting.scopes ?? [`in-tree:hook-action:${NAME}`];
      },
    },
    reader,
    graphs: { read: async () => undefined },
    writerFor: (hook, clientId) => ({
      createTask: async (taskId, task) => {
        done.push(['createTask', taskId, task.metadata.name, `${hook.hookGroupId}/${hook.hookId}`, clientId]);
        push.tasks.set(taskId, task);
      },
      rerunTask: async (taskId) => void done.push(['rerunTask', taskId]),
      cancelTask: () => Promise.reject(new Error('nothing here is canceled')),
    }),
    hooksFor: (hook, clientId) => ({
      triggerHook: async (target, body, taskId) => {
        done.push([
          'triggerHook',
          `${target.hookGroupId}/${target.hookId}`,
          taskId,
          `${hook.hookGroupId}/${hook.hookId}`,
          clientId,
        ]);
        expect(body).toEqual(sent);
        if (forwarded) throw forwarded;
        return target.hookId.endsWith('/full') ? undefined : { taskId: id('full') };
      },
    }),
    hookExists: async ({ hookGroupId, hookId }) => {
      expect(`${hookGroupId}/${hookId}`).toBe(NAME);
      return hookExists;
    },
    ownClientId: 'retrigger-hooks',
    killSwitch: new Set(killSwitch),
    fastActions: new Map(),
    log: new Log((level, record) => records.push({ level, ...record })),
    now: () => NOW,
  };
  const request: TriggerRequest = {
    hook: { hookGroupId: HOOK.hookGroupId, hookId: HOOK.hookId },
    body: JSON.stringify(sent),
    contentType: 'application/json',
    signed: SIGNED,
    ...setting.request,
  };
  const outcome = await trigger(request, services, NO_DEADLINES).then(
    (answer) => ({ answer, error: undefined }),
    (error: unknown) => ({ answer: undefined, error }),
  );
  return { ...outcome, done, records, asked, reads: reader.reads };
}

/** Hawk's hash of a JSON payload. */
function hashOf(text: string): string {
  return createHash('sha256').update(`hawk.1.payload\napplication/json\n${text}\n`).digest('base64');
}

/** How the hooks service, or another one, refuses a call. */
function failed(statusCode: number, code: string, method = 'triggerHook'): TaskclusterError {
  return new TaskclusterError({ method, statusCode, code, message: 'no\n\n---\n\n* block' });
}

/** The code and message of the refusal; nothing was written before. */
async function refusal(setting: Setting, sent: unknown = again): Promise<[string, string]> {
  const { error, done } = await call(sent, setting);
  expect(done).toEqual([]);
  if (error instanceof ApiError) return [error.code, error.message];
  throw error ?? new Error('it was not refused');
}

const missing = (who: string, scope: string) =>
  `${who} does not have sufficient scopes and is missing the following scopes:\n\n\`\`\`\n${scope}\n\`\`\``;

describe('a caller', () => {
  it('without credentials is told that scopes are needed', async () => {
    const { authorization: _, ...signed } = SIGNED;
    expect(await refusal({ request: { signed } })).toEqual([
      'InsufficientScopes',
      'The request has no credentials, and triggering a hook needs scopes',
    ]);
  });

  it('with wrong credentials gets the auth service’s words', async () => {
    expect(await refusal({ caller: { failed: 'Bad mac' } })).toEqual(['AuthenticationFailed', 'Bad mac']);
  });

  it('that has signed another payload is refused, and one that has signed this one is not', async () => {
    expect(await refusal({ caller: { ...ME, hash: hashOf('{}') } })).toEqual([
      'AuthenticationFailed',
      'The request was signed for another payload',
    ]);
    const { answer } = await call(again, { caller: { ...ME, hash: hashOf(JSON.stringify(again)) } });
    expect(answer).toBeDefined();
  });

  it('that is ourselves, forwarding, is refused', async () => {
    expect(await refusal({ caller: { ...ME, clientId: 'retrigger-hooks/for/me' } })).toEqual([
      'InputError',
      expect.stringMatching(/^One of our own forwards came back to us: HOOKS_ROOT_URL must .* \/full copy$/),
    ]);
    const { answer } = await call(again, { caller: { ...ME, clientId: 'me/retrigger-hooks/for/' } });
    expect(answer).toBeDefined();
  });

  it('without the hook’s scope is refused', async () => {
    expect(await refusal({ caller: { ...ME, scopes: ['hooks:trigger-hook:other'] } })).toEqual([
      'InsufficientScopes',
      missing('Client ID me', `hooks:trigger-hook:${NAME}`),
    ]);
  });
});

describe('a request', () => {
  it('for a hook that is no in-tree action hook is refused', async () => {
    const hook = { hookGroupId: 'project-gecko', hookId: 'cron' };
    const caller = { ...ME, scopes: ['*'] };
    expect(await refusal({ caller, request: { hook } })).toEqual([
      'ResourceNotFound',
      'project-gecko/cron is not an in-tree action hook',
    ]);
  });

  it('for a hook that was removed is refused', async () => {
    expect(await refusal({ hookExists: false })).toEqual(['ResourceNotFound', `No such hook: ${NAME}`]);
  });

  it('that is no JSON is refused', async () => {
    expect(await refusal({ request: { body: '{' } })).toEqual([
      'MalformedPayload',
      expect.stringMatching(/^The request body is not JSON: SyntaxError: /),
    ]);
    const { error } = await call(again, { request: { body: '{' } });
    expect(error).toMatchObject({ cause: expect.any(SyntaxError) });
  });
});

/** Whether a call asks if its clone exists already. */
async function looks(sent: unknown, signed: object = {}): Promise<boolean> {
  const { reads, records } = await call(sent, { request: { signed: { ...SIGNED, ...signed } } });
  const received = records.find(({ event }) => event === 'action-received');
  const clone = cloneTaskId(String(received?.['actionId']), id('test1'), 1);
  return reads.some((read) => read.startsWith('statuses') && read.includes(clone));
}

it('looks for what an earlier try has made only if there may have been one', async () => {
  expect(await looks(again)).toBe(false);
  expect(await looks({ ...again, taskId: id('chosen') })).toBe(true);
  const minuteAgo = Math.floor(NOW.getTime() / 1_000) - 60;
  expect(await looks(again, { authorization: `Hawk ts="${minuteAgo}"` })).toBe(true);
});

describe('a push', () => {
  it('that is gone is named', async () => {
    const push = smallPush();
    push.tasks.delete(DECISION);
    expect(await refusal({ push })).toEqual([
      'InputError',
      `Decision task ${DECISION} does not exist (payload/user/taskGroupId)`,
    ]);
  });

  it('whose task group is another one’s is refused', async () => {
    const push = smallPush();
    push.tasks.set(DECISION, definition({ taskGroupId: id('other') }));
    expect(await refusal({ push })).toEqual([
      'InputError',
      `${DECISION} (payload/user/taskGroupId) is not a decision task`,
    ]);
  });

  it('that may not use the hook is refused', async () => {
    expect(await refusal({ scopes: ['in-tree:hook-action:other'] })).toEqual([
      'InsufficientScopes',
      missing(`The decision task ${DECISION}`, `in-tree:hook-action:${NAME}`),
    ]);
  });

  it.each([
    ['its scopes', { scopes: ['assume:repo'] }, ['assume:repo']],
    ['no scopes', {}, []],
  ])('is asked about with %s', async (_what, changes, scopes) => {
    const push = smallPush();
    const { scopes: _, ...decision } = push.tasks.get(DECISION) ?? definition();
    push.tasks.set(DECISION, { ...decision, ...changes });
    expect((await call(again, { push })).asked).toEqual([scopes]);
  });
});

describe('an action that is fast', () => {
  it('is done in the user’s name, and the new task is answered', async () => {
    const { answer, done, records } = await call(again);
    const received = records.find(({ event }) => event === 'action-received');
    const taskId = cloneTaskId(String(received?.['actionId']), id('test1'), 1);
    expect(answer).toEqual({ taskId, status: { taskId } });
    expect(done).toEqual([['createTask', taskId, 'test-linux/opt-1', NAME, 'me']]);
    expect(received).toMatchObject({
      clientId: 'me',
      hook: NAME,
      callback: 'retrigger',
      taskGroupId: DECISION,
    });
  });

  it('makes the same task again if its payload names it, or if it is the same signed request', async () => {
    const push = smallPush();
    const named = { ...again, taskId: id('chosen') };
    const taskId = cloneTaskId(id('chosen'), id('test1'), 1);
    const first = await call(named, { push });
    expect(first.answer).toEqual({ taskId, status: { taskId } });
    expect(first.records).toContainEqual(expect.objectContaining({ actionId: id('chosen') }));
    const second = await call(again, { request: { signed: SIGNED } });
    expect((await call(again, { request: { signed: SIGNED } })).answer).toEqual(second.answer);
    const signed = { ...SIGNED, authorization: 'Hawk again' };
    expect((await call(again, { request: { signed } })).answer).not.toEqual(second.answer);
  });
});

describe('an action that is not fast', () => {
  const other = payload('purge-caches', {}, id('test1'));

  it('goes to the full copy of the hook, or to the hook where there is no copy', async () => {
    const { answer, done, records } = await call(other);
    const actionId = String(records.find(({ event }) => event === 'action-received')?.['actionId']);
    expect(answer).toEqual({ taskId: id('full') });
    expect(done).toEqual([
      ['triggerHook', FULL, cloneTaskId(actionId, '/full', 1), NAME, 'me'],
      ['triggerHook', NAME, undefined, NAME, 'me'],
    ]);
  });

  it('keeps the taskId that the caller has chosen', async () => {
    const { done } = await call({ ...other, taskId: id('chosen') });
    expect(done[0]).toEqual(['triggerHook', FULL, id('chosen'), NAME, 'me']);
  });

  it('includes all of a level that is switched off', async () => {
    const { done } = await call(again, { killSwitch: ['gecko-1'] });
    expect(done[0]).toEqual(expect.arrayContaining(['triggerHook', FULL]));
    expect((await call(again, { killSwitch: ['gecko-3'] })).done[0]).toEqual(
      expect.arrayContaining(['createTask']),
    );
  });

  it.each([
    ['InsufficientScopes', 403],
    ['InputError', 400],
  ])('is refused as the hooks service refuses it: %s', async (code, status) => {
    const { error } = await call(other, { forwarded: failed(status, code) });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code, message: 'no', cause: expect.any(TaskclusterError) });
  });

  it('may be under way if the hooks service has not answered', async () => {
    const { error } = await call(other, { forwarded: failedCall('triggerHook', 'no answer') });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'InputError',
      message: expect.stringMatching(
        /^Taskcluster did not say what became of this action: the full action task may .* as .{22}: .*\. Check the push before you retrigger\.$/,
      ),
      cause: expect.any(TaskclusterError),
    });
  });

  it.each([
    ['our credentials are refused', failed(401, 'AuthenticationFailed')],
    ['the service fails', failed(500, 'InternalServerError')],
    ['the code is none of ours', failed(400, 'SomethingNew')],
    ['another call fails', failed(400, 'InputError', 'hook')],
    ['the code has a bug', new TypeError('a bug')],
  ])('fails as it is where %s', async (_what, forwarded) => {
    expect((await call(other, { forwarded })).error).toBe(forwarded);
  });
});
