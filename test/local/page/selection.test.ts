import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobOf, matches } from '../../../local/page/job.ts';
import { Selection } from '../../../local/page/selection.ts';

const order = Array.from({ length: 12 }, (_, at) => `job-${at}`);
const id = fc.constantFrom(...order);

describe('the selection', () => {
  it('is what its changes add up to', () => {
    const step = fc.tuple(fc.constantFrom('only', 'toggle', 'rangeTo', 'clear'), id);
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const told = new Set<string>();
        const selection = new Selection((one, selected) => {
          expect(told.has(one)).toBe(!selected);
          if (selected) told.add(one);
          else told.delete(one);
        });
        for (const [name, one] of steps) {
          if (name === 'only') selection.only(one);
          else if (name === 'toggle') selection.toggle(one);
          else if (name === 'rangeTo') selection.rangeTo(one, order);
          else selection.clear();
        }
        expect([...told].toSorted()).toEqual(selection.list().toSorted());
      }),
    );
  });

  it('takes a range from the job selected last, in either direction', () => {
    const selection = new Selection(() => undefined);
    selection.only('job-5');
    selection.rangeTo('job-3', order);
    expect(selection.list().toSorted()).toEqual(['job-3', 'job-4', 'job-5']);
    selection.rangeTo('job-6', order);
    expect(selection.list().toSorted()).toEqual(['job-5', 'job-6']);
  });
});

describe('a job', () => {
  const task = {
    metadata: { name: 'test-linux2404-64/opt-xpcshell-2' },
    extra: {
      treeherder: {
        symbol: 'X2',
        groupSymbol: 'X',
        groupName: 'Xpcshell tests',
        machine: { platform: 'linux2404-64' },
        collection: { opt: true },
      },
    },
  };

  it('is read from a definition, and found by any of its words', () => {
    const job = jobOf('abc', task, 'failed');
    expect(job).toMatchObject({ platform: 'linux2404-64/opt', groupSymbol: 'X', symbol: 'X2' });
    if (!job) return;
    expect(matches(job, 'FAILED xpcshell')).toBe(true);
    expect(matches(job, 'failed reftest')).toBe(false);
    expect(matches(job, '')).toBe(true);
  });

  it('is not shown without extra.treeherder', () => {
    expect(jobOf('abc', { metadata: task.metadata, extra: {} }, 'failed')).toBeUndefined();
  });
});
