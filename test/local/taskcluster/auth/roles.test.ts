import { describe, expect, test } from 'vitest';

import { Roles } from '../../../../local/taskcluster/auth/roles.ts';

function rolesOf(byId: Record<string, string[]>): Roles {
  const roles = new Roles();
  for (const [roleId, scopes] of Object.entries(byId)) {
    roles.set({ roleId, scopes, description: '', created: '', lastModified: '' });
  }
  return roles;
}

describe('roles', () => {
  test.each([
    ['an exact role', { r: ['x'] }, ['assume:r'], ['assume:r', 'x']],
    ['another role', { r: ['x'] }, ['assume:rr'], ['assume:rr']],
    [
      'a chain of roles',
      { a: ['assume:b'], b: ['assume:c'], c: ['x'] },
      ['assume:a'],
      ['assume:a', 'assume:b', 'assume:c', 'x'],
    ],
    ['a prefix role', { 'r:*': ['x'] }, ['assume:r:1'], ['assume:r:1', 'x']],
    ['a prefix role with exactly its prefix', { 'r:*': ['x:<..>'] }, ['assume:r:'], ['assume:r:', 'x:']],
    ['a parameter', { 'r:*': ['x:<..>:y'] }, ['assume:r:1'], ['assume:r:1', 'x:1:y']],
    ['a parameter that ends in a star', { 'r:*': ['x:<..>:y'] }, ['assume:r:1*'], ['assume:r:1*', 'x:1*']],
    [
      'a star that covers many roles',
      { 'r:1': ['x'], 'r:2': ['y'], s: ['z'] },
      ['assume:r:*'],
      ['assume:r:*', 'x', 'y'],
    ],
    ['a star shorter than a prefix role', { 'r:*': ['x:<..>:y'] }, ['assume:*'], ['assume:*', 'x:*']],
    ['everything', { r: ['x'] }, ['*'], ['*']],
    ['a star in the middle of the word', { r: ['x'] }, ['ass*'], ['ass*', 'x']],
  ])('expand through %s', (_, roles, scopes, expanded) => {
    expect(rolesOf(roles).expand(scopes)).toEqual(expanded);
  });

  test('are expanded again after a role has changed', () => {
    const roles = rolesOf({ r: ['x'] });
    expect(roles.expand(['assume:r'])).toContain('x');
    roles.delete('r');
    expect(roles.expand(['assume:r'])).toEqual(['assume:r']);
  });

  test('may not form a cycle', () => {
    expect(() => rolesOf({ a: ['assume:b'], b: ['assume:a'] })).toThrow(
      "'assume:b' -> 'assume:a' -> 'assume:b'",
    );
    expect(() => rolesOf({ 'a*': ['assume:a<..>'] })).toThrow('dependency cycles');
    expect(() => rolesOf({ a: ['assume:b'], b: ['x'], c: ['assume:b'] })).not.toThrow();
  });

  test('refuse ambiguous parameters', () => {
    expect(() => rolesOf({ 'a*': ['x:<..>:<..>'] })).toThrow('multiple');
    expect(() => rolesOf({ 'a*': ['x:*<..>'] })).toThrow('ambiguous kleene');
  });
});
