import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../functions/graph/fates.ts';
import { duplicatesOf, newTasksOf, type Round } from '../../../functions/graph/new-tasks.ts';
import type { GraphEntry } from '../../../functions/graph/task-graph.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
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
