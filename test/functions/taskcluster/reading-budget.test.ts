import { describe, expect, it } from 'vitest';
import {
  READING_LIMITS,
  spendCall,
  spendJson,
  withinBudget,
} from '../../../functions/platform/reading-budget.ts';
import { TaskclusterClient } from '../../../functions/taskcluster/client.ts';
import { Downloads } from '../../../functions/taskcluster/download.ts';
import { TaskclusterReader } from '../../../functions/taskcluster/reader.ts';
import { useDirectWay } from '../../support/direct-way.ts';

const way = useDirectWay();
const LABELS = 'public/label-to-taskid.json';
const PLENTY = { calls: 100, bytes: 50_000_000 };

function reader(): TaskclusterReader {
  const { rootUrl } = way().tc;
  return new TaskclusterReader(new TaskclusterClient({ rootUrl }), new Downloads(rootUrl));
}

async function action(): Promise<void> {
  spendCall();
  await Promise.resolve();
  spendJson(Buffer.from('1'));
}

const spend = (json: string) =>
  withinBudget({ ...PLENTY, bytes: 1_000 }, async () => spendJson(Buffer.from(json)));

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

  it('is counted by what JSON takes in memory, not by its length', async () => {
    await expect(spend(JSON.stringify('x'.repeat(990)))).resolves.toBeUndefined();
    await expect(spend(JSON.stringify(Array.from({ length: 40 }, () => [])))).rejects.toThrow('1000 bytes');
    await expect(spend(`{${Array.from({ length: 20 }, (_, key) => `"${key}":1`).join()}}`)).rejects.toThrow(
      '1000 bytes',
    );
  });

  it('is also bounded for all actions of the process together, as long as they read', async () => {
    const most = Buffer.alloc(READING_LIMITS.bytes, 0x20);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const hold = () =>
      withinBudget(READING_LIMITS, async () => {
        spendJson(most);
        await ended;
      });
    const holding = [hold(), hold()];
    await expect(withinBudget(PLENTY, action)).rejects.toThrow('more than is left of the memory');
    end();
    await Promise.all(holding);
    await expect(withinBudget(PLENTY, action)).resolves.toBeUndefined();
  });

  it('is counted separately for each action', async () => {
    const limits = { ...PLENTY, calls: 1, bytes: 1 };
    await expect(
      Promise.all([withinBudget(limits, action), withinBudget(limits, action), action(), action()]),
    ).resolves.toHaveLength(4);
  });
});
