import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reader } from '../../../functions/ports/reader.ts';
import { MemoizedReader } from '../../../functions/actions/memoized-reader.ts';
import type { TaskDefinition, TaskStatus } from '../../../functions/tasks/definition.ts';
import { definition, failedCall, id, status } from '../fixtures.ts';

const KNOWN = ['a', 'b', 'c', 'd'].map(id);
const UNKNOWN = ['x', 'y'].map(id);

const known = (ids: readonly string[]) => ids.filter((taskId) => KNOWN.includes(taskId));

/** A queue with some tasks, which records requests. */
function queue() {
  const asked: { tasks: string[][]; statuses: string[][] } = { tasks: [], statuses: [] };
  const reader: Reader = {
    task: () => Promise.reject(new Error('nobody asks for one task')),
    tasks: (ids) => {
      asked.tasks.push([...ids]);
      return Promise.resolve(
        new Map(known(ids).map((taskId): [string, TaskDefinition] => [taskId, definition()])),
      );
    },
    statuses: (ids) => {
      asked.statuses.push([...ids]);
      return Promise.resolve(
        new Map(known(ids).map((taskId): [string, TaskStatus] => [taskId, status(taskId)])),
      );
    },
    artifact: () => Promise.resolve(undefined),
    content: () => Promise.resolve(undefined),
    artifactStream: () => Promise.resolve(undefined),
    listTaskGroup: () => {
      throw new Error('nobody asks for a group');
    },
    findTasks: () => Promise.resolve(new Map()),
    listTasks: () => Promise.resolve([]),
  };
  return { reader, asked };
}

describe('a memoized reader', () => {
  it('requests each id once, even unknown ones, and nothing if everything is known', async () => {
    const { reader, asked } = queue();
    const memoized = new MemoizedReader(reader);
    await memoized.tasks([id('a'), id('a'), id('x')]);
    await memoized.tasks([id('x'), id('b'), id('a')]);
    const found = await memoized.tasks([id('x'), id('a')]);
    expect(asked.tasks).toStrictEqual([[id('a'), id('x')], [id('b')]]);
    expect([...found.keys()]).toStrictEqual([id('a'), id('b')]);
    expect(asked.statuses).toStrictEqual([]);
  });

  it('does not remember a failed read', async () => {
    const { reader, asked } = queue();
    const failure = failedCall('statuses', 503);
    let fails = true;
    const memoized = new MemoizedReader({
      ...reader,
      statuses: (ids) => (fails ? Promise.reject(failure) : reader.statuses(ids)),
    });
    await expect(memoized.statuses([id('a')])).rejects.toBe(failure);
    fails = false;
    expect((await memoized.statuses([id('a')])).get(id('a'))).toStrictEqual(status(id('a')));
    expect(asked.statuses).toStrictEqual([[id('a')]]);
  });

  it('after any reads, knows all that was requested and exists, each read at most once', async () => {
    const ids = fc.array(fc.constantFrom(...KNOWN, ...UNKNOWN), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { maxLength: 8 }), async (readings) => {
        const { reader, asked } = queue();
        const memoized = new MemoizedReader(reader);
        for (const reading of readings) {
          const found = await memoized.statuses(reading);
          for (const taskId of reading) expect(found.has(taskId)).toBe(KNOWN.includes(taskId));
        }
        const all = asked.statuses.flat();
        expect(all.toSorted()).toStrictEqual([...new Set(readings.flat())].toSorted());
        expect(asked.statuses).not.toContainEqual([]);
      }),
    );
  });
});
