import { expect, it } from 'vitest';
import { isHeavy } from '../../../functions/actions/weight.ts';
import { id, payload } from '../fixtures.ts';

const labels = (count: number) => Array.from({ length: count }, (_, nth) => `test-${nth}`);

it.each<[string, unknown, boolean]>([
  ['add-new-jobs', { tasks: ['a'] }, true],
  ['retrigger', { downstream: true }, true],
  ['retrigger', { times: 50 }, false],
  ['retrigger', { times: 51 }, true],
  ['retrigger-disabled', { times: 51 }, true],
  ['retrigger', null, false],
  ['retrigger-multiple', { requests: [{ tasks: labels(50) }] }, false],
  ['retrigger-multiple', { requests: [{ tasks: labels(50) }, { tasks: ['a'] }] }, true],
  ['retrigger-multiple', { requests: [{ tasks: labels(6), times: 9 }] }, true],
  ['retrigger-multiple', { requests: 'all of them' }, false],
  ['rerun', {}, false],
  ['cancel-all', {}, false],
])('%s of %j may hold much: %s', (callback, input, expected) => {
  expect(isHeavy(payload(callback, input, id('a')))).toBe(expected);
});
