import scopeLibrary from 'taskcluster-lib-scopes';

/** Whether expanded scopes satisfy one scope, by the library that Treeherder uses. */
export const satisfies = (scopes: string[], required: string): boolean =>
  scopeLibrary.satisfiesExpression(scopes, required);
