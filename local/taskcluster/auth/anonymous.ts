/**
 * Scopes that every caller has, signed in or not: what large public deployments grant to the `anonymous` role, for the
 * four services here.
 */
export const ANONYMOUS_SCOPES: readonly string[] = [
  'auth:current-scopes',
  'auth:expand-scopes',
  'auth:get-client:*',
  'auth:get-role:*',
  'auth:list-roles',
  'hooks:get:*',
  'hooks:list-hooks:*',
  'hooks:list-last-fires:*',
  'hooks:status:*',
  'index:find-task:*',
  'index:list-namespaces:*',
  'index:list-tasks:*',
  'queue:claimed-count:*',
  'queue:create-task:project:none',
  'queue:get-artifact:public/*',
  'queue:get-task:*',
  'queue:list-artifacts:*',
  'queue:list-dependent-tasks:*',
  'queue:list-task-group:*',
  'queue:pending-count:*',
  'queue:status:*',
];
