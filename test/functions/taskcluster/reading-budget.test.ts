import { describe, expect, it } from 'vitest';
import { spendBytes, spendCall, withinBudget } from '../../../functions/platform/reading-budget.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { useDirectWay } from '../../support/direct-way.ts';

const way = useDirectWay();
const LABELS = 'public/label-to-taskid.json';
const PLENTY = { calls: 100, bytes: 10_000_000 };

function reader(): TaskclusterReader {
  const { rootUrl } = way().tc;
  return new TaskclusterReader(new TaskclusterClient({ rootUrl }), new Downloads(rootUrl));
}

async function action(): Promise<void> {
  spendCall();
  await Promise.resolve();
  spendBytes(1);
}

describe('what one action may read', () => {
  it('is counted in requests, before they are sent', async () => {
    const { decisionTaskId } = way().newPush();
    way().tc.clearCalls();
    const reading = withinBudget({ ...PLENTY, calls: 2 }, async () => {
      for (;;) await reader().task(decisionTaskId);
    });
    await expect(reading).rejects.toThrow('takes more than 2 requests');
    expect(way().calls('task')).toHaveLength(2);
  });

  it.each<[string, (from: TaskclusterReader, decision: string, ids: string[]) => Promise<unknown>]>([
    ['a definition', (from, decision) => from.task(decision)],
    ['definitions', (from, _, ids) => from.tasks(ids)],
    ['statuses', (from, _, ids) => from.statuses(ids)],
    ['an artifact', (from, decision) => from.artifact(decision, LABELS)],
  ])('is counted by the bytes of %s', async (_, read) => {
    const push = way().newPush();
    const reading = (bytes: number) =>
      withinBudget({ ...PLENTY, bytes }, () => read(reader(), push.decisionTaskId, Object.keys(push.tasks)));
    await expect(reading(1_000)).rejects.toThrow('takes more than 1000 bytes');
    await expect(reading(PLENTY.bytes)).resolves.toBeDefined();
  });

  it('is counted separately for each action', async () => {
    const limits = { ...PLENTY, calls: 1, bytes: 1 };
    await expect(
      Promise.all([withinBudget(limits, action), withinBudget(limits, action), action(), action()]),
    ).resolves.toHaveLength(4);
  });
});
