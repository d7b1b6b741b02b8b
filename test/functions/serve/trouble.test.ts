import { afterEach, describe, expect, it } from 'vitest';
import { aTest } from '../../support/push-tasks.ts';
import { expectDoneOnce, startActions } from '../../support/once.ts';
import { useQueuedWay } from '../../support/queued-way.ts';
import { ServeProcess } from '../../support/serve-process.ts';
import { clonesOf, taskNow } from '../../support/task-group.ts';

const way = useQueuedWay();
afterEach(() => way().tc.setFunctionsUrl(undefined));

const completed = async (action: string) =>
  way().tc.until(async () => (await taskNow(way().tc, action)).state === 'completed');
const ofClaims = (method: string) =>
  way()
    .calls(method)
    .filter(({ clientId }) => clientId?.startsWith('task-client/'));

describe('serve', () => {
  it('on SIGTERM answers open requests, and ends', async () => {
    const serve = ServeProcess.start(way(), { args: ['--only', 'trigger'] });
    way().tc.setFunctionsUrl(await serve.url());
    const push = way().newPush();
    way().tc.setFaults([{ method: 'createTask', delayMs: 300 }]);
    const pressed = way().press(push, [aTest(push, 'failed').label]);
    await serve.event('action-received');
    serve.kill('SIGTERM');
    await serve.event('stopping');
    expect(await pressed).toMatch(/^[\w-]{22}$/);
    expect(await serve.ended).toBe(0);
    expect(way().calls('createTask')).toHaveLength(1);
  });

  it('on SIGTERM finishes what it has claimed', async () => {
    const serve = ServeProcess.start(way(), { args: ['--only', 'worker'] });
    const push = way().newPush();
    await serve.url();
    way().tc.setFaults([{ method: 'tasks', delayMs: 300 }]);
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await serve.event('claimed');
    serve.kill('SIGTERM');
    await serve.event('stopping');
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    expect((await taskNow(way().tc, action)).runs).toMatchObject([{ state: 'completed' }]);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
  });

  it('when its time after SIGTERM is over, gives back what it has claimed, and the next process finishes it', async () => {
    const serve = ServeProcess.start(way(), { args: ['--only', 'worker'], env: { STOP_SECONDS: '0' } });
    const push = way().newPush();
    await serve.url();
    way().tc.setFaults([{ method: 'createTask', nth: 2, hang: 'after' }]);
    const action = await way().press(push, [aTest(push, 'failed').label], 2);
    await expect.poll(() => ofClaims('createTask').length).toBe(2);
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    // Its own open long poll may have claimed it and given it back once more.
    const { runs } = await taskNow(way().tc, action);
    expect(runs[0]).toMatchObject({ reasonResolved: 'worker-shutdown' });
    expect(runs.at(-1)).toMatchObject({ state: 'pending', reasonCreated: 'retry' });
    await way().work();
    expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(2);
  });

  it('killed outright, leaves nothing that the next process does not finish, once', async () => {
    const serve = ServeProcess.start(way(), { args: ['--only', 'worker'] });
    await serve.url();
    way().tc.setFaults([{ method: 'createTask', nth: 2, hang: 'after' }]);
    const actions = await startActions(way());
    await expect.poll(() => ofClaims('createTask').length).toBe(2);
    serve.kill('SIGKILL');
    expect(await serve.ended).toBe('SIGKILL');
    way().tc.setFaults([]);
    way().tc.expireClaims();
    const next = ServeProcess.start(way(), { args: ['--only', 'worker'] });
    await completed(actions.fast);
    await completed(actions.forwarded);
    await next.url();
    next.kill('SIGTERM');
    expect(await next.ended).toBe(0);
    await expectDoneOnce(way(), actions, 'after SIGKILL');
  });

  it('keeps working when its log cannot be written, and reports that where it can', async () => {
    // Every write to it fails, as on a full disk.
    const serve = ServeProcess.start(way(), { stdout: '/dev/full' });
    expect(await serve.event('log-lost')).toMatchObject({
      level: 'error',
      reason: expect.stringContaining('ENOSPC'),
    });
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await completed(action);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    expect(serve.records.filter(({ event }) => event === 'log-lost')).toHaveLength(1);
  });

  it('keeps working when nobody reads its log any more', async () => {
    const serve = ServeProcess.start(way());
    const url = await serve.url();
    serve.child.stdout?.destroy();
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await completed(action);
    expect(await serve.event('log-lost')).toMatchObject({ reason: expect.stringContaining('EPIPE') });
    const heartbeat = await fetch(`${url}/__heartbeat__`);
    expect([heartbeat.status, await heartbeat.json()]).toMatchObject([
      503,
      { checks: { log: 'error', taskcluster: 'ok' } },
    ]);
    expect((await serve.get('/metrics')).body).toMatch(/retrigger_hooks_log_lines_lost [1-9]/);
  });

  it('survives a Taskcluster that cannot be reached, and continues afterwards', async () => {
    way().tc.setFaults([{ method: '*', drop: 'before', times: 1_000 }]);
    const serve = ServeProcess.start(way());
    expect(await serve.event('poll-failed')).toMatchObject({ service: 'worker' });
    await serve.event('taskcluster-unreachable');
    const heartbeat = await serve.get('/__heartbeat__');
    expect(heartbeat.status).toBe(503);
    expect(JSON.parse(heartbeat.body)).toMatchObject({ status: 'error', checks: { taskcluster: 'error' } });
    expect(await serve.get('/__lbheartbeat__')).toMatchObject({ status: 200 });

    way().tc.setFaults([]);
    const push = way().newPush();
    const action = await way().press(push, [aTest(push, 'failed').label]);
    await completed(action);
    await serve.event('taskcluster-reached');
    expect(await serve.get('/__heartbeat__')).toMatchObject({ status: 200 });
  });

  it.each([
    ['ahead of', 600_000],
    ['behind', -600_000],
  ])('says that its clock is 10 minutes %s Taskcluster’s, and loses nothing', async (where, aheadMs) => {
    const serve = ServeProcess.start(way(), {
      execArgv: ['--import', './test/support/clock-ahead.mjs'],
      env: { CLOCK_AHEAD_MS: String(aheadMs) },
    });
    const { problem, aheadSeconds } = await serve.event('clock-differs');
    expect(problem).toContain(`s ${where} Taskcluster’s`);
    expect(Math.abs(Number(aheadSeconds) - aheadMs / 1000)).toBeLessThanOrEqual(5);
    expect(JSON.parse((await serve.get('/__heartbeat__')).body)).toMatchObject({
      checks: { clock: 'error' },
    });
    const push = way().newPush();
    const { label } = aTest(push, 'failed');
    const action = await way().press(push, [label]);
    await completed(action);
    expect(await clonesOf(way().tc, push.decisionTaskId, action)).toHaveLength(1);

    way().tc.setFunctionsUrl(await serve.url());
    way().tc.clearCalls();
    await way().press(push, [label]);
    expect(way().calls('createTask')).toMatchObject([{ status: 200 }]);
  });
});
