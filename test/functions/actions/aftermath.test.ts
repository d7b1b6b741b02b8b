import { describe, expect, it } from 'vitest';
import { lookFor, type FailedWrite, type Known } from '../../../functions/actions/aftermath.ts';
import { TaskclusterError } from '../../../functions/ports/error.ts';
import type { TaskStatus } from '../../../functions/tasks/definition.ts';
import { definition, failedCall, id, NOW, status } from '../fixtures.ts';

const [one, two] = [id('one'), id('two')];
const [lost, broken, conflict, forbidden] = (['no answer', 500, 409, 403] as const).map((how) =>
  failedCall('createTask', how),
);
const mistake = new TypeError('oh');
const closed = new TaskclusterError({
  method: 'createTask',
  kind: 'closed',
  code: 'Closed',
  message: 'over',
});

interface Queue {
  statuses?: Record<string, TaskStatus> | Error;
  tasks?: string[] | Error;
  ours?: boolean;
  finished?: 'done' | 'unknown';
}

/** Looks up the writes, and returns what was read. */
async function look(
  writes: FailedWrite[],
  { statuses = {}, tasks = [], ours = true, finished = 'done' }: Queue = {},
) {
  const reads: unknown[] = [];
  const asked: unknown[] = [];
  const finishing: unknown[] = [];
  const known = await lookFor(
    writes,
    {
      statuses: async (taskIds) => {
        reads.push(['statuses', ...taskIds]);
        if (statuses instanceof Error) throw statuses;
        return new Map(Object.entries(statuses));
      },
      tasks: async (taskIds) => {
        reads.push(['tasks', ...taskIds]);
        if (tasks instanceof Error) throw tasks;
        return new Map(tasks.map((taskId) => [taskId, definition()]));
      },
    },
    (write, found) => {
      asked.push([write, found]);
      return ours;
    },
    async (write, found) => {
      finishing.push([write, found]);
      return finished;
    },
  );
  return { known: writes.map((write) => known.get(write)), reads, asked, finishing };
}

const create = (error: unknown): FailedWrite => ({ taskId: one, error });
const rerun = (error: unknown, knownRuns = 1): FailedWrite => ({ taskId: one, error, knownRuns });
const runs = (count: number) =>
  Array.from({ length: count }, (_, runId) => ({
    runId,
    state: 'pending' as const,
    reasonCreated: 'rerun',
    scheduled: NOW.toISOString(),
  }));
const withRuns = (count: number) => ({ [one]: status(one, 'pending', { runs: runs(count) }) });

const unscheduled = { [one]: status(one, 'unscheduled', { runs: [] }) };

it('reads nothing if nothing has failed', async () => {
  expect(await look([])).toStrictEqual({ known: [], reads: [], asked: [], finishing: [] });
});

it('reads all statuses at once, and only the definitions of conflicts', async () => {
  const writes = [create(lost), { taskId: two, error: conflict }];
  const { reads } = await look(writes, { statuses: { [one]: status(one), [two]: status(two) } });
  expect(reads).toStrictEqual([
    ['statuses', one, two],
    ['tasks', two],
  ]);
});

it('reads no definition of a task that does not exist', async () => {
  expect((await look([create(conflict)])).reads).toStrictEqual([['statuses', one]]);
});

describe('a creation', () => {
  it.each<[string, unknown, Queue, Known]>([
    ['without an answer is done if the task is there', lost, { statuses: withRuns(1) }, 'done'],
    ['without an answer is unknown if it is not', lost, {}, 'unknown'],
    ['that failed inside is done if the task is there', broken, { statuses: withRuns(1) }, 'done'],
    ['that failed inside is not done if it is not', broken, {}, 'not done'],
    ['that was refused is not done', forbidden, {}, 'not done'],
    ['that a bug of ours ended is not done', mistake, {}, 'not done'],
    ['that was in conflict is ours', conflict, { statuses: withRuns(1), tasks: [one] }, 'done'],
    [
      'that was in conflict is taken by another task',
      conflict,
      { statuses: withRuns(1), tasks: [one], ours: false },
      'taken',
    ],
    [
      'that was in conflict is unknown if its task cannot be read',
      conflict,
      { statuses: withRuns(1), tasks: failedCall('tasks', 500) },
      'unknown',
    ],
    [
      'that was in conflict is unknown if its task is just gone',
      conflict,
      { statuses: withRuns(1) },
      'unknown',
    ],
    ['that was in conflict with a sealed group is not done', conflict, {}, 'not done'],
  ])('%s', async (_what, error, queue, known) => {
    expect((await look([create(error)], queue)).known).toStrictEqual([known]);
  });

  it.each<[string, unknown, Queue, Known]>([
    ['is finished', lost, {}, 'done'],
    ['is finished after a conflict too', conflict, {}, 'done'],
    ['is unknown if it cannot be finished', broken, { finished: 'unknown' }, 'unknown'],
  ])('whose task is not scheduled %s', async (_what, error, queue, known) => {
    const write = create(error);
    const looked = await look([write], { statuses: unscheduled, tasks: [one], ...queue });
    expect(looked).toMatchObject({ known: [known], finishing: [[write, definition()]] });
  });

  it.each<[string, Queue, Known]>([
    ['is not finished if it is another task', { tasks: [one], ours: false }, 'taken'],
    ['is unknown if it cannot be read', { tasks: failedCall('tasks', 500) }, 'unknown'],
  ])('whose task is not scheduled %s', async (_what, queue, known) => {
    const looked = await look([create(lost)], { statuses: unscheduled, ...queue });
    expect(looked).toMatchObject({ known: [known], finishing: [] });
  });

  it('in conflict is compared with the existing task', async () => {
    const write = create(conflict);
    const { asked, finishing } = await look([write], { statuses: withRuns(1), tasks: [one] });
    expect(asked).toStrictEqual([[write, definition()]]);
    expect(finishing).toStrictEqual([]);
  });
});

describe('a rerun', () => {
  it('that was refused for an unscheduled task is not done, and not finished', async () => {
    const looked = await look([rerun(forbidden, 0)], { statuses: unscheduled });
    expect(looked).toMatchObject({ known: ['not done'], finishing: [], reads: [['statuses', one]] });
  });

  it.each<[string, unknown, number, Known]>([
    ['without an answer is done if there is one run more', lost, 2, 'done'],
    ['without an answer is unknown if there is not', lost, 1, 'unknown'],
    ['that was in conflict is done if there is one run more', conflict, 2, 'done'],
    ['that was in conflict is not done if there is not', conflict, 1, 'not done'],
    ['that was refused is not done', forbidden, 1, 'not done'],
  ])('%s', async (_what, error, count, known) => {
    const looked = await look([rerun(error)], { statuses: withRuns(count) });
    expect(looked).toMatchObject({ known: [known], reads: [['statuses', one]] });
  });
});

describe('if looking fails', () => {
  it.each<[string, FailedWrite, Known]>([
    ['a write without an answer is unknown', create(lost), 'unknown'],
    ['one that failed inside is unknown', create(broken), 'unknown'],
    ['a conflict of a creation is unknown', create(conflict), 'unknown'],
    ['a conflict of a rerun is not done', rerun(conflict), 'not done'],
    ['what was refused is not done', create(forbidden), 'not done'],
    ['what was never sent is not done', create(closed), 'not done'],
    ['what a bug of ours ended is not done', create(mistake), 'not done'],
  ])('%s', async (_what, write, known) => {
    const looked = await look([write], { statuses: failedCall('statuses', 500) });
    expect(looked).toMatchObject({ known: [known], reads: [['statuses', one]] });
  });

  it('does not hide a bug of ours', async () => {
    await expect(look([create(lost)], { statuses: mistake })).rejects.toThrow(mistake);
  });
});
