import { describe, expect, it } from 'vitest';
import { actionNamespaces, PushLabels } from '../../../functions/actions/push-labels.ts';
import { DECISION, id } from '../fixtures.ts';
import { add, emptyPush, PREFIX, readerOf, run, touches, type MemoryPush } from './memory-push.ts';

async function read(push: MemoryPush) {
  const reader = readerOf(push);
  const labels = await PushLabels.read(reader, DECISION);
  if (!labels) throw new Error('the push has no labels');
  labels.add(await PushLabels.list(reader, push.tasks.get(DECISION)));
  reader.reads.length = 0;
  return { labels, reads: reader.reads };
}

function pushOf(...labels: string[]): MemoryPush {
  const push = emptyPush();
  for (const [index, label] of labels.entries()) add(push, id(`task${index}`), label);
  return push;
}

const LONG = 'l'.repeat(139);

describe('actionNamespaces', () => {
  it.each<[string, string[], string[]]>([
    ['no routes at all', [], []],
    ['no index route of a decision task', ['index.gecko.v2.try.latest', 'tc-treeherder.v2.decision'], []],
    [
      'one by number, where no cron task is indexed',
      ['index.a.v2.b.pushlog-id.7.decision'],
      ['a.v2.b.pushlog-id.7.actions'],
    ],
    [
      'one by a longer number',
      ['index.a.v2.b.pushlog-id.123456.decision'],
      ['a.v2.b.pushlog-id.123456.actions'],
    ],
    [
      'one whose taskgraph part stands elsewhere',
      ['index.a.taskgraph.b.decision'],
      ['a.taskgraph.b.actions', 'a.taskgraph.b.cron'],
    ],
    [
      'one with Firefox’s taskgraph part',
      ['index.a.v2.b.revision.0f.taskgraph.decision'],
      ['a.v2.b.revision.0f.taskgraph.actions', 'a.v2.b.revision.0f.actions', 'a.v2.b.revision.0f.cron'],
    ],
    [
      'Firefox’s own: four',
      [
        'index.a.v2.b.latest.taskgraph.decision',
        'index.a.v2.b.revision.0f.taskgraph.decision',
        'index.a.v2.b.pushlog-id.7.decision',
      ],
      [
        'a.v2.b.revision.0f.taskgraph.actions',
        'a.v2.b.revision.0f.actions',
        'a.v2.b.pushlog-id.7.actions',
        'a.v2.b.revision.0f.cron',
      ],
    ],
    [
      'one that moves on to other pushes',
      ['index.a.v2.b.latest.taskgraph.decision', 'index.a.v2.b.latest.decision'],
      [],
    ],
    [
      'two that lead to the same place',
      ['index.a.p.decision', 'index.a.p.taskgraph.decision'],
      ['a.p.actions', 'a.p.taskgraph.actions', 'a.p.cron'],
    ],
    [
      'a cron task’s, which is the decision task of its group',
      [
        'index.a.v2.b.latest.taskgraph.decision-nightly-desktop',
        'index.a.v2.b.revision.0f.taskgraph.decision-nightly-desktop',
        'index.a.v2.b.pushlog-id.7.decision-nightly-desktop',
        `index.a.v2.b.revision.0f.cron.${DECISION}`,
      ],
      [
        'a.v2.b.revision.0f.taskgraph.actions',
        'a.v2.b.revision.0f.actions',
        'a.v2.b.pushlog-id.7.actions',
        'a.v2.b.revision.0f.cron',
      ],
    ],
    [
      'one of a cron task alone',
      [`index.a.v2.b.revision.0f.cron.${DECISION}`],
      ['a.v2.b.revision.0f.actions', 'a.v2.b.revision.0f.cron'],
    ],
    ['what only ends like a decision task’s', ['index.a.v2.b.indecision'], []],
    [
      'one with a part after the number',
      ['index.a.pushlog-id.7.b.decision'],
      ['a.pushlog-id.7.b.actions', 'a.pushlog-id.7.b.cron'],
    ],
    ['what only begins like a decision task’s', ['index.a.v2.b.decisions', 'index.a.decision.cron'], []],
  ])('%s', (_what, routes, namespaces) => {
    expect(actionNamespaces(routes)).toEqual(namespaces);
  });
});

describe('reading', () => {
  it('downloads only the decision task’s map', async () => {
    const reader = readerOf(pushOf('a'));
    await PushLabels.read(reader, DECISION);
    expect(reader.reads).toEqual([`artifact ${DECISION}`]);
  });

  it('lists the namespaces of the decision task’s own routes', async () => {
    const push = pushOf('a');
    run(push, id('action1'), { a: id('again') });
    const reader = readerOf(push);
    const listed = await PushLabels.list(reader, push.tasks.get(DECISION));
    expect(listed.map(({ taskId }) => taskId)).toEqual([id('action1')]);
    expect(reader.reads.toSorted()).toEqual([`listTasks ${PREFIX}.actions`, `listTasks ${PREFIX}.cron`]);
  });

  it('lists nothing for a decision task that is gone', async () => {
    expect(await PushLabels.list(readerOf(pushOf('a')), undefined)).toEqual([]);
  });

  it('has no labels if the decision task has no map', async () => {
    const push = emptyPush();
    push.labels.delete(DECISION);
    expect(await PushLabels.read(readerOf(push), DECISION)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['is a list', []],
    ['is null', null],
    ['holds something else than taskIds', { a: { taskId: id('a') } }],
    ['holds words', { a: 'secret' }],
    ['holds lists of taskIds', { a: [id('a')] }],
    ['holds words beside taskIds', { a: id('a'), b: 'secret' }],
  ])('cannot be read if the decision task’s map %s', async (_what, map) => {
    const push = emptyPush();
    push.labels.set(DECISION, map);
    await expect(PushLabels.read(readerOf(push), DECISION)).rejects.toMatchObject({
      method: 'download',
      kind: 'unexpected-answer',
      code: 'MalformedArtifact',
      message: 'public/label-to-taskid.json is not a map from labels to taskIds',
    });
  });
});

describe('overlays', () => {
  it.each(['actions', 'cron'])('of the push’s %s come after the decision task’s own', async (namespace) => {
    const push = pushOf('a', 'b');
    run(push, id('action1'), { a: id('again') }, { namespace });
    const { labels } = await read(push);
    expect(labels.candidates('a')).toEqual([id('task0')]);
    await labels.refresh(['a']);
    expect(labels.candidates('a')).toEqual([id('task0'), id('again')]);
    expect(labels.candidates('b')).toEqual([id('task1')]);
    expect(labels.labelOf(id('again'))).toBe('a');
  });

  it('may add labels that the decision task did not create', async () => {
    const push = pushOf('a');
    run(push, id('action1'), { added: id('added') });
    const { labels } = await read(push);
    expect(labels.complete('added')).toBeUndefined();
    await labels.refresh(['added']);
    expect(labels.complete('added')).toBe('added');
  });

  it('do not count if an action has no map', async () => {
    const push = pushOf('a');
    run(push, id('action1'), { a: id('again') });
    push.labels.delete(id('action1'));
    const { labels } = await read(push);
    await labels.refresh(['a']);
    expect(labels.candidates('a')).toEqual([id('task0')]);
  });

  it.each([{ a: 7 }, { a: 'secret' }, null])('cannot be read if an action’s map is %j', async (map) => {
    const push = pushOf('a');
    run(push, id('action1'), { a: id('again') });
    push.labels.set(id('action1'), map);
    const { labels } = await read(push);
    await expect(labels.refresh(['a'])).rejects.toMatchObject({ code: 'MalformedArtifact' });
  });

  it('are read once', async () => {
    const push = pushOf('a', 'b');
    run(push, id('action1'), { a: id('again') });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    await labels.refresh(['a', 'b']);
    expect(reads).toEqual([`artifact ${id('action1')}`]);
  });

  it('of an action in several namespaces are read once', async () => {
    const push = pushOf('a');
    run(push, id('action1'), { a: id('again') });
    run(push, id('action1'), { a: id('again') }, { namespace: 'cron' });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([`artifact ${id('action1')}`]);
  });
});

describe('our own actions, whose listing says what they touch', () => {
  it('downloads only the maps that matter', async () => {
    const push = pushOf('a', 'b', 'c');
    for (let index = 0; index < 50; index++) {
      run(push, id(`b${index}`), { b: id(`again${index}`) }, { data: touches(['b']) });
    }
    run(push, id('a1'), { a: id('again') }, { data: touches(['c', 'a']) });
    run(push, id('a2'), { a: id('again2') }, { data: touches([], [id('task0')]) });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads.toSorted()).toEqual([`artifact ${id('a1')}`, `artifact ${id('a2')}`]);
    expect(labels.candidates('a')).toEqual([id('task0'), id('again'), id('again2')]);
  });

  it.each<[string, unknown]>([
    ['there is no data', undefined],
    ['the data is somebody else’s', { hgmo: true }],
    ['the labels are no list', { retrigger: { labels: 'b' } }],
    ['the labels are no texts', { retrigger: { labels: [1] } }],
    ['the taskIds are no list', { retrigger: { taskIds: {} } }],
  ])('where %s, the map is downloaded', async (_what, data) => {
    const push = pushOf('a');
    run(push, id('action1'), { a: id('again') }, { data });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([`artifact ${id('action1')}`]);
  });

  it('finds an action on a task that another action made', async () => {
    const push = pushOf('a', 'b');
    run(push, id('third'), { a: id('copy3') }, { data: touches([], [id('copy2')]) });
    run(push, id('second'), { a: id('copy2') }, { data: touches([], [id('copy1')]) });
    run(push, id('first'), { a: id('copy1') }, { data: touches(['a']) });
    run(push, id('other'), { b: id('copyb') }, { data: touches([], [id('nowhere')]) });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(labels.candidates('a').toSorted()).toEqual(
      [id('copy1'), id('copy2'), id('copy3'), id('task0')].toSorted(),
    );
    expect(reads).not.toContain(`artifact ${id('other')}`);
  });

  it('downloads the map of an action on a task without a label only if a label is missing', async () => {
    const push = pushOf('a');
    // The direct way made the task, and left no map.
    run(push, id('action1'), { new: id('again') }, { data: touches([], [id('nowhere')]) });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([]);
    await labels.refresh(['a', 'new']);
    expect(reads).toEqual([`artifact ${id('action1')}`]);
    expect(labels.candidates('new')).toEqual([id('again')]);
  });
});

describe('labels that Treeherder cut', () => {
  it.each<[string, string[], string, string | undefined]>([
    ['is completed', [`${LONG}-and-more`, 'other'], LONG, `${LONG}-and-more`],
    ['is not guessed if two start with it', [`${LONG}-1`, `${LONG}-2`], LONG, undefined],
    ['is itself if there is such a label', [LONG, `${LONG}-2`], LONG, LONG],
    ['is unknown if none starts with it', ['other'], LONG, undefined],
    ['is not completed if it is shorter than a cut one', [`${LONG}-and-more`], LONG.slice(1), undefined],
    ['is not completed if it is longer than a cut one', [`${LONG}-and-more`], `${LONG}-`, undefined],
  ])('a label %s', async (_what, known, asked, completed) => {
    const { labels } = await read(pushOf(...known));
    expect(labels.complete(asked)).toBe(completed);
  });

  it('is not a property that every object has', async () => {
    const { labels } = await read(pushOf('a'));
    expect(labels.complete('constructor')).toBeUndefined();
    expect(labels.candidates('__proto__')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['whole', touches([`${LONG}-and-more`])],
    ['cut as well', touches([LONG])],
    ['by its taskId', touches([], [id('task0')])],
  ])('are found where an action of ours names them %s', async (_what, data) => {
    const push = pushOf(`${LONG}-and-more`);
    run(push, id('action1'), { [`${LONG}-and-more`]: id('again') }, { data });
    const { labels } = await read(push);
    await labels.refresh([LONG]);
    expect(labels.candidates(`${LONG}-and-more`)).toEqual([id('task0'), id('again')]);
    const whole = await read(push);
    await whole.labels.refresh([`${LONG}-and-more`]);
    expect(whole.labels.candidates(`${LONG}-and-more`)).toEqual([id('task0'), id('again')]);
  });
});

describe('the labels of an action of ours', () => {
  it('say all there is to say, with or without taskIds', async () => {
    const push = pushOf('a', 'b');
    run(push, id('action1'), { b: id('again') }, { data: { retrigger: { labels: ['b'] } } });
    run(push, id('action2'), { b: id('again2') }, { data: { retrigger: { taskIds: [id('task1')] } } });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([]);
    await labels.refresh(['b']);
    expect(reads.toSorted()).toEqual([`artifact ${id('action1')}`, `artifact ${id('action2')}`]);
  });

  it.each<[string, string]>([
    ['that the decision task has not made', 'optimized-away'],
    ['that no label of the decision task is cut to', LONG],
  ])('matter to every other label if there is one %s', async (_what, touched) => {
    const push = pushOf('a', `${LONG.slice(1)}-other`);
    run(push, id('action1'), { [touched]: id('made') }, { data: touches([touched]) });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([`artifact ${id('action1')}`]);
  });

  it('matter to every other label if only another action has made one of them', async () => {
    const push = pushOf('a');
    run(push, id('first'), { added: id('made') });
    run(push, id('second'), { added: id('made2'), a: id('again') }, { data: touches(['added']) });
    const reader = readerOf(push);
    const labels = await PushLabels.read(reader, DECISION);
    const [first, second] = push.indexed;
    if (!labels || !first || !second) throw new Error('two actions');
    labels.add([first]);
    await labels.refresh(['added']);
    labels.add([second]);
    await labels.refresh(['a']);
    expect(labels.candidates('a')).toEqual([id('task0'), id('again')]);
  });

  it.each<[string, string]>([
    ['as it is', 'b'],
    ['cut by Treeherder', LONG],
  ])('do not matter to another label if the decision task has made them, %s', async (_what, touched) => {
    const push = pushOf('a', 'b', `${LONG}-and-more`);
    run(push, id('action1'), { b: id('made') }, { data: touches([touched]) });
    const { labels, reads } = await read(push);
    await labels.refresh(['a']);
    expect(reads).toEqual([]);
  });
});

it('a task that several maps name has the label that the latest of them gives it', async () => {
  const push = pushOf('a', 'b');
  run(push, id('action1'), { b: id('task0') });
  const { labels } = await read(push);
  expect(labels.labelOf(id('task0'))).toBe('a');
  await labels.refresh(['b']);
  expect(labels.labelOf(id('task0'))).toBe('b');
  expect(labels.labelOf(id('nowhere'))).toBeUndefined();
});

it('only the decision task’s own labels were scheduled', async () => {
  const push = pushOf('a');
  run(push, id('action1'), { b: id('made') });
  const { labels } = await read(push);
  await labels.refresh(['b']);
  expect([labels.isScheduled('a'), labels.isScheduled('b')]).toEqual([true, false]);
});

it('says whether there was anything to read', async () => {
  const push = pushOf('a');
  run(push, id('action1'), { a: id('again') });
  const { labels } = await read(push);
  expect(await labels.refresh(['a'])).toBe(true);
  expect(await labels.refresh(['a'])).toBe(false);
});
