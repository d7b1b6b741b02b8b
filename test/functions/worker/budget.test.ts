import { expect, it } from 'vitest';
import type { Call } from '../../../local/taskcluster/api.ts';
import { aTest, tests } from '../../support/push-tasks.ts';
import { TASK_QUEUE, useQueuedWay } from '../../support/queued-way.ts';
import { taskNow } from '../../support/task-group.ts';

// Long enough for parallel calls to overlap, however busy this machine is.
const LATENCY_MS = 120;
const way = useQueuedWay({ longPollMs: 400 });

/** The longest chain of calls in which each began after the previous one had ended. */
function longestChain(calls: readonly Call[]): string[] {
  const chains = new Map<Call, Call[]>();
  for (const call of calls.toSorted((one, other) => one.endMs - other.endMs)) {
    const before = [...chains].filter(([earlier]) => earlier.endMs <= call.startMs).map(([, chain]) => chain);
    const longest = before.reduce((best, chain) => (chain.length > best.length ? chain : best), []);
    chains.set(call, [...longest, call]);
  }
  const all = [...chains.values()];
  return all
    .reduce((best, chain) => (chain.length > best.length ? chain : best), [])
    .map(({ method }) => method);
}

/** One action's calls, from its claim on. */
async function chainOf(press: () => Promise<string>): Promise<string[]> {
  const action = await press();
  way().tc.clearCalls();
  way().tc.setLatency(LATENCY_MS);
  await way().work({ mode: 'poll', taskQueueIds: [TASK_QUEUE], until: Date.now() + 300 });
  way().tc.setLatency(0);
  expect(await taskNow(way().tc, action)).toMatchObject({ state: 'completed' });
  const calls = way().tc.calls();
  const report = calls.find(({ method }) => method === 'reportCompleted');
  const [claim] = calls.filter(({ method }) => method === 'claimWork');
  // The next long poll is in parallel to the work.
  const own = calls.filter((call) => call === claim || call.method !== 'claimWork');
  return longestChain(own.filter(({ endMs }) => endMs <= (report?.endMs ?? 0)));
}

it('takes at most 9 sequential calls from claimed to resolved for one label', async () => {
  const push = way().newPush();
  const chain = await chainOf(() => way().press(push, [aTest(push, 'failed').label]));
  expect(chain[0]).toBe('claimWork');
  expect(chain.at(-1)).toBe('reportCompleted');
  expect(chain).toSatisfy((calls: string[]) => calls.length <= 9, chain.join(' → '));
});

it('creates its artifacts while the task is being created, and uploads them after that', async () => {
  const push = way().newPush();
  await chainOf(() => way().press(push, [aTest(push, 'failed').label]));
  const [created] = way()
    .calls('createTask')
    .filter(({ clientId }) => clientId?.startsWith('task-client/'));
  for (const { startMs } of way().calls('createArtifact')) expect(startMs).toBeLessThan(created?.endMs ?? 0);
  for (const { startMs } of way().calls('put')) expect(startMs).toBeGreaterThan(created?.endMs ?? Infinity);
});

it('takes no more if this and other labels of the push were retriggered before', async () => {
  const push = way().newPush();
  const { label } = aTest(push, 'failed');
  for (const other of tests(push).slice(0, 3)) await way().press(push, [other.label]);
  await way().press(push, [label]);
  await way().work();
  const chain = await chainOf(() => way().press(push, [label]));
  expect(chain).toSatisfy((calls: string[]) => calls.length <= 9, chain.join(' → '));
});

it('only makes one long poll after another to an idle queue', async () => {
  await way().work({ mode: 'poll', until: Date.now() + 1_000 });
  const calls = way().tc.calls();
  expect(new Set(calls.map(({ method }) => method))).toStrictEqual(new Set(['claimWork']));
  for (const queue of [TASK_QUEUE, 'gecko-1/retrigger']) {
    const polls = calls.filter(({ path }) => path.includes(encodeURIComponent(queue)));
    expect(polls.length).toBeGreaterThan(0);
    // Each waits as long as the queue allows, 20 s on the real one.
    for (const { startMs, endMs } of polls) expect(endMs - startMs).toBeGreaterThan(390);
    for (const [index, { startMs }] of polls.entries())
      expect(startMs).toBeGreaterThan(polls[index - 1]?.endMs ?? -1);
  }
});
