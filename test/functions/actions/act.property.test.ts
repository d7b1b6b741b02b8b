import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Work } from '../../../functions/actions/plan.ts';
import { id } from '../fixtures.ts';
import { attempt, broken, conflict, forbidden, lost, ofLint, ofTest1, type Failures } from './attempt.ts';

const keyOf = ({ label, taskId, copy }: { label: string; taskId?: string; copy?: number }) =>
  `${label} ${taskId} ${copy}`;

describe('whatever fails', () => {
  const anyFailures: fc.Arbitrary<Failures> = fc.dictionary(
    fc.constantFrom(id('upload'), ofTest1(1), ofTest1(2), ofLint(1), ofLint(2)),
    fc.constantFrom(forbidden, conflict, new TypeError('oh'), lost, broken),
    { noNullPrototype: true },
  );
  const anyExisting = fc.subarray([ofTest1(1), ofTest1(2), ofLint(1), ofLint(2)]);

  it('every item has exactly one outcome, reported once, and fails only for its own reason', async () => {
    await fc.assert(
      fc.asyncProperty(anyFailures, anyExisting, fc.boolean(), async (failures, existing, readable) => {
        const planned = (plan: Work): Work => ({
          ...plan,
          clones: plan.clones.map((clone) => ({ ...clone, exists: existing.includes(clone.newTaskId) })),
        });
        const { plan, outcome, said, written } = await attempt({ failures, planned, readable });
        const items = [plan.clones, plan.reruns, plan.noops, plan.refused].flat();
        expect(outcome.items.map(keyOf).toSorted()).toEqual(items.map(keyOf).toSorted());
        expect(said.map(([item]) => item)).toEqual(expect.arrayContaining(outcome.items));
        expect(said).toHaveLength(items.length);
        expect(new Set(written).size).toBe(written.length);
        const unfinished = outcome.items.filter(
          ({ result }) => result === 'refused' || result === 'unknown',
        ).length;
        expect(unfinished).toBe(Object.keys(failures).length + plan.refused.length);
      }),
    );
  });
});
