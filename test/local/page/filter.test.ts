import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcher, toggleFailures, toggleInProgress, toggleState } from '../../../local/page/filter.ts';
import { jobOf, STATES, type State } from '../../../local/page/job.ts';
import { jobRows, readJobRows } from '../../../local/page/job-rows.ts';

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
const job = jobOf('abc', task, 'failed');
const state = fc.constantFrom(...STATES);
const states = fc.uniqueArray(state, { maxLength: STATES.length - 1 }).map((list) => new Set<State>(list));

describe('a job', () => {
  it('is read from a definition', () => {
    expect(job).toMatchObject({ platform: 'linux2404-64/opt', groupSymbol: 'X', symbol: 'X2' });
    expect(jobOf('abc', { metadata: task.metadata, extra: {} }, 'failed')).toBeUndefined();
  });

  it('passes through jobs.json unchanged', () => {
    const jobs = STATES.flatMap((one, at) => jobOf(`task-${at}`, task, one) ?? []);
    expect(readJobRows(JSON.parse(JSON.stringify(jobRows(jobs, 2))), 2)).toEqual({
      added: jobs.slice(2),
      states: [...STATES],
    });
  });
});

describe('the filter', () => {
  it.each([
    ['FAILED xpcshell', true],
    ['failed reftest', false],
    ['exception failed', true],
    ['exception pending xpcshell', false],
    ['x(x2)', true],
    ['', true],
  ])('%j lets a failed xpcshell job through: %s', (text, passes) => {
    expect(job && matcher({ text, states: new Set() })(job)).toBe(passes);
  });

  it('shows only the chosen states, and all if none is chosen', () => {
    fc.assert(
      fc.property(states, state, (chosen, one) => {
        if (!job) throw new Error('no job');
        const passes = matcher({ text: '', states: chosen })({ ...job, state: one });
        expect(passes).toBe(chosen.size === 0 || chosen.has(one));
      }),
    );
  });

  it('toggles: twice changes nothing', () => {
    fc.assert(
      fc.property(states, state, (chosen, one) => {
        const toggled = toggleState(chosen, one);
        // Choosing all is the same as choosing none, so toggling back differs.
        fc.pre(toggled.size > 0 || chosen.size === 1);
        expect(toggleState(toggled, one)).toEqual(chosen);
      }),
    );
    expect(toggleInProgress(toggleInProgress(new Set()))).toEqual(new Set());
    expect(toggleFailures(toggleFailures(new Set()))).toEqual(new Set());
  });
});
