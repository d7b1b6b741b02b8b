import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../../functions/tasks/definition.ts';
import { rewire } from '../../../functions/tasks/rewire.ts';
import { anyTaskId, id, status } from '../fixtures.ts';

const [build, again, third, other] = [id('build'), id('again'), id('third'), id('other')];

function statuses(...all: TaskStatus[]): Map<string, TaskStatus> {
  return new Map(all.map((one) => [one.taskId, one]));
}

const at = (hour: number) => ({ deadline: new Date(Date.UTC(2026, 4, 2, hour)).toISOString() });
/** Earlier than the expiry of every status below, by default. */
const DEADLINE = Date.UTC(2026, 4, 3);
const candidates = (...ids: string[]) => ids;

describe('rewire', () => {
  it('points a dependency at the newest task of its label, wherever that is in the list', () => {
    const known = statuses(
      status(build, 'completed', at(1)),
      status(again, 'completed', at(3)),
      status(third, 'completed', at(2)),
    );
    expect(rewire([build], () => candidates(build, again, third), known, DEADLINE)).toEqual({
      replacements: new Map([[build, again]]),
      missing: [],
      unsuccessful: [],
    });
  });

  it('takes the later one in the list at equal times', () => {
    const known = statuses(status(build), status(again));
    expect(rewire([build], () => candidates(build, again), known, DEADLINE).replacements).toEqual(
      new Map([[build, again]]),
    );
    expect(rewire([build], () => candidates(again, build), known, DEADLINE).replacements).toEqual(new Map());
  });

  it('compares times, not their texts', () => {
    const known = statuses(
      status(build, 'completed', { deadline: '2026-05-02T10:00:00+05:00' }),
      status(again, 'completed', { deadline: '2026-05-02T08:00:00.000Z' }),
    );
    expect(rewire([build], () => candidates(again, build), known, DEADLINE).replacements).toEqual(
      new Map([[build, again]]),
    );
  });

  it('takes the newest, whatever its state, and says which ones failed', () => {
    const known = statuses(status(build), status(again, 'failed', at(20)), status(other, 'exception'));
    const rewiring = rewire(
      [build, other],
      (taskId) => (taskId === build ? [build, again] : [taskId]),
      known,
      DEADLINE,
    );
    expect(rewiring.replacements).toEqual(new Map([[build, again]]));
    expect(rewiring.unsuccessful).toEqual([
      { taskId: again, state: 'failed' },
      { taskId: other, state: 'exception' },
    ]);
  });

  it('replaces a dependency that is gone by one that still exists', () => {
    const rewiring = rewire([build], () => candidates(build, again), statuses(status(again)), DEADLINE);
    expect(rewiring).toEqual({ replacements: new Map([[build, again]]), missing: [], unsuccessful: [] });
  });

  it('reports a dependency of which the queue no longer has a task', () => {
    const rewiring = rewire([build, other], (taskId) => [taskId, third], statuses(), DEADLINE);
    expect(rewiring.missing).toEqual([build, other]);
    expect(rewiring.replacements).toEqual(new Map());
  });

  it('replaces only by known candidates that are no older', () => {
    const world = fc.uniqueArray(fc.tuple(anyTaskId, fc.option(fc.integer({ min: 0, max: 99 }))), {
      selector: ([taskId]) => taskId,
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(world, (tasks) => {
        const ids = tasks.map(([taskId]) => taskId);
        const hours = new Map(tasks.flatMap(([taskId, hour]) => (hour === null ? [] : [[taskId, hour]])));
        const known = statuses(...[...hours].map(([taskId, hour]) => status(taskId, 'completed', at(hour))));
        const { replacements, missing } = rewire(ids, () => ids, known, DEADLINE);
        const latest = Math.max(...hours.values());
        expect(missing).toEqual(known.size === 0 ? ids : []);
        for (const dependency of known.size === 0 ? [] : ids) {
          expect(hours.get(replacements.get(dependency) ?? dependency)).toBe(latest);
        }
      }),
    );
  });

  it('reports a dependency that expires before the clone’s deadline as missing', () => {
    const expires = (time: number) =>
      statuses(status(build, 'completed', { expires: new Date(time).toISOString() }));
    expect(rewire([build], (taskId) => [taskId], expires(DEADLINE - 1), DEADLINE).missing).toEqual([build]);
    expect(rewire([build], (taskId) => [taskId], expires(DEADLINE), DEADLINE).missing).toEqual([]);
  });
});
