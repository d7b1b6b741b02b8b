// taskcluster-client 87 has no types. This declares the methods that the project calls; answers are `unknown`, and the
// caller narrows them.
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
    /** Timeout of one request, in ms. */
    timeout?: number;
  }

  interface Method {
    (...args: unknown[]): Promise<unknown>;
    /** What the service's API reference says of it. */
    entryReference: {
      /** Of HTTP, in lower case. */
      method: string;
      /** Names of the parameters in the URL. */
      args: string[];
      /** Names the schema of the payload, if it takes one. */
      input?: string;
    };
  }
  type Service<Methods extends string> = Record<Methods, Method> & { buildUrl(...args: unknown[]): string };

  const taskcluster: {
    Auth: new (
      options: Options,
    ) => Service<
      | 'authenticateHawk'
      | 'client'
      | 'createClient'
      | 'createRole'
      | 'currentScopes'
      | 'deleteClient'
      | 'deleteRole'
      | 'expandScopes'
      | 'listClients'
      | 'listRoleIds'
      | 'listRoles2'
      | 'ping'
      | 'role'
      | 'updateRole'
    >;
    Queue: new (
      options: Options,
    ) => Service<
      | 'artifact'
      | 'cancelTask'
      | 'cancelTaskGroup'
      | 'claimWork'
      | 'createArtifact'
      | 'createTask'
      | 'finishArtifact'
      | 'getArtifact'
      | 'getLatestArtifact'
      | 'getTaskGroup'
      | 'latestArtifact'
      | 'listArtifacts'
      | 'listClaimedTasks'
      | 'listDependentTasks'
      | 'listLatestArtifacts'
      | 'listPendingTasks'
      | 'listTaskGroup'
      | 'pendingTasks'
      | 'ping'
      | 'reclaimTask'
      | 'reportCompleted'
      | 'reportException'
      | 'reportFailed'
      | 'rerunTask'
      | 'scheduleTask'
      | 'sealTaskGroup'
      | 'status'
      | 'statuses'
      | 'task'
      | 'taskQueueCounts'
      | 'tasks'
    >;
    Index: new (
      options: Options,
    ) => Service<
      | 'deleteTask'
      | 'findArtifactFromTask'
      | 'findTask'
      | 'findTasksAtIndex'
      | 'insertTask'
      | 'listNamespaces'
      | 'listTasks'
      | 'ping'
    >;
    Hooks: new (
      options: Options,
    ) => Service<
      | 'createHook'
      | 'hook'
      | 'listHookGroups'
      | 'listHooks'
      | 'listLastFires'
      | 'ping'
      | 'removeHook'
      | 'triggerHook'
      | 'updateHook'
    >;
    /** Shared by all clients without their own; read when a client is created. */
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
