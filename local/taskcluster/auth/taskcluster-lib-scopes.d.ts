declare module 'taskcluster-lib-scopes' {
  type Expression = string | { AllOf: Expression[] } | { AnyOf: Expression[] };
  const scopes: {
    validScope: (this: void, scope: unknown) => scope is string;
    /** Sorts so that `normalizeScopeSet` can drop what a wider scope covers. */
    scopeCompare(a: string, b: string): number;
    normalizeScopeSet(sorted: readonly string[]): string[];
    patternMatch(pattern: string, scope: string): boolean;
    satisfiesExpression(scopes: readonly string[], expression: Expression): boolean;
    /** What is missing; null when nothing is. */
    removeGivenScopes(scopes: readonly string[], expression: Expression): Expression | null;
  };
  export default scopes;
}
