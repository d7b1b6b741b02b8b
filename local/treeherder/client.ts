// @ts-ignore -- the package ships no types
import library from 'taskcluster-client';
import type { Credentials } from '../taskcluster/api.ts';

/** The part of `taskcluster-client` that Treeherder and an operator use; answers are narrowed by whoever reads them. */
interface ClientLibrary {
  Auth: new (options: ClientOptions) => {
    expandScopes(payload: { scopes: string[] }): Promise<unknown>;
  };
  Hooks: new (options: ClientOptions) => {
    createHook(hookGroupId: string, hookId: string, hook: Record<string, unknown>): Promise<unknown>;
    triggerHook(hookGroupId: string, hookId: string, payload: unknown): Promise<unknown>;
  };
  Queue: new (options: ClientOptions) => {
    buildUrl(method: unknown, ...parameters: string[]): string;
    getLatestArtifact: unknown;
    task(taskId: string): Promise<unknown>;
  };
}

export interface ClientOptions {
  rootUrl: string;
  credentials?: Credentials;
  /** How often 5xx answers and broken connections are tried again (the client's default: 5). */
  retries?: number;
}

const narrowed: ClientLibrary = library;

export const { Auth, Hooks, Queue } = narrowed;
