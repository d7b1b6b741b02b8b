import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../functions/actions/make-plan.ts';
import { noWork, type Action, type Work } from '../../../functions/actions/plan.ts';
import { cloneTaskId } from '../../../functions/tasks/task-id.ts';
import { action, definition, id, named, status } from '../fixtures.ts';
import { add, readerOf, run, smallPush, sourcesOf, times, touches, work } from './memory-push.ts';

function labels(...requests: [labels: string[], times: number][]): Action['request'] {
  return { kind: 'labels', requests: requests.map(([asked, count]) => ({ labels: asked, times: count })) };
}

const one = (taskId: string, count = 1): Action['request'] => ({ kind: 'task', taskId, times: count });
const rerun = (taskId: string): Action['request'] => ({ kind: 'rerun', taskId });
const copies = ({ clones }: Work) => clones.map(({ taskId, copy }) => [taskId, copy]);
const [test1, upload] = ['test-linux/opt-1', 'upload-symbols'];

describe('a requested task', () => {
  it('is cloned under a derived taskId', async () => {
    const push = smallPush();
    const planned = await work(push, action(one(id('test1'))));
    expect(planned).toEqual({
      ...noWork(),
      clones: [
        {
          label: test1,
          taskId: id('test1'),
          definition: push.tasks.get(id('test1')),
          reason: 'tags.retrigger is true',
          copy: 1,
          newTaskId: cloneTaskId(id('action'), id('test1'), 1),
          replacements: new Map(),
          after: [],
          exists: false,
        },
      ],
    });
  });

  it('is rerun, or left alone with a reason', async () => {
    const planned = await work(smallPush(), action(labels([[upload, 'upload-docs'], 3])));
    expect(planned.reruns).toEqual([
      {
        label: upload,
        taskId: id('upload'),
        reason: 'tags.retrigger is false, and it is failed',
        knownRuns: 1,
        done: false,
      },
    ]);
    expect(planned.noops.map(({ label, taskId }) => [label, taskId])).toEqual([['upload-docs', id('done')]]);
    expect(planned.clones).toEqual([]);
  });

  it('may be a rerun of a task that could be cloned', async () => {
    const planned = await work(smallPush(), action(rerun(id('test1'))));
    expect(planned.reruns.map(({ label, taskId }) => [label, taskId])).toEqual([[test1, id('test1')]]);
    expect(planned.clones).toEqual([]);
  });

  it('may be a rerun of a task that has nothing to rerun', async () => {
    const planned = await work(smallPush(), action(rerun(id('test2'))));
    expect(planned.noops.map(({ label }) => label)).toEqual(['test-linux/opt-2']);
  });

  it('reads neither labels nor index for a rerun', async () => {
    const push = smallPush();
    const reader = readerOf(push);
    await makePlan(action(rerun(id('test1'))), {
      ...sourcesOf(push, reader),
      decision: new Promise(() => undefined),
    });
    expect(reader.reads).toEqual([`tasks ${id('test1')}`, `statuses ${id('test1')}`]);
  });
});

describe('copies', () => {
  const [a, b] = [id('test1'), id('lint')];
  const lint = 'source-lint';

  it.each<[string, Action['request'], [string, number][]]>([
    [
      'count up to times',
      one(a, 3),
      [
        [a, 1],
        [a, 2],
        [a, 3],
      ],
    ],
    [
      'are made of each label',
      labels([[test1, lint], 2]),
      [
        [a, 1],
        [a, 2],
        [b, 1],
        [b, 2],
      ],
    ],
    ['count a label once if it is twice in one request', labels([[test1, test1], 1]), [[a, 1]]],
    [
      'are numbered on over requests',
      labels([[test1], 2], [[lint], 1], [[test1], 1]),
      [
        [a, 1],
        [a, 2],
        [b, 1],
        [a, 3],
      ],
    ],
  ])('%s', async (_what, request, expected) => {
    const planned = await work(smallPush(), action(request));
    expect(copies(planned)).toEqual(expected);
    expect(planned.clones.map(({ newTaskId }) => newTaskId)).toEqual(
      expected.map(([taskId, copy]) => cloneTaskId(id('action'), taskId, copy)),
    );
  });

  it('refuse a cut label that several labels start with, and say so', async () => {
    const push = smallPush();
    const cut = 'l'.repeat(139);
    add(push, id('one'), `${cut}-1`);
    add(push, id('two'), `${cut}-2`);
    const planned = await work(push, action(labels([[cut], 1])));
    expect(planned.clones).toEqual([]);
    expect(planned.refused).toMatchObject([
      { label: cut, reason: expect.stringContaining('several labels') },
    ]);
  });

  it('count a label once if it is named both whole and cut', async () => {
    const push = smallPush();
    const long = `test-${'x'.repeat(150)}`;
    add(push, id('long'), long);
    const planned = await work(push, action(labels([[long.slice(0, 139), long], 1])));
    expect(copies(planned)).toEqual([[id('long'), 1]]);
    expect(planned.clones[0]?.label).toBe(long);
  });

  it('do not multiply reruns, no-ops and warnings', async () => {
    const push = smallPush();
    push.statuses.set(id('build'), status(id('build'), 'failed'));
    const asked = labels([[upload, 'upload-docs', test1], 5], [[upload, 'upload-docs', test1], 2]);
    const planned = await work(push, action(asked));
    expect([planned.reruns, planned.noops, planned.warnings].map(({ length }) => length)).toEqual([1, 1, 1]);
  });
});

describe('a label that only a later action created', () => {
  const added = action({ kind: 'labels', requests: [{ labels: ['added'], times: 1 }] });

  it.each<[string, unknown]>([
    ['one of ours', touches(['added'])],
    ['one of the repository’s own', undefined],
  ])('is found: %s', async (_what, data) => {
    const push = smallPush();
    run(push, id('a1'), { added: id('added') }, { data });
    push.tasks.set(id('added'), definition({ ...times(1), dependencies: [] }));
    const { clones, refused } = await work(push, added);
    expect([clones.map(({ taskId }) => taskId), refused]).toEqual([[id('added')], []]);
  });

  it('is read while the first targets are', async () => {
    const push = smallPush();
    run(push, id('a1'), { 'source-lint': id('lint2') }, { data: touches(['source-lint']) });
    // Its dependency becomes known, and is read, only after the target itself.
    push.tasks.set(id('lint2'), definition({ ...times(1), dependencies: [id('build')] }));
    const reader = readerOf(push);
    const lint = action({ kind: 'labels', requests: [{ labels: ['source-lint'], times: 1 }] });
    await makePlan(lint, sourcesOf(push, reader));
    const ofNewer = reader.reads.filter((read) => read.includes(id('lint2')));
    expect(ofNewer).toEqual([`tasks ${id('lint2')}`, `statuses ${id('lint2')}`]);
  });
});

describe('a label that several tasks have', () => {
  it('clones the first: later actions may have changed theirs', async () => {
    const push = smallPush();
    run(push, id('a2'), { [test1]: id('newest') }, { hour: 2 });
    run(push, id('a1'), { [test1]: id('middle') }, { hour: 1 });
    expect(copies(await work(push, action(labels([[test1], 1]))))).toEqual([[id('test1'), 1]]);
  });

  it('clones the first that still exists', async () => {
    const push = smallPush();
    run(push, id('a2'), { [test1]: id('newest') }, { hour: 2 });
    run(push, id('a1'), { [test1]: id('middle') }, { hour: 1 });
    push.tasks.delete(id('test1'));
    expect(copies(await work(push, action(labels([[test1], 1]))))).toEqual([[id('middle'), 1]]);
  });

  it('clones the one task that is named by its id, first or not', async () => {
    const push = smallPush();
    run(push, id('a1'), { [test1]: id('newest') });
    expect(copies(await work(push, action(one(id('newest')))))).toEqual([[id('newest'), 1]]);
  });

  it('reruns all of them', async () => {
    const push = smallPush();
    run(push, id('a1'), { [upload]: id('second') });
    push.tasks.set(id('second'), definition({ ...push.tasks.get(id('upload')), ...times(1) }));
    push.statuses.set(id('second'), status(id('second'), 'exception'));
    const planned = await work(push, action(labels([[upload], 1])));
    expect(planned.reruns.map(({ taskId }) => taskId)).toEqual([id('upload'), id('second')]);
  });
});

describe('what cannot be done is refused, and the rest is done', () => {
  it('a task of another scheduler, by its label or by its id', async () => {
    const reason = expect.stringMatching(/schedulerId is gecko-level-3, but this hook serves gecko-level-1/);
    for (const request of [labels([['other'], 1]), one(id('other')), rerun(id('other'))]) {
      const push = smallPush();
      add(push, id('other'), 'other', 'failed', { schedulerId: 'gecko-level-3' });
      const { refused, ...planned } = await work(push, action(request));
      expect(refused).toEqual([{ label: 'other', taskId: id('other'), reason }]);
      expect({ ...planned, refused: [] }).toEqual(noWork());
    }
  });

  it('a task of another task group that no map of the push names', async () => {
    const reason = expect.stringMatching(/belongs to task group foreign_/);
    for (const request of [one(id('other')), rerun(id('other'))]) {
      const push = smallPush();
      push.tasks.set(id('other'), definition({ metadata: named('other'), taskGroupId: id('foreign') }));
      push.statuses.set(id('other'), status(id('other'), 'failed'));
      const { refused } = await work(push, action(request));
      expect(refused).toEqual([{ label: 'other', taskId: id('other'), reason }]);
    }
  });

  it('a taskId that neither the queue nor the push knows', async () => {
    const reason = 'the queue no longer has this task';
    for (const request of [one(id('gone')), rerun(id('gone'))]) {
      const planned = await work(smallPush(), action(request));
      expect(planned.refused).toEqual([{ label: id('gone'), taskId: id('gone'), reason }]);
    }
  });

  it('a task without a status in the queue, once', async () => {
    const push = smallPush();
    push.statuses.delete(id('lint'));
    const planned = await work(push, action(labels([['source-lint'], 2], [['source-lint'], 1])));
    expect(planned.refused.map(({ label, taskId }) => [label, taskId])).toEqual([
      ['source-lint', id('lint')],
    ]);
  });
});

it('reads nothing for unrelated labels that our own actions touched', async () => {
  const push = smallPush();
  for (let index = 0; index < 20; index++) {
    run(push, id(`b${index}`), { 'source-lint': id(`l${index}`) }, { data: touches(['source-lint']) });
  }
  const reader = readerOf(push);
  await makePlan(action(labels([[test1], 10])), sourcesOf(push, reader));
  expect(reader.reads.map((read) => read.replace(/ .*/, '')).toSorted()).toEqual([
    'artifact',
    'listTasks',
    'listTasks',
    'statuses',
    'tasks',
  ]);
});
