import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../functions/graph/fates.ts';
import { countNewTasks, duplicatesOf, newTasksOf, type Round } from '../../../functions/graph/new-tasks.ts';
import type { GraphEntry } from '../../../functions/graph/task-graph.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
import { newTaskId } from '../../../functions/tasks/task-id.ts';
import { DECISION, id, NOW } from '../fixtures.ts';
import { closureOf, entry } from './entries.ts';

const NEW: Fate = { is: 'new', reason: 'it was requested' };
const existing = (name: string): Fate => ({ is: 'existing', taskId: id(name), reason: 'the push has it' });
const ROUND: Round = {
  actionId: id('action'),
  name: '0',
  taskGroupId: DECISION,
  schedulerId: 'gecko-level-1',
  rootUrl: 'https://tc.example.com',
  now: NOW,
};

const make = (fates: Record<string, Fate>, entries: GraphEntry[], changes: Partial<Round> = {}) =>
  newTasksOf(new Map(Object.entries(fates)), closureOf(...entries), { ...ROUND, ...changes });

const taskIdOf = (changes: Partial<Round>) => make({ test: NEW }, [entry('test')], changes)[0]?.taskId;
const tagged = (tags: unknown, actionTag?: string) =>
  make({ test: NEW }, [entry('test', [], { task: { ...entry('test').task, tags } })], { actionTag })[0]
    ?.definition.tags;
const duplicates = (value: unknown) =>
  duplicatesOf(entry('test', [], { attributes: { task_duplicates: value } }));

describe('a new task', () => {
  it('depends on its definition’s own dependencies, then the others, sorted, and the decision task if none is new', () => {
    const task = { ...entry('test').task, dependencies: [id('own')] };
    const test = entry('test', ['zeta', 'alpha'], { task });
    const [made] = make({ zeta: existing('zeta'), alpha: existing('alpha'), test: NEW }, [test]);
    expect(made?.definition.dependencies).toStrictEqual([id('own'), id('alpha'), id('zeta'), DECISION]);
    expect(made?.after).toStrictEqual([]);
  });

  it('waits for tasks of the same round', () => {
    const [build, test] = make({ build: NEW, test: NEW }, [entry('build'), entry('test', ['build'])]);
    expect(test?.after).toStrictEqual([build?.taskId]);
    expect(test?.definition.dependencies).toStrictEqual([build?.taskId]);
  });

  it('depends on a task only once, even with several edges to it', () => {
    const test = entry('test', [], { dependencies: { a: 'build', b: 'build' } });
    const [made] = make({ build: existing('build'), test: NEW }, [test]);
    expect(made?.definition.dependencies).toStrictEqual([id('build'), DECISION]);
  });

  it('has soft dependencies only on what the same round makes, by label', () => {
    const task = { ...entry('test').task, payload: { softly: { 'task-reference': '<signing>' } } };
    const test = entry('test', [], { softDependencies: ['signing', 'build', 'unscheduled'], task });
    const entries = [entry('signing'), entry('build'), test];
    const [signing, made] = make({ signing: NEW, build: existing('build'), test: NEW }, entries);
    expect(made?.definition.dependencies).toStrictEqual([signing?.taskId]);
    expect(made?.definition.payload).toStrictEqual({ softly: signing?.taskId });
    expect(() => make({ signing: existing('signing'), test: NEW }, entries)).toThrow(Uncertain);
  });

  it('belongs to the push, and in the queued way to the action task', () => {
    const task = { ...entry('test').task, taskGroupId: id('other'), extra: { parent: DECISION, rank: 1 } };
    const entries = [entry('test', [], { task })];
    expect(make({ test: NEW }, entries)[0]?.definition).toMatchObject({
      taskGroupId: DECISION,
      schedulerId: 'gecko-level-1',
      extra: { parent: DECISION, rank: 1 },
    });
    const [queued] = make({ test: NEW }, entries, { parent: id('action') });
    expect(queued?.definition.extra).toStrictEqual({ parent: id('action'), rank: 1 });
  });

  it('has Firefox’s tag of the action only if its definition is like Firefox’s', () => {
    const tags = { kind: 'test', retrigger: 'true' };
    expect(tagged(tags, 'retrigger-task')).toStrictEqual({ ...tags, action: 'retrigger-task' });
    expect(tagged({ kind: 'test' }, 'retrigger-task')).toStrictEqual({ kind: 'test' });
    expect(tagged(undefined, 'retrigger-task')).toBeUndefined();
    expect(tagged(tags)).toStrictEqual(tags);
  });

  it('has a different taskId in each round and action, but always the same in one', () => {
    const ids = [{}, { name: '1' }, { actionId: id('other') }].map((changes) => taskIdOf(changes));
    expect(new Set(ids).size).toBe(3);
    expect(taskIdOf({})).toBe(ids[0]);
  });
});

describe('task_duplicates', () => {
  it('are tasks with the same definition', () => {
    const build = entry('build');
    const test = entry('test', ['build'], { attributes: { task_duplicates: 3 } });
    const [, ...made] = make({ build: NEW, test: NEW }, [build, test]);
    expect(new Set(made.map(({ taskId }) => taskId)).size).toBe(3);
    expect(new Set(made.map(({ original }) => original))).toStrictEqual(new Set([made[0]?.taskId]));
    expect(new Set(made.map(({ definition }) => definition)).size).toBe(1);
    expect(made.every(({ after }) => after.length === 1)).toBe(true);
  });

  it('are at least one, and a number', () => {
    expect(duplicates(0)).toBe(1);
    expect(duplicates(-3)).toBe(1);
    for (const value of ['2', 1.5, null, 1e300]) expect(() => duplicates(value)).toThrow(Uncertain);
  });
});

describe('is uncertain, and names the label, if taskgraph or the queue would fail:', () => {
  it.each<[string, Record<string, unknown>]>([
    ['an unknown reference', { payload: { 'task-reference': '<nobody>' } }],
    ['an unknown unit', { expires: { 'relative-datestamp': '2 weeks' } }],
    ['65 routes', { routes: Array.from({ length: 65 }, (_, index) => `index.${index}`) }],
    ['no metadata', { metadata: null }],
    ['a deadline that is none', { deadline: 'soon' }],
    ['dependencies that are no list', { dependencies: {} }],
    ['an extra that is no object', { extra: [] }],
    ['tags that are no texts', { tags: { retrigger: true } }],
  ])('%s', (_, changes) => {
    const broken = entry('test', [], { task: { ...entry('test').task, ...changes } });
    expect(() => make({ test: NEW }, [broken])).toThrow(/^test: /);
    expect(() => make({ test: NEW }, [broken])).toThrow(Uncertain);
  });

  it('allows 64 routes', () => {
    const routes = Array.from({ length: 64 }, (_, index) => `index.${index}`);
    const task = { ...entry('test').task, routes };
    expect(make({ test: NEW }, [entry('test', [], { task })])).toHaveLength(1);
  });
});

const about = (changes: Record<string, unknown>) => {
  const task = { ...entry('test').task, ...changes };
  return () => make({ test: NEW }, [entry('test', [], { task })]);
};

describe('what is said of an uncertainty', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ dependencies: [1] }, 'its own dependencies are not a list of taskIds'],
    [{ extra: 'x' }, 'its extra is not an object'],
    [{ metadata: { name: 7 } }, 'the queue would not accept its definition'],
    [{ routes: [7] }, 'the queue would not accept its definition'],
    [{ routes: 'index.a' }, 'the queue would not accept its definition'],
    [{ tags: [] }, 'the queue would not accept its definition'],
    [{ tags: 'x' }, 'the queue would not accept its definition'],
    [{ created: 7 }, 'the queue would not accept its definition'],
    [{ deadline: 7 }, 'the queue would not accept its definition'],
    [{ created: 'soon' }, 'the queue would not accept its definition'],
    [{ routes: Array.from({ length: 65 }, () => 'a') }, 'it has more than 64 routes'],
  ])('%j', (changes, why) => {
    expect(about(changes)).toThrow(new Uncertain(`test: ${why}`));
  });

  it.each<Record<string, unknown>>([
    { tags: { a: 'b' } },
    { routes: ['a'] },
    { created: '2026-05-01T10:00:00Z' },
  ])('nothing with %j', (changes) => {
    expect(about(changes)()).toHaveLength(1);
  });

  it('is the cause', () => {
    const cause = new Uncertain('its extra is not an object');
    expect(about({ extra: [] })).toThrow(expect.objectContaining({ cause }));
  });

  it('of task_duplicates', () => {
    expect(() => duplicates('2')).toThrow(new Uncertain('test has task_duplicates that is not a number'));
    expect(() => duplicates(1.5)).toThrow(new Uncertain('test has task_duplicates that is not a number'));
    expect(duplicates(2)).toBe(2);
    expect(duplicatesOf(entry('test'))).toBe(1);
  });
});

describe('new tasks', () => {
  const test = entry('test', ['build'], { attributes: { task_duplicates: 3 } });
  const fates = { build: existing('build'), image: NEW, test: NEW };

  it('are counted with their duplicates', () => {
    const counted = countNewTasks(
      new Map(Object.entries(fates)),
      closureOf(entry('build', [], { attributes: { task_duplicates: 9 } }), entry('image'), test),
    );
    expect(counted).toBe(4);
    expect(countNewTasks(new Map(Object.entries(fates)), closureOf(test))).toBe(3);
  });

  it('are the one that is named in all of them, and others', () => {
    const made = make(fates, [entry('build'), entry('image'), test]);
    const names = ['image', 'test'].map((label) => newTaskId(id('action'), '0', label, 1));
    expect(made.map(({ taskId, original }) => [taskId, original])).toStrictEqual([
      [names[0], names[0]],
      [names[1], names[1]],
      [newTaskId(id('action'), '0', 'test', 2), names[1]],
      [newTaskId(id('action'), '0', 'test', 3), names[1]],
    ]);
  });

  it('are none of a label that the closure lacks', () => {
    expect(
      make({ other: NEW, test: NEW }, [entry('test')]).map(({ entry: { label } }) => label),
    ).toStrictEqual(['test']);
  });

  it('depend on the decision task only if nothing else of their round is new', () => {
    const [image, both] = make({ image: NEW, build: existing('build'), both: NEW }, [
      entry('image'),
      entry('build'),
      entry('both', ['build', 'image']),
    ]);
    expect(new Set(both?.definition.dependencies)).toStrictEqual(new Set([id('build'), image?.taskId]));
    expect(both?.after).toStrictEqual([image?.taskId]);
  });

  it('depend on nothing that has no task', () => {
    const [made] = make({ build: existing('build'), test: NEW }, [entry('test', ['build', 'nowhere'])]);
    expect(made?.definition.dependencies).toStrictEqual([id('build'), DECISION]);
  });

  it('do not wait for themselves', () => {
    const self = newTaskId(id('action'), '0', 'test', 1);
    const task = { ...entry('test').task, dependencies: [self] };
    const [made] = make({ test: NEW }, [entry('test', [], { task })]);
    expect(made?.after).toStrictEqual([]);
  });
});
