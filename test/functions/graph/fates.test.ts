import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fatesOf, pathsToFind, type Wanted } from '../../../functions/graph/fates.ts';
import type { GraphEntry } from '../../../functions/graph/task-graph.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
import type { TaskStatus } from '../../../functions/tasks/definition.ts';
import { id, NOW, status } from '../fixtures.ts';
import { closureOf, entry, indexSearch } from './entries.ts';

const NOTHING = { tasks: new Map<string, string>(), statuses: new Map<string, TaskStatus>() };

const wanted = (
  requested: string[],
  entries: GraphEntry[],
  existing: Record<string, string> = {},
  scheduled: string[] = [],
): Wanted => ({
  requested: new Set(requested),
  closure: closureOf(...entries),
  existing: (label) => existing[label],
  scheduled: (label) => scheduled.includes(label),
});

const fates = (asked: Wanted, index = NOTHING): Record<string, string> =>
  Object.fromEntries(
    [...fatesOf(asked, index, NOW)].map(([label, fate]) => [
      label,
      fate.is === 'new' ? 'new' : `${fate.is} ${fate.taskId}`,
    ]),
  );

/** A test is requested whose build does not exist. */
const testOf = (optimization: GraphEntry['optimization']): Wanted =>
  wanted(['test'], [entry('build', [], { optimization }), entry('test', ['build'])]);

const found = (path: string, taskId: string, changes: Partial<TaskStatus> = {}) => ({
  tasks: new Map([[path, taskId]]),
  statuses: new Map([
    [taskId, status(taskId, 'completed', { expires: '2027-01-01T00:00:00.000Z', ...changes })],
  ]),
});

describe('a new task', () => {
  it('is made for what is requested, even if it exists, and for what is missing on the way', () => {
    const asked = wanted(['test'], [entry('image'), entry('build', ['image']), entry('test', ['build'])], {
      image: id('image'),
      test: id('test'),
    });
    expect(fates(asked)).toStrictEqual({ image: `existing ${id('image')}`, build: 'new', test: 'new' });
  });

  it('is made for what depends on something new, even if it exists', () => {
    const asked = wanted(
      ['build', 'repackage'],
      [entry('build'), entry('signing', ['build']), entry('repackage', ['signing'])],
      { build: id('build'), signing: id('signing'), repackage: id('repack') },
    );
    expect(fates(asked)).toStrictEqual({ build: 'new', signing: 'new', repackage: 'new' });
  });

  it('is not made for anything else that exists, whatever its strategy, if the decision task knows that one', () => {
    const own = { optimization: { 'of-its-own': [] } };
    const entries = [entry('build', [], own), entry('test', ['build'])];
    const existing = { build: id('build') };
    expect(fates(wanted(['test'], entries, existing, ['build']))).toMatchObject({
      build: `existing ${id('build')}`,
    });
    expect(() => fates(wanted(['test'], entries, existing))).toThrow(Uncertain);
    // taskgraph does not look up the strategy of what is requested.
    expect(fates(wanted(['build'], [entry('build', [], own)]))).toStrictEqual({ build: 'new' });
  });

  it.each(['never', 'always', 'skip-unless-changed'])('is made even if its strategy is %s', (strategy) => {
    const entries = [entry('build', [], { optimization: { [strategy]: null } }), entry('test', ['build'])];
    expect(fates(wanted(['test'], entries))).toStrictEqual({ build: 'new', test: 'new' });
  });

  it('is uncertain if a strategy of the repository decides, or if there are several', () => {
    for (const optimization of [{ own: [] }, { never: null, always: null }, { 'index-search': 'a.b' }]) {
      expect(() => fates(testOf(optimization))).toThrow(Uncertain);
    }
    expect(fates(testOf({}))).toMatchObject({ build: 'new' });
  });

  it('is uncertain if the graph lacks a dependency', () => {
    expect(() => fates(wanted(['test'], [entry('test', ['build'])]))).toThrow(/lacks/);
  });
});

describe('index-search', () => {
  const entries = [entry('image', [], indexSearch('a.1', 'a.2')), entry('test', ['image'])];
  const asked = wanted(['test'], entries);

  it('looks up all paths of what does not exist, each once', () => {
    const twice = [...entries, entry('other', [], indexSearch('a.2', 'b')), entry('all', ['other', 'test'])];
    expect(pathsToFind(wanted(['all'], twice, { other: id('other') }))).toStrictEqual(['a.1', 'a.2']);
    expect(pathsToFind(wanted(['all', 'image'], twice))).toStrictEqual(['a.2', 'b']);
  });

  it('uses the first path that is indexed', () => {
    expect(fates(asked, found('a.2', id('found')))).toMatchObject({ image: `indexed ${id('found')}` });
    expect(fates(asked)).toMatchObject({ image: 'new' });
  });

  it.each(['failed', 'exception'] as const)('uses no task that is %s', (state) => {
    expect(fates(asked, found('a.1', id('found'), { state }))).toMatchObject({ image: 'new' });
  });

  it('uses one that has not ended', () => {
    expect(fates(asked, found('a.1', id('found'), { state: 'running' }))).toMatchObject({
      image: `indexed ${id('found')}`,
    });
  });

  it('uses none that the queue does not know', () => {
    expect(fates(asked, { ...NOTHING, tasks: new Map([['a.1', id('found')]]) })).toMatchObject({
      image: 'new',
    });
  });

  it('uses one that lasts until the latest deadline of what depends on it, and no shorter', () => {
    const late = entry('late', ['image']);
    late.task['deadline'] = { 'relative-datestamp': '3 days' };
    const both = wanted(['test', 'late'], [...entries, late]);
    const until = (expires: string) => fates(both, found('a.1', id('found'), { expires }))['image'];
    expect(until('2026-05-04T12:30:00.250Z')).toBe(`indexed ${id('found')}`);
    expect(until('2026-05-04T12:30:00.249Z')).toBe('new');
  });

  it('does not matter for what depends on something new', () => {
    const deep = [
      entry('image', [], indexSearch('i')),
      entry('toolchain', ['image'], indexSearch('t')),
      entry('test', ['toolchain']),
    ];
    expect(fates(wanted(['test'], deep), found('t', id('found')))).toMatchObject({ toolchain: 'new' });
  });
});

const existing = (label: string) => (label.length % 2 === 0 ? id('exists') : undefined);

it('puts what is depended on first, in any graph', () => {
  const anyGraph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(anyGraph, fc.infiniteStream(fc.nat()), (edges, ranks) => {
      const entries = edges.map((targets, index) =>
        entry(`l${index}`, index === 0 ? [] : [...new Set(targets.map((target) => `l${target % index}`))]),
      );
      const shuffled = entries
        .map((one) => ({ one, rank: ranks.next().value }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ one }) => one);
      const all = fatesOf(
        { requested: new Set(['l0']), closure: closureOf(...shuffled), existing, scheduled: () => false },
        NOTHING,
        NOW,
      );
      const order = [...all.keys()];
      for (const { label, dependencies } of entries) {
        const needs = Object.values(dependencies);
        expect(needs.every((need) => order.indexOf(need) < order.indexOf(label))).toBe(true);
        const isNew = label === 'l0' || needs.some((need) => all.get(need)?.is === 'new') || !existing(label);
        expect(all.get(label)?.is).toBe(isNew ? 'new' : 'existing');
      }
    }),
  );
});

it('orders a chain of 20,000', () => {
  const entries = Array.from({ length: 20_000 }, (_, index) =>
    entry(`l${index}`, index === 0 ? [] : [`l${index - 1}`]),
  ).toReversed();
  expect([...fatesOf(wanted(['l19999'], entries), NOTHING, NOW).keys()].at(-1)).toBe('l19999');
});

const reasonsOf = (asked: Wanted, index = NOTHING) =>
  Object.fromEntries([...fatesOf(asked, index, NOW)].map(([label, { reason }]) => [label, reason]));

const IMAGE = entry('image', [], indexSearch('a.1'));

/** What becomes of an indexed image that expires then, if these depend on it. */
const imageUntil = (expires: string, ...dependents: GraphEntry[]) =>
  fates(
    wanted(
      dependents.map(({ label }) => label),
      [IMAGE, ...dependents],
    ),
    found('a.1', id('found'), { expires }),
  )['image'];

describe('the reason', () => {
  it('is said of every label', () => {
    const entries = [IMAGE, entry('build', ['image']), entry('test', ['build', 'old']), entry('old')];
    expect(reasonsOf(wanted(['test'], entries, { old: id('old') }))).toStrictEqual({
      image: 'it is needed, but neither the push nor the index has it',
      build: 'it depends on image, which is created again',
      old: 'the push has it',
      test: 'it was requested',
    });
    expect(
      reasonsOf(wanted(['test'], [IMAGE, entry('test', ['image'])]), found('a.1', id('found'))),
    ).toMatchObject({ image: 'the index has it under a.1' });
  });

  it('is said of what is uncertain', () => {
    expect(() => fates(testOf({ own: null }))).toThrow(
      new Uncertain('build has an optimization strategy that taskgraph itself does not have'),
    );
    const late = entry('test', ['image'], { task: { deadline: 'soon' } });
    expect(() => fates(wanted(['test'], [IMAGE, late]), found('a.1', id('found')))).toThrow(
      new Uncertain('the deadline of test cannot be read'),
    );
    const none = entry('test', ['image'], { task: { deadline: 7 } });
    expect(() => fates(wanted(['test'], [IMAGE, none]), found('a.1', id('found')))).toThrow(
      new Uncertain('the deadline of test cannot be read'),
    );
  });

  it('is not sought in the deadlines of others where the index is not searched', () => {
    const late = entry('test', ['build'], { task: { deadline: 'soon' } });
    expect(fates(wanted(['test'], [entry('build'), late]))).toStrictEqual({ build: 'new', test: 'new' });
  });

  it('is that all which depends on a task is waited for', () => {
    const soon = entry('soon', ['image']);
    soon.task['deadline'] = '2026-05-02T00:00:00.000Z';
    const late = entry('late', ['image']);
    late.task['deadline'] = '2026-05-03T00:00:00.000Z';
    expect(imageUntil('2026-05-02T00:00:00.000Z', soon)).toBe(`indexed ${id('found')}`);
    expect(imageUntil('2026-05-02T00:00:00.000Z', soon, late)).toBe('new');
    expect(imageUntil('2026-05-02T00:00:00.000Z', late, soon)).toBe('new');
    expect(imageUntil('2026-05-03T00:00:00.000Z', late, soon)).toBe(`indexed ${id('found')}`);
    expect(imageUntil('never', soon)).toBe('new');
  });
});
