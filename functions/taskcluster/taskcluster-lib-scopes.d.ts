declare module 'taskcluster-lib-scopes' {
  /** One scope, or several of which one satisfies. */
  type Expression = string | { AnyOf: string[] };

  /** Whether the scopes satisfy an expression. One that ends in `*` satisfies all that begin with the rest of it. */
  export function satisfiesExpression(scopes: string[], expression: Expression): boolean;
}
