import { describe, expect, it } from 'vitest';
import {
  forward,
  noWork,
  WRITE_LIMITS,
  type Clone,
  type Creation,
  type Work,
} from '../../../functions/actions/plan.ts';
import { withinLimits } from '../../../functions/actions/write-limits.ts';
import { jsonBytes } from '../../../functions/platform/json.ts';
import type { TaskDefinition } from '../../../functions/tasks/definition.ts';
import { graphEntry } from '../../../functions/graph/entry.ts';
import { definition, id } from '../fixtures.ts';

const cloneOf = (task: TaskDefinition): Clone => ({
  label: 'a',
  taskId: id('a'),
  definition: task,
  reason: '',
  copy: 1,
  newTaskId: id('b'),
  replacements: new Map(),
  after: [],
  exists: false,
});
const entry = graphEntry('a', { label: 'a', kind: 'test', attributes: {}, task: {}, dependencies: {} });
const creationOf = (task: TaskDefinition): Creation => ({
  label: 'a',
  reason: '',
  copy: 1,
  newTaskId: id('b'),
  after: [],
  definition: task,
  entry,
  round: '0',
  requested: true,
  exists: false,
});
const work = (changes: Partial<Work>): Work => ({ ...noWork(), ...changes });
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** A definition whose JSON takes about this many bytes. */
function ofBytes(bytes: number): TaskDefinition {
  const empty = definition({ payload: '' });
  return { ...empty, payload: 'x'.repeat(bytes - jsonBytes(empty)) };
}

it('no work is nothing at all', () => {
  const { kind, ...lists } = noWork();
  expect(kind).toBe('work');
  expect(Object.values(lists)).toStrictEqual([[], [], [], [], [], [], []]);
});

describe('a plan', () => {
  it('that is forwarded stays forwarded', () => {
    const plan = forward('graph', 'no');
    expect(withinLimits(plan)).toBe(plan);
  });

  it.each([
    [2_000, 0],
    [0, 2_000],
    [1_000, 1_000],
  ])('of %d clones and %d new tasks is within the limits', (clones, creations) => {
    const small = definition();
    const plan = work({
      clones: times(clones, cloneOf(small)),
      creations: times(creations, creationOf(small)),
    });
    expect(withinLimits(plan)).toBe(plan);
  });

  it('of more tasks is forwarded', () => {
    const small = definition();
    const plan = work({ clones: times(1_000, cloneOf(small)), creations: times(1_001, creationOf(small)) });
    expect(withinLimits(plan)).toStrictEqual({
      kind: 'forward',
      because: 'too-large',
      reason: '2001 tasks at once; the fast way takes up to 2000',
    });
  });

  it('may have exactly as many bytes as the limit', () => {
    const half = ofBytes(WRITE_LIMITS.bytes / 2);
    const plan = work({ clones: [cloneOf(half)], creations: [creationOf(half)] });
    expect(withinLimits(plan)).toBe(plan);
  });

  it('of more bytes is forwarded', () => {
    const half = ofBytes(WRITE_LIMITS.bytes / 2);
    const plan = work({ clones: [cloneOf(half)], creations: [creationOf(half), creationOf(definition())] });
    expect(withinLimits(plan)).toStrictEqual({
      kind: 'forward',
      because: 'too-large',
      reason: 'it would create tasks of more than 33554432 bytes in all',
    });
  });
});
