// @ts-ignore -- the package ships no types
import { satisfiesExpression } from 'taskcluster-lib-scopes';

const check: (scopes: string[], expression: string) => boolean = satisfiesExpression;

/** Whether a set of expanded scopes satisfies one scope; the same library that Treeherder uses. */
export const satisfies = (scopes: string[], required: string): boolean => check(scopes, required);
