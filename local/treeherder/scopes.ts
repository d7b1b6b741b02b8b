import scopeLibrary from 'taskcluster-lib-scopes';

/** Whether a set of expanded scopes satisfies one scope; the same library that Treeherder uses. */
export const satisfies = (scopes: string[], required: string): boolean =>
  scopeLibrary.satisfiesExpression(scopes, required);
