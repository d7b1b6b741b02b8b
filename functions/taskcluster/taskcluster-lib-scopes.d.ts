declare module 'taskcluster-lib-scopes' {
  /** Whether the scopes satisfy an expression, here always a single scope. */
  export function satisfiesExpression(scopes: string[], expression: string): boolean;
}
