import { describe, expect, it } from 'vitest';
import { randomTaskId } from '../../../functions/tasks/task-id.ts';
import type { Claim } from '../../../functions/taskcluster/claims.ts';
import { performClaim } from '../../../functions/worker/perform-claim.ts';
import { Queue } from '../../../local/treeherder/client.ts';
import { objectAt } from '../../support/json.ts';
import { aTest } from '../../support/push-tasks.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { logLines, taskNow } from '../../support/task-group.ts';

const way = useQueuedWay();
const never = new Promise<void>(() => undefined);
const root = () => new Queue({ rootUrl: way().tc.rootUrl, credentials: way().tc.credentials });

/** Claims the only pending action task. */
async function claimed(): Promise<Claim> {
  const [claim] = await way().claims().claimWork(TASK_QUEUE, 1);
  if (!claim) throw new Error('there is no action task');
  return claim;
}

/** An action task for one label of a new push, claimed. */
async function claimOfAction(): Promise<{ claim: Claim; group: string; label: string }> {
  const push = way().newPush();
  const { label } = aTest(push, 'failed');
  await way().press(push, [label]);
  return { claim: await claimed(), group: push.decisionTaskId, label };
}

/** The action task once more, claimed, with changes that no hook would make. */
async function claimOfChanged(
  change: (task: Record<string, unknown>) => Record<string, unknown>,
): Promise<Claim> {
  const { claim } = await claimOfAction();
  const { provisionerId: _, workerType: __, ...task } = (await taskNow(way().tc, claim.taskId)).task;
  await root().cancelTask(claim.taskId);
  await root().createTask(randomTaskId(), change(task));
  return claimed();
}

const withPayload = (task: Record<string, unknown>, changes: object) => ({
  ...task,
  payload: { ...objectAt(task, 'payload'), ...changes },
});
const perform = (claim: Claim, shutdown = never) =>
  performClaim(TASK_QUEUE, claim, way().services(), shutdown);
const recordsOf = (...events: string[]) => way().records.filter(({ event }) => events.includes(event));
const runsOf = async ({ taskId }: Claim) => (await taskNow(way().tc, taskId)).runs;

describe('the log of a claim', () => {
  it('begins with the claim and the request, and ends with the resolution and its time', async () => {
    const began = performance.now();
    const { claim, group } = await claimOfAction();
    const { taskId } = claim;
    expect(await perform(claim)).toBe('completed');
    const elapsed = performance.now() - began;
    const of = { actionId: taskId, v: expect.any(Number), level: 'info' };
    expect(way().records.slice(0, 2)).toStrictEqual([
      { ...of, event: 'claimed', runId: 0, taskQueueId: TASK_QUEUE },
      {
        ...of,
        event: 'action-received',
        clientId: way().deployment.user.clientId,
        hook: expect.stringMatching(/^project-gecko\/in-tree-action-3-generic\//),
        callback: 'retrigger-multiple',
        taskGroupId: group,
      },
    ]);
    const last = way().records.at(-1);
    expect(last).toStrictEqual({
      ...of,
      event: 'resolved',
      runId: 0,
      resolution: 'completed',
      ms: expect.any(Number),
    });
    expect(last?.['ms']).toBeGreaterThanOrEqual(0);
    expect(last?.['ms']).toBeLessThanOrEqual(elapsed + 1);
  });

  it('has no clientId if no API call triggered the hook', async () => {
    const claim = await claimOfChanged((task) => withPayload(task, { clientId: null }));
    expect(await perform(claim)).toBe('completed');
    expect(recordsOf('action-received')).toMatchObject([{ clientId: '' }]);
  });

  it('says why a request was refused', async () => {
    const user = { taskGroupId: randomTaskId(), taskId: null, input: null };
    const claim = await claimOfChanged((task) =>
      withPayload(task, { trigger: { ...objectAt(task, 'payload', 'trigger'), user } }),
    );
    expect(await perform(claim)).toBe('malformed');
    expect(recordsOf('request-refused')).toMatchObject([
      { code: 'InputError', statusCode: 400, message: expect.stringContaining('taskGroupId') },
    ]);
  });
});

it('of an action that is not fast warns that the settings differ, unless its hook takes any action', async () => {
  const services = way().services({ fastActions: new Map([['gecko', new Set()]]) });
  const { claim } = await claimOfAction();
  expect(await performClaim(TASK_QUEUE, claim, services, never)).toBe('completed');
  const warnings = recordsOf('fast-actions-differ');
  expect(warnings).toMatchObject([{ actionId: claim.taskId, callback: 'retrigger-multiple' }]);
  // A global hook forwards to the hook that the action names.
  const hook = objectAt(claim.task.payload, 'hook');
  const scopes = [`hooks:trigger-hook:${String(hook['hookGroupId'])}/${String(hook['hookId'])}`];
  const ofGlobal = await claimOfChanged((task) => ({ ...withPayload(task, { full: hook }), scopes }));
  expect(await performClaim(TASK_QUEUE, ofGlobal, services, never)).toBe('completed');
  expect(recordsOf('fast-actions-differ')).toStrictEqual(warnings);
});

describe('an action that fails', () => {
  it('because of its input is logged as a refused request', async () => {
    const claim = await claimOfChanged((task) => {
      const trigger = objectAt(task, 'payload', 'trigger');
      const user = { ...objectAt(trigger, 'user'), input: { requests: 'all of them' } };
      return withPayload(task, { trigger: { ...trigger, user } });
    });
    expect(await perform(claim)).toBe('failed');
    expect(recordsOf('request-refused')).toMatchObject([{ code: 'InputValidationError', statusCode: 400 }]);
  });

  it('because it may not be forwarded is not', async () => {
    const claim = await claimOfChanged((task) => ({ ...task, scopes: [] }));
    const services = way().services({ killSwitch: new Set(['gecko-3']) });
    expect(await performClaim(TASK_QUEUE, claim, services, never)).toBe('failed');
    expect(recordsOf('request-refused')).toStrictEqual([]);
  });
});

it('of a first run does not look for what an earlier one has made', async () => {
  const { claim } = await claimOfAction();
  expect(await perform(claim)).toBe('completed');
  const [created] = way()
    .calls('createTask')
    .flatMap(({ path, clientId }) => (clientId?.startsWith('task-client/') ? [path.split('/').at(-1)] : []));
  expect(created).toBeDefined();
  expect(JSON.stringify(way().calls('statuses'))).not.toContain(created);
});

it('of a task that is too large is malformed, and says so', async () => {
  const { claim } = await claimOfAction();
  expect(await perform({ ...claim, leftOut: { why: 'too-large' } })).toBe('malformed');
  expect(recordsOf('request-refused')).toMatchObject([{ code: 'InputTooLarge', statusCode: 413 }]);
  const lines = await logLines(way().tc, claim.taskId);
  expect(lines.at(-2)).toBe('failed: the action task is larger than a worker can read');
});

it('of a task that has no room is given back when there is room again', async () => {
  const { claim } = await claimOfAction();
  const { promise: freed, resolve: free } = Promise.withResolvers<void>();
  const performing = perform({ ...claim, leftOut: { why: 'no-room', freed } });
  expect(recordsOf('claim-failed')).toMatchObject([
    {
      actionId: claim.taskId,
      runId: 0,
      reason: 'a task of this size has no room beside the others',
    },
  ]);
  expect(await runsOf(claim)).toMatchObject([{ state: 'running' }]);
  free();
  expect(await performing).toBe('shutdown');
  expect(await runsOf(claim)).toMatchObject([{ reasonResolved: 'worker-shutdown' }, { state: 'pending' }]);
});

it('that is the last run goes on although its worker ends', async () => {
  const { claim } = await claimOfAction();
  expect(await perform({ ...claim, retriesLeft: 0 }, Promise.resolve())).toBe('completed');
});

describe('a claim that cannot be resolved', () => {
  it('because the queue refuses its artifacts is given back, and the log says why', async () => {
    const { claim } = await claimOfAction();
    way().tc.setFaults([{ method: 'createArtifact', status: 403, times: 1_000 }]);
    expect(await perform(claim)).toBe('shutdown');
    expect(recordsOf('claim-failed', 'unexpected-error')).toMatchObject([
      {
        event: 'claim-failed',
        actionId: claim.taskId,
        runId: 0,
        reason: expect.stringContaining('This call was chosen to fail'),
      },
    ]);
    expect(await runsOf(claim)).toMatchObject([{ reasonResolved: 'worker-shutdown' }, { state: 'pending' }]);
  });

  it('because its task was canceled is lost, which is no failure', async () => {
    const { claim } = await claimOfAction();
    await root().cancelTask(claim.taskId);
    expect(await perform(claim)).toBe('lost');
    expect(recordsOf('claim-failed', 'unexpected-error')).toStrictEqual([]);
    expect(way().calls('reportException')).toStrictEqual([]);
    expect(recordsOf('resolved')).toMatchObject([{ resolution: 'lost' }]);
  });

  it('because its worker ends is lost if its task was canceled', async () => {
    const { claim } = await claimOfAction();
    await root().cancelTask(claim.taskId);
    expect(await perform(claim, Promise.resolve())).toBe('lost');
    expect(recordsOf('claim-failed', 'unexpected-error')).toStrictEqual([]);
  });

  it('because of a bug of ours while its task is read is not called malformed', async () => {
    way().expectErrors();
    const { claim } = await claimOfAction();
    const task = Object.defineProperty({ ...claim.task }, 'payload', {
      get: () => {
        throw new TypeError('a bug');
      },
    });
    expect(await perform({ ...claim, task })).toBe('shutdown');
    expect(recordsOf('unexpected-error')).toMatchObject([{ error: 'TypeError: a bug' }]);
  });

  it('because of a bug of ours is lost if it cannot be given back either, and both errors are logged', async () => {
    way().expectErrors();
    const { claim } = await claimOfAction();
    const credentials = { ...claim.credentials, certificate: 'not JSON' };
    expect(await perform({ ...claim, credentials })).toBe('lost');
    expect(recordsOf('claim-failed')).toStrictEqual([]);
    expect(recordsOf('unexpected-error')).toMatchObject(
      Array.from({ length: 2 }, () => ({ error: expect.stringContaining('certificate') })),
    );
    expect(await runsOf(claim)).toMatchObject([{ state: 'running' }]);
  });
});
