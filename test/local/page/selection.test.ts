import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Selection } from '../../../local/page/selection.ts';

const order = Array.from({ length: 12 }, (_, at) => `job-${at}`);
const id = fc.constantFrom(...order);

describe('the selection', () => {
  it('is the sum of its changes', () => {
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

  it('drops what is no longer shown, also as the start of a range', () => {
    const selection = new Selection(() => undefined);
    selection.all(order);
    selection.only('job-5');
    selection.toggle('job-2');
    selection.keep((one) => one === 'job-5');
    expect(selection.list()).toEqual(['job-5']);
    selection.rangeTo('job-7', order);
    expect(selection.list()).toEqual(['job-7']);
  });

  it('selects a range from the job selected last, in either direction', () => {
    const selection = new Selection(() => undefined);
    selection.only('job-5');
    selection.rangeTo('job-3', order);
    expect(selection.list().toSorted()).toEqual(['job-3', 'job-4', 'job-5']);
    selection.rangeTo('job-6', order);
    expect(selection.list().toSorted()).toEqual(['job-5', 'job-6']);
  });
});
