import { describe, expect, it } from 'vitest';
import { deviations, DRILLS } from '../../infra/drills.ts';
import { runScript } from '../support/scripts.ts';

const logged = (event: string, text = '') => JSON.stringify({ event, text });

describe('npm run drill', () => {
  it.each(Object.keys(DRILLS))(
    '%s shows what docs/runbook.md says',
    async (name) => {
      const { printed, closed } = await runScript('drill', [name]);
      expect({ code: await closed, ...printed }).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringMatching(
          /^broken .*\npressed .*\nlogged .*\nexpected .*\nverdict {3}as expected\n$/,
        ),
      });
    },
    90_000,
  );
});

describe('the verdict', () => {
  const [drill] = Object.values(DRILLS).filter(({ shows }) => shows === 'an error');

  it('names what is missing', () => {
    if (!drill) throw new Error('no drill');
    const right = drill.logged.map(({ event, text }) => logged(event, text));
    expect(deviations(drill, right, { error: 'refused' })).toEqual([]);
    expect(deviations(drill, right, { error: 'TypeError: x' })).toEqual(['Treeherder shows a TypeError']);
    expect(deviations(drill, right, { task: 'abc' })).toEqual(['Treeherder shows a task']);
    expect(deviations(drill, ['no JSON', logged('polled')], undefined)).toEqual([
      'no taskcluster-failed with 401 was logged',
      'Treeherder shows nothing',
    ]);
  });
});
