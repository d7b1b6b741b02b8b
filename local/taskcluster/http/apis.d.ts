// taskcluster-client has no types. Declared is what the local Taskcluster reads of the references in it.
declare module 'taskcluster-client/src/apis.js' {
  import type { MethodReference } from './reference.ts';

  interface Api {
    reference: { entries: readonly MethodReference[] };
  }

  const apis: Record<'Auth' | 'Queue' | 'Index' | 'Hooks', Api>;
  export default apis;
}
