import * as fc from 'fast-check';
import { satisfiesExpression } from 'taskcluster-lib-scopes';
import { describe, expect, test } from 'vitest';

import { compareScopes, normalizeScopes, ScopeSet } from '../../../../local/taskcluster/auth/scopes.ts';

const scope = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*'), maxLength: 5 });
const scopes = fc.array(scope, { maxLength: 6 });

describe('scopes', () => {
  test('satisfy like the library that the services use', () => {
    fc.assert(
      fc.property(scopes, scope, (has, wanted) => {
        expect(ScopeSet.of(has).satisfies(wanted)).toBe(satisfiesExpression(has, wanted));
      }),
    );
  });

  test('mean the same after normalization', () => {
    fc.assert(
      fc.property(scopes, scope, (has, wanted) => {
        const normal = normalizeScopes(has);
        expect(normal).toEqual(normal.toSorted(compareScopes));
        expect(ScopeSet.of(normal).satisfies(wanted)).toBe(ScopeSet.of(has).satisfies(wanted));
      }),
    );
  });

  test('do not cover each other after normalization', () => {
    fc.assert(
      fc.property(scopes, (has) => {
        const normal = normalizeScopes(has);
        for (const one of normal) {
          const others = normal.filter((other) => other !== one);
          expect(ScopeSet.of(others).satisfies(one)).toBe(false);
        }
      }),
    );
  });

  test('show only what is missing', () => {
    const set = ScopeSet.of(['a', 'b:*']);
    expect(set.missing({ AllOf: ['a', 'b:c'] })).toBeUndefined();
    expect(set.missing({ AllOf: ['a', 'x'] })).toBe('x');
    expect(set.missing({ AllOf: ['a', 'x', { AnyOf: ['y', 'z'] }] })).toEqual({
      AllOf: ['x', { AnyOf: ['y', 'z'] }],
    });
    expect(set.missing({ AnyOf: ['x', 'a'] })).toBeUndefined();
    expect(set.missing({ AnyOf: [] })).toEqual({ AnyOf: [] });
  });
});
