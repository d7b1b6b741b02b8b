// Neither package has types. This declares what the page uses.
declare module 'taskcluster-client-web' {
  import type { Auth as NodeAuth, Hooks as NodeHooks, Queue as NodeQueue } from 'taskcluster-client';

  // Both clients are generated from the same references.
  export const Auth: typeof NodeAuth;
  export const Hooks: typeof NodeHooks;
  export const Queue: typeof NodeQueue;
}
declare module 'crypto-js' {
  interface Words {
    toString(encoding: unknown): string;
  }
  export const algo: {
    SHA256: unknown;
    HMAC: { create(hasher: unknown, key: string): { update(text: string): void; finalize(): Words } };
  };
  export const enc: { Base64: unknown };
}
