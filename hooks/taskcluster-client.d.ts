/** What service.ts and the tests of hooks/ use of the client, which has no types of its own. Answers are narrowed where they arrive. */
declare module 'taskcluster-client' {
  interface Options {
    rootUrl: string;
    credentials?: { clientId: string; accessToken: string; certificate?: string } | Record<string, never>;
    retries?: number;
    agent?: { keepAlive?: boolean; maxSockets?: number };
  }
  class Hooks {
    constructor(options: Options);
    listHooks(hookGroupId: string): Promise<unknown>;
    hook(hookGroupId: string, hookId: string): Promise<unknown>;
    createHook(hookGroupId: string, hookId: string, definition: unknown): Promise<unknown>;
    updateHook(hookGroupId: string, hookId: string, definition: unknown): Promise<unknown>;
    removeHook(hookGroupId: string, hookId: string): Promise<unknown>;
    triggerHook(hookGroupId: string, hookId: string, payload: unknown): Promise<unknown>;
  }
  class Auth {
    constructor(options: Options);
    role(roleId: string): Promise<unknown>;
    createRole(roleId: string, role: { description: string; scopes: string[] }): Promise<unknown>;
    updateRole(roleId: string, role: { description: string; scopes: string[] }): Promise<unknown>;
    client(clientId: string): Promise<unknown>;
  }
  class Queue {
    constructor(options: Options);
    task(taskId: string): Promise<unknown>;
    claimWork(taskQueueId: string, request: unknown): Promise<unknown>;
  }
  const taskcluster: { Hooks: typeof Hooks; Auth: typeof Auth; Queue: typeof Queue };
  export default taskcluster;
}
