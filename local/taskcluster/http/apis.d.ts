// taskcluster-client has no types. This declares what the local Taskcluster reads of its references.
declare module 'taskcluster-client/src/apis.js' {
  import type { MethodReference } from './reference.ts';

  interface Api {
    reference: { entries: readonly MethodReference[] };
  }

  const apis: Record<'Auth' | 'Queue' | 'Index' | 'Hooks', Api>;
  export default apis;
}
