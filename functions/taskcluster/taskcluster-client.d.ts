// taskcluster-client 87 has no types. Declared is what client.ts uses, no more; answers are narrowed there.
declare module 'taskcluster-client' {
  import type { Agent as HttpAgent } from 'node:http';
  import type { Agent as HttpsAgent } from 'node:https';

  export interface Credentials {
    clientId: string;
    accessToken: string;
    certificate?: string;
  }

  interface Options {
    rootUrl: string;
    credentials?: Credentials | Record<string, never>;
    authorizedScopes?: string[];
    /** Retries after the first try. */
    retries?: number;
    /** Of one request, in ms. */
    timeout?: number;
  }

  type Method = (...args: unknown[]) => Promise<unknown>;
  type Service = Record<string, Method>;

  const taskcluster: {
    Auth: new (options: Options) => Service;
    Queue: new (options: Options) => Service;
    Index: new (options: Options) => Service;
    Hooks: new (options: Options) => Service;
    agents: { http: HttpAgent; https: HttpsAgent };
    createTemporaryCredentials(options: {
      clientId?: string;
      start?: Date;
      expiry: Date;
      scopes: string[];
      credentials: Credentials;
    }): Credentials;
    slugid(): string;
  };
  export default taskcluster;
}
